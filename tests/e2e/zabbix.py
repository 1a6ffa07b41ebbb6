"""A whole Zabbix of the test's own: database, server with SNMP trapper, and PHP front end, on fixed
ports of this world. Its configuration, data and logs are in the lab's folder."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from daemons import Daemon, as_ordinary_user, free_udp_port, give_away
from lab import LIBC
from polling import eventually
from priority import prefer

TREE = Path(__file__).resolve().parents[2]
TEMPLATE = TREE / "monitoring/zabbix/hvnet_by_snmp.yaml"
TEMPLATE_NAME = "HVNET router by SNMP"
TRAP_HANDLER = TREE / "monitoring/zabbix/zabbix_trap_handler.sh"
SCHEMA = Path("/usr/share/zabbix-server-pgsql")
FRONT_END = Path("/usr/share/zabbix")
DATABASE_PORT, SERVER_PORT, WEB_PORT = 5432, 10051, 8080
CLONE_NEWIPC = 0x08000000
URL = f"http://127.0.0.1:{WEB_PORT}"

SERVER_CONF = """\
LogType=console
PidFile={folder}/server.pid
SocketDir={folder}
DBHost=127.0.0.1
DBPort={database}
DBName=zabbix
DBUser=zabbix
ListenIP=127.0.0.1
ListenPort={port}
CacheUpdateFrequency=1
HousekeepingFrequency=0
StartPollers=4
StartPollersUnreachable=1
StartPingers=1
StartTrappers=1
StartDiscoverers=0
StartHTTPPollers=0
StartAlerters=1
StartLLDProcessors=2
StartPreprocessors=1
StartDBSyncers=2
StartSNMPTrapper=1
SNMPTrapperFile={traps}
UnreachableDelay=5
UnavailableDelay=5
Timeout=3
FpingLocation=/usr/bin/fping
"""
FRONT_END_CONF = """\
<?php
$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '127.0.0.1', 'PORT' => '{database}',
  'DATABASE' => 'zabbix', 'USER' => 'zabbix', 'PASSWORD' => '', 'SCHEMA' => '',
  'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '',
  'VERIFY_HOST' => false, 'CIPHER_LIST' => '', 'VAULT_URL' => '', 'VAULT_DB_PATH' => '',
  'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
$ZBX_SERVER = '127.0.0.1'; $ZBX_SERVER_PORT = '{port}'; $ZBX_SERVER_NAME = 'end to end';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""
PHP_SETTINGS = {
    "max_execution_time": 300, "max_input_time": 300, "memory_limit": "512M",
    "post_max_size": "32M", "upload_max_filesize": "32M", "date.timezone": "UTC",
    "display_errors": 0, "opcache.enable_cli": 1,
}  # fmt: skip


class Database(Daemon):
    """PostgreSQL with Zabbix's schema and data, official templates included. It ends at once: there
    is nothing to keep."""

    stop_signal, stop_within_s, stop_codes = signal.SIGQUIT, 20, None

    def __init__(self, folder):
        folder = Path(folder)
        # The newest version that is installed: 15 on Debian 12, 17 on Debian 13.
        self.tools = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
        self.data = folder / "data"
        # What is lost with this world needs no disk to be safe on.
        settings = {
            "listen_addresses": "127.0.0.1", "port": DATABASE_PORT,
            "unix_socket_directories": folder, "fsync": "off", "synchronous_commit": "off",
            "full_page_writes": "off", "dynamic_shared_memory_type": "mmap",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        super().__init__(folder, [self.tools / "postgres", "-D", self.data, *options])

    def start(self):
        self.run_once([
            self.tools / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        ])  # fmt: skip
        self.spawn()
        self.wait_until(lambda: self.psql("postgres", "-d", "postgres", "-c", "select 1") == 0, 60)
        for command in ("create role zabbix login", "create database zabbix owner zabbix"):
            assert self.psql("postgres", "-d", "postgres", "-c", command) == 0, self.log
        self.load()
        return self

    def load(self):
        for name in ("schema", "images", "data"):
            unpacked = subprocess.Popen(["zcat", SCHEMA / f"{name}.sql.gz"], stdout=subprocess.PIPE)
            arguments = ("-d", "zabbix", "-v", "ON_ERROR_STOP=1")
            assert self.psql("zabbix", *arguments, stdin=unpacked.stdout) == 0, self.log
            assert unpacked.wait() == 0
        # The data has a host that watches the server itself; nothing answers for it here.
        quiet = "update hosts set status = 1 where host = 'Zabbix server' and status = 0"
        assert self.psql("zabbix", "-d", "zabbix", "-c", quiet) == 0
        # Without fresh statistics some calls of the API take minutes.
        assert self.psql("postgres", "-d", "zabbix", "-c", "analyze") == 0

    def psql(self, user, *arguments, stdin=subprocess.DEVNULL):
        where = ["-h", "127.0.0.1", "-p", DATABASE_PORT, "-U", user]
        return self.run_once(["psql", "-qX", *where, *arguments], stdin, check=False)

    def run_once(self, command, stdin=subprocess.DEVNULL, check=True):
        with open(self.log_file, "ab") as log:
            done = subprocess.run(
                as_ordinary_user([str(part) for part in command]), stdin=stdin, stdout=log,
                stderr=log, env=self.environment, cwd=self.folder, timeout=300, check=False,
            )  # fmt: skip
        assert done.returncode == 0 or not check, self.log
        return done.returncode


class Server(Daemon):
    stop_within_s, stop_codes = 60, None

    def __init__(self, folder, traps):
        folder = Path(folder)
        configuration = folder / "server.conf"
        super().__init__(folder, ["/usr/sbin/zabbix_server", "-f", "-c", configuration])
        configuration.write_text(SERVER_CONF.format(
            folder=folder, database=DATABASE_PORT, port=SERVER_PORT, traps=traps
        ))  # fmt: skip

    @property
    def said(self):
        return self.log + (self.folder / "stdout").read_text()

    def start(self):
        # An ordinary user may ping, which the official templates ask for.
        Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 2147483647")
        self.spawn()
        self.wait_until(lambda: "[main process]" in self.said, 90, "starts")
        prefer(self)
        return self


class FrontEnd(Daemon):
    """PHP's own web server on the front end as it is packaged. It reads /etc/zabbix, which is
    private to this world."""

    stop_within_s, stop_codes = 20, None

    def __init__(self, folder):
        folder = Path(folder)
        settings = PHP_SETTINGS | {"session.save_path": folder / "sessions"}
        options = [part for name, value in settings.items() for part in ("-d", f"{name}={value}")]
        super().__init__(
            folder, ["php", *options, "-S", f"127.0.0.1:{WEB_PORT}", "-t", FRONT_END],
            {"LOCPATH": str(folder / "locales"), "PHP_CLI_SERVER_WORKERS": "4"},
        )  # fmt: skip
        for name in ("sessions", "etc", "locales"):
            (folder / name).mkdir()
            give_away(folder / name)

    def start(self):
        # Without it every page has an error on top, and a graph is a picture of that error.
        locale = ["localedef", "-i", "en_US", "-f", "UTF-8", self.folder / "locales/en_US.UTF-8"]
        subprocess.run(locale, check=True, timeout=120)
        conf = FRONT_END_CONF.format(database=DATABASE_PORT, port=SERVER_PORT)
        (self.folder / "etc/zabbix.conf.php").write_text(conf)
        subprocess.run(["mount", "--bind", self.folder / "etc", "/etc/zabbix"], check=True)
        self.spawn()
        self.wait_until(self.answers, 60)
        return self

    def answers(self):
        try:
            return b"zabbix" in open_url(f"{URL}/index.php").lower()
        except OSError:
            return False

    def stop(self):
        super().stop()
        if os.path.ismount("/etc/zabbix"):
            subprocess.run(["umount", "/etc/zabbix"], check=True)


class TrapDaemon(Daemon):
    """Debian's snmptrapd with the handler that we ship."""

    def __init__(self, folder, traps):
        folder = Path(folder)
        self.port = free_udp_port()
        configuration = folder / "snmptrapd.conf"
        super().__init__(folder, [
            "/usr/sbin/snmptrapd", "-f", "-n", "-Lo", "-C", "-c", configuration,
            f"udp:127.0.0.1:{self.port}",
        ])  # fmt: skip
        handler = folder / TRAP_HANDLER.name
        shutil.copy(TRAP_HANDLER, handler)
        configuration.write_text(
            f"authCommunity log,execute public\ntraphandle default {handler} {traps}\n"
        )

    def start(self):
        self.spawn()
        self.wait_until(lambda: "NET-SNMP version" in (self.folder / "stdout").read_text())
        return self


def opener(*handlers):
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def open_url(url, data=None, headers=None, through=None, timeout=120):
    request = urllib.request.Request(url, data, headers or {})
    with (through or opener()).open(request, timeout=timeout) as answer:
        return answer.read()


def as_time(clock):
    """As the front end writes a time; it lives in UTC here."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(clock))


class Api:
    """The front end's JSON-RPC API, as its administrator."""

    USER, PASSWORD = "Admin", "zabbix"  # as Zabbix is installed

    def __init__(self):
        self.calls = 0
        self.token = None
        self.token = self("user.login", username=self.USER, password=self.PASSWORD)

    def __call__(self, method, parameters=None, **named):
        self.calls += 1
        body = {
            "jsonrpc": "2.0", "id": self.calls, "method": method,
            "params": named if parameters is None else parameters,
        }  # fmt: skip
        if self.token:
            body["auth"] = self.token
        headers = {"Content-Type": "application/json-rpc"}
        answer = json.loads(open_url(f"{URL}/api_jsonrpc.php", json.dumps(body).encode(), headers))
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['data']}")
        return answer["result"]

    def import_template(self, text):
        both = {"createMissing": True, "updateExisting": True}
        new = {"createMissing": True}
        rules = {
            "groups": new, "templates": both, "templateLinkage": new, "items": both,
            "discoveryRules": both, "triggers": both, "graphs": both, "valueMaps": both,
            "templateDashboards": both,
        }  # fmt: skip
        return self("configuration.import", format="yaml", rules=rules, source=text)


class Zabbix:
    def __init__(self, lab):
        # Semaphores that a killed server would leave behind go with this world, too.
        assert LIBC.unshare(CLONE_NEWIPC) == 0
        self.lab = lab
        traps = lab.folder / "snmptraps"
        traps.touch()
        give_away(traps)
        self.database = lab.keep(Database(lab.new_folder("database")))
        self.server = lab.keep(Server(lab.new_folder("server"), traps))
        self.front_end = lab.keep(FrontEnd(lab.new_folder("front-end")))
        self.trap_daemon = lab.keep(TrapDaemon(lab.new_folder("snmptrapd"), traps))
        self.api = None
        self.group = None

    def start(self):
        self.database.start()
        self.server.start()
        self.front_end.start()
        self.trap_daemon.start()
        self.api = Api()
        assert self.api.import_template(TEMPLATE.read_text()) is True
        self.group = self.api("hostgroup.create", name="Routers")["groupids"][0]
        return self

    def add_host(self, name, port, templates, macros=None):
        api = self.api
        found = api("template.get", filter={"host": templates}, output=["host"])
        assert len(found) == len(templates), templates
        values = {"{$SNMP_COMMUNITY}": "public"} | (macros or {})
        interface = {
            "type": 2, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "", "port": str(port),
            "details": {"version": 2, "bulk": 1, "community": "{$SNMP_COMMUNITY}"},
        }  # fmt: skip
        created = api(
            "host.create", host=name, groups=[{"groupid": self.group}], interfaces=[interface],
            templates=[{"templateid": one["templateid"]} for one in found],
            macros=[{"macro": macro, "value": value} for macro, value in values.items()],
        )  # fmt: skip
        return Host(api, name, created["hostids"][0])

    def browser_session(self):
        """What a person's browser has after the login page."""
        session = opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = {"name": Api.USER, "password": Api.PASSWORD, "enter": "Sign in"}
        open_url(f"{URL}/index.php", urllib.parse.urlencode(form).encode(), through=session)
        return session

    def graph_picture(self, graph_id, file, since, until):
        query = {
            "graphid": graph_id, "from": as_time(since), "to": as_time(until), "width": 800,
            "height": 200, "profileIdx": "web.charts.filter",
        }  # fmt: skip
        url = f"{URL}/chart2.php?{urllib.parse.urlencode(query)}"
        Path(file).write_bytes(open_url(url, through=self.browser_session()))

    def dashboard_picture(self, host, file, since, until, width, height):
        found = self.api(
            "templatedashboard.get", output=["dashboardid"],
            templateids=self.api("template.get", filter={"host": TEMPLATE_NAME})[0]["templateid"],
        )  # fmt: skip
        query = {
            "action": "host.dashboard.view", "hostid": host.id,
            "dashboardid": found[0]["dashboardid"], "from": as_time(since), "to": as_time(until),
            "kiosk": 1,
        }  # fmt: skip
        self.page_picture(urllib.parse.urlencode(query), file, width, height)

    def page_picture(self, query, file, width, height):
        """What Chromium shows of a page of the front end, after it has drawn its graphs."""
        login = {
            "name": Api.USER, "password": Api.PASSWORD, "enter": "Sign in",
            "request": f"zabbix.php?{query}",
        }  # fmt: skip
        folder = self.lab.new_folder("chromium")
        give_away(folder)
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server", "--hide-scrollbars",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
            "--virtual-time-budget=15000", f"--screenshot={folder}/page.png",
            f"{URL}/index.php?{urllib.parse.urlencode(login)}",
        ]  # fmt: skip
        done = subprocess.run(
            as_ordinary_user(command), cwd="/", capture_output=True, text=True, timeout=150,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}, check=False,
        )  # fmt: skip
        assert (folder / "page.png").exists(), done.stderr
        shutil.copyfile(folder / "page.png", file)


def clock_of(row):
    return int(row["clock"]) + int(row["ns"]) / 1e9


class Host:
    """One host of Zabbix, seen through the API."""

    SUPPORTED = "0"

    def __init__(self, api, name, host_id):
        self.api, self.name, self.id = api, name, host_id

    def items(self, **more):
        fields = ["key_", "name", "lastvalue", "lastclock", "state", "error", "type", "value_type"]
        return self.api("item.get", hostids=self.id, output=fields, monitored=True, **more)

    def item(self, key):
        found = self.items(filter={"key_": key})
        assert len(found) == 1, (key, found)
        return found[0]

    def value(self, key):
        return self.item(key)["lastvalue"]

    def history(self, key, since=0):
        """[(clock with its fraction, value)] in the order of time."""
        item = self.item(key)
        kind = int(item["value_type"])
        rows = self.api(
            "history.get", history=kind, itemids=item["itemid"], time_from=int(since),
            sortfield="clock", sortorder="ASC", output="extend",
        )  # fmt: skip
        numeric = {0: float, 3: int}.get(kind, str)
        stamped = [(clock_of(row), numeric(row["value"])) for row in rows]
        return sorted(pair for pair in stamped if pair[0] >= since)

    def rules(self):
        return self.api("discoveryrule.get", hostids=self.id, output=["key_", "state", "error"])

    def graphs(self):
        found = self.api("graph.get", hostids=self.id, output=["name"])
        return {one["name"]: one["graphid"] for one in found}

    def check_official_now(self):
        """As an operator's "Execute now" does, of all but ours: theirs are polled once in minutes
        to an hour."""
        of = {
            "hostids": self.id, "output": ["key_"], "monitored": True,
            "filter": {"type": ["3", "20"]},  # simple checks, SNMP
        }  # fmt: skip
        found = self.api("item.get", of) + self.api("discoveryrule.get", of)
        ids = [one["itemid"] for one in found if not one["key_"].startswith("hvnet.")]
        self.api("task.create", [{"type": 6, "request": {"itemid": one}} for one in ids])

    def set_macro(self, macro, value):
        found = self.api("usermacro.get", hostids=self.id, filter={"macro": macro})
        if found:
            self.api("usermacro.update", hostmacroid=found[0]["hostmacroid"], value=value)
        else:
            self.api("usermacro.create", hostid=self.id, macro=macro, value=value)

    def problems(self):
        """The names of those that are open."""
        found = self.api("problem.get", hostids=self.id, output=["name"])
        return sorted(one["name"] for one in found)

    def events(self, since=0, until=2**31 - 1):
        """[(clock, name, value)] of triggers: value 1 opens, 0 closes."""
        rows = self.api(
            "event.get", hostids=self.id, source=0, object=0, time_from=int(since),
            time_till=int(until), sortfield=["clock", "eventid"],
            output=["clock", "ns", "name", "value"],
        )  # fmt: skip
        return [(clock_of(row), row["name"], int(row["value"])) for row in rows]

    def opened(self, since=0, until=2**31 - 1):
        """The names of problems that were opened, closed again or not."""
        return [name for _, name, value in self.events(since, until) if value]

    def await_problem(self, part, within):
        """Its name. One that has come and gone is found, too: a slow machine looks late."""
        def found():
            return next((name for name in self.opened() if part in name), None)

        return eventually(found, within, f"the problem {part!r}", every=0.5)

    def await_no_problem(self, part, within):
        def closed():
            return not any(part in name for name in self.problems())

        eventually(closed, within, f"the end of {part!r}", every=0.5)
