"""The two programs that serve SNMP here: the one under test, and Debian's snmpd."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import mib
import tools
import wire
from polling import SLOW, eventually

NOBODY = 65534
PRODUCT_PRIORITY = 100  # design.md §7: what wins over a built-in IF-MIB
AGENT_VERSION = mib.HVNET_AGENT + (1, 0)
# NET-SNMP-AGENT-MIB::nsModuleName, indexed by context, subtree and priority.
NS_MODULE_NAME = mib.to_oid("1.3.6.1.4.1.8072.1.2.1.1.4")


def can_change_user():
    """In a user namespace only one user is mapped; as the real root all of them are."""
    spans = (line.split() for line in Path("/proc/self/uid_map").read_text().splitlines())
    return any(int(first) + int(count) > NOBODY for first, _, count in spans)


def as_ordinary_user(command):
    """The command as an operator's service manager would start it: not as root."""
    if not can_change_user():
        return command
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def give_away(path):
    if can_change_user():
        os.chown(path, NOBODY, NOBODY)


def free_udp_port():
    """Nobody else is in this network namespace, so it stays free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """A process with its output in files, that can be asked, stopped, killed and started again. Only
    this class ends it: a process that has ended before it was told to fails the test, at the latest
    when `stop` or `kill` finds it."""

    stop_signal, stop_within_s = signal.SIGTERM, 10
    stop_codes = (0,)  # None: any will do

    def __init__(self, folder, command, environment=None):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        give_away(self.folder)
        self.command = [str(part) for part in command]
        self.environment = tools.HERMETIC | {
            "SNMPCONFPATH": str(self.folder),
            "SNMP_PERSISTENT_DIR": str(self.folder / "persistent"),
        } | (environment or {})
        self.log_file = self.folder / "stderr"
        self.user = "nobody"
        self.process = None  # until it is started, and again when its end has been seen
        self.end_is_due = False  # it has been told to end, or is one that ends by itself

    def spawn(self):
        self.must_be_new()
        with open(self.log_file, "ab") as log, open(self.folder / "stdout", "ab") as out:
            command = self.command if self.user == "root" else as_ordinary_user(self.command)
            self.process = subprocess.Popen(
                command, env=self.environment, cwd="/",
                stdin=subprocess.DEVNULL, stdout=out, stderr=log,
            )  # fmt: skip

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def log_lines(self):
        return [line for line in self.log.splitlines() if line.strip()]

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def must_be_new(self):
        """A start would hide how the process before it ended."""
        assert self.process is None, f"{self.command[0]} is started twice:\n{self.log}"
        self.end_is_due = False

    def must_run(self):
        assert self.process is not None, f"{self.command[0]} was not started"
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.command[0]} exited {self.process.returncode}:\n{self.log}")

    def wait_until(self, check, within=10.0, what="ready"):
        def checked():
            self.must_run()  # a dead daemon fails the test now, not at the deadline
            return check()

        return eventually(checked, within, f"{self.command[0]} {what}")

    def await_line(self, pattern, within=10.0):
        """The first line on stderr that matches."""
        def found():
            return next((line for line in self.log_lines if re.search(pattern, line)), None)

        return self.wait_until(found, within, f"says {pattern!r}")

    def tell_to_end(self, number=signal.SIGTERM):
        self.must_run()
        self.end_is_due = True
        self.process.send_signal(number)

    def await_end(self, within):
        """Its exit code. From here on there is no process of which anything is to be proved."""
        code = self.process.wait(within * SLOW)
        self.process = None
        self.must_be_clean()
        return code

    def signal_and_wait(self, number, within):
        self.tell_to_end(number)
        return self.await_end(within)

    def stop(self):
        """In good order: it lives until now, and ends with one of its exit codes."""
        if self.process is None:
            return
        if not self.end_is_due:
            self.tell_to_end(self.stop_signal)
        code = self.await_end(self.stop_within_s)
        assert self.stop_codes is None or code in self.stop_codes, f"exit code {code}:\n{self.log}"

    def kill(self):
        """As the out-of-memory killer would: no farewell, sockets left behind."""
        code = self.signal_and_wait(signal.SIGKILL, 5)
        assert code == -signal.SIGKILL, f"exit code {code}:\n{self.log}"

    def run(self):
        """For a start that must end by itself. Returns the exit code."""
        self.spawn()
        self.end_is_due = True
        return self.await_end(15)

    def must_be_clean(self):
        """Nothing for a sanitizer to say."""
        for sign in ("Sanitizer", "runtime error:"):
            assert sign not in self.log, self.log

    def discard(self):
        """Whatever state it is in, it is gone afterwards; proves nothing."""
        if self.process is not None:
            self.process.kill()  # nothing when it has ended
            self.process.wait(5)
            self.process = None


class Snmpd(Daemon):
    """Debian's agent with its own IF-MIB on, as an AgentX master on a socket of its own."""

    def __init__(self, folder, conf=""):
        folder = Path(folder)
        self.port = free_udp_port()
        self.agentx = f"unix:{folder}/agentx/master"
        self.configuration = folder / "snmpd.conf"
        super().__init__(folder, [
            "/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", self.configuration, "-r",
            "--noTokenWarnings=yes",
        ])  # fmt: skip
        self.configuration.write_text(
            f"agentaddress udp:127.0.0.1:{self.port}\n"
            "rocommunity public 127.0.0.1\n"
            "rwcommunity private 127.0.0.1\n"
            "master agentx\n"
            f"agentXSocket {self.agentx}\n"
            "agentXPerms 0777 0777\n" + conf
        )

    def start(self):
        self.spawn()
        client = wire.Client(self.port, timeout_s=0.5)
        self.wait_until(lambda: client.answers(mib.SYS_UP_TIME), what="answers")
        client.close()
        return self

    def client(self, community="public"):
        return wire.Client(self.port, community)

    def registrations(self):
        """{(subtree, priority)} of everything registered with this master."""
        return {decode_registration(vb.oid) for vb in tools.snmpbulkwalk(self.port, NS_MODULE_NAME)}


def decode_registration(oid):
    index = oid[len(NS_MODULE_NAME) :]
    index = index[1 + index[0] :]  # the context's length and name
    size = index[0]
    return index[1 : 1 + size], index[1 + size]


class Product(Daemon):
    """hvnet-subagent, either with a master (`snmpd`) or on a port of its own."""

    def __init__(self, binary, folder, *, snmpd=None, port=None, state, conf, sysfs, options=()):
        folder = Path(folder)
        self.snmpd, self.state = snmpd, Path(state)
        self.port = snmpd.port if snmpd else port or free_udp_port()
        self.configuration = folder / "agent.conf"
        alone = ["--standalone", f"udp:127.0.0.1:{self.port}"]
        where = ["--agentx", snmpd.agentx] if snmpd else alone
        environment = {"HVNET_SYSFS_ROOT": str(sysfs)} if sysfs else {}
        environment |= {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        super().__init__(folder, [
            binary, "-c", self.configuration, "--state", state, *where, *options,
        ], environment)  # fmt: skip
        self.configuration.write_text(conf)
        if not self.state.exists():
            self.state.mkdir(parents=True)
            give_away(self.state)

    def start(self):
        self.spawn()
        self.wait_until(self.serves, what="serves")
        return self

    def serves(self):
        """With a master: first and last subtree are registered there. Alone: the port answers."""
        if not self.snmpd:
            return self.ask_once(mib.IF_NUMBER)
        ours = {oid for oid, priority in self.snmpd.registrations() if priority == PRODUCT_PRIORITY}
        wanted = (mib.IF_NUMBER[:-1], mib.IF_TABLE, mib.IF_X_TABLE, mib.HVNET_VMBUS_ENTRY[:-1])
        return all(any(oid[: len(one)] == one for oid in ours) for one in wanted)

    def ask_once(self, oid):
        client = wire.Client(self.port, timeout_s=0.5)
        try:
            return client.answers(oid)
        finally:
            client.close()

    @property
    def output(self):
        return (self.folder / "stdout").read_text()

    @property
    def map_file(self):
        return self.state / "ifindex.map"

    def client(self, community="public"):
        return wire.Client(self.port, community)

    def ask(self, oid):
        """One GET: the value, or None for an exception."""
        client = self.client()
        try:
            return client.value(oid)
        finally:
            client.close()

    def must_not_answer(self, client, *oids, known=AGENT_VERSION, community="public"):
        """Nobody answers what `client` asks, while who may ask gets an answer, before and after:
        the product refuses, and is neither dead nor deaf."""
        witness = self.client(community)
        client.socket.settimeout(0.5 * SLOW)  # an answer takes milliseconds
        try:
            assert witness.value(known) is not None
            client.must_hear_nothing(*oids)
            assert witness.value(known) is not None
        finally:
            witness.close()
            client.close()

    def walk(self, oid=mib.INTERFACES):
        return tools.snmpwalk(self.port, oid)

    def column(self, name):
        """{ifIndex: value} of one column, in the order of the walk."""
        return mib.rows(self.walk(mib.COLUMNS[name]), name)

    def names(self):
        """{ifIndex: ifName} as text."""
        return {index: name.decode() for index, name in self.column("ifName").items()}

    def numbers(self):
        """{ifName: ifIndex}."""
        return {name: index for index, name in self.names().items()}
