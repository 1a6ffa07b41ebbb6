"""Cacti of Debian's packages on a database of its own, without a web server: set up, asked and
driven through its command line, its poller and its tables."""

import contextlib
import json
import math
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from cacti_daemons import ENVIRONMENT, LIMITED, PHP, Database, Poller
from daemons import as_ordinary_user, give_away
from polling import SLOW

PACKAGED = Path("/usr/share/cacti")
SHIPPED = Path(__file__).parents[2] / "monitoring/cacti"
STEP = 10  # seconds; a run of poller.php makes 60 / STEP rounds
STOCK_QUERY = "SNMP - Interface Statistics"
OUR_QUERY = "hvnet - Adapters"
# What graph_image.php does for a browser, and the values that it draws.
DRAW = r"""<?php
list(, $site, $graph, $picture, $start, $end) = $argv;
chdir($site);
require "$site/include/cli_check.php";
require_once "$site/lib/rrd.php";
$window = array('graph_start' => $start, 'graph_end' => $end, 'disable_cache' => true);
$meta = array();
$drawn = rrdtool_function_graph($graph, 0, $window + array('graphv' => false,
    'image_format' => 'png', 'output_flag' => RRDTOOL_OUTPUT_STDOUT), null, $meta, 1);
$at = strpos($drawn, "\x89PNG");
file_put_contents($picture, $at === false ? $drawn : substr($drawn, $at));
$values = rrdtool_function_xport($graph, 0, $window + array('export_csv' => true), $meta, 1);
file_put_contents("$picture.json", json_encode($values, JSON_PARTIAL_OUTPUT_ON_ERROR));
"""


@dataclass(frozen=True)
class Graph:
    """One that Cacti made of an adapter when it was told to."""

    number: int  # local_graph_id
    device: str
    query: str
    kind: str  # of the query's graphs
    adapter: str  # the ifName of the adapter that it was made for


class Cacti:
    """A private copy of the package, installed by its own installer."""

    def __init__(self, lab):
        self.folder = lab.new_folder("cacti")
        self.site = self.folder / "cacti/site"
        self.rrds = self.folder / "rra"
        self.database = lab.keep(Database(lab.new_folder("mariadb")))
        self.poller = lab.keep(Poller(lab.new_folder("poller"), self.site))
        self.graphs = []
        self.known_sources = {}

    # Set up

    def install(self):
        self.database.start()
        self.fill_database()
        self.copy_package()
        said = self.cli(
            "install_cacti.php", "--accept-eula", "--install", "--force", "--mode=1",
            "--profile=2", "--language=en-US", f"--path=cactilog:{self.log_file}",
            "--automationmode=0", within=180,
        )  # fmt: skip
        assert self.sql("select cacti from version") != [["new_install"]], said + self.log
        self.choose_step()
        self.stamp_when_read()
        return self

    def fill_database(self):
        self.database.sql(
            "create database cacti character set utf8mb4 collate utf8mb4_unicode_ci;"
            "create user cacti@127.0.0.1 identified by 'cacti';"
            "grant all on cacti.* to cacti@127.0.0.1;"
            "grant select on mysql.time_zone_name to cacti@127.0.0.1;"
            "insert into time_zone values (1, 'N');"  # the installer insists on having one
            "insert into time_zone_name values ('UTC', 1);",
            database="mysql",
        )
        self.database.sql((PACKAGED / "conf_templates/cacti.sql").read_text())
        self.sql(f"replace into settings values ('path_cactilog', '{self.log_file}')")

    def copy_package(self):
        give_away(self.folder)
        # Some of its links lead to where this machine's Cacti would keep what is not ours to read.
        copy = as_ordinary_user(["cp", "-rL", str(PACKAGED), str(self.folder / "cacti")])
        subprocess.run(copy, stderr=subprocess.DEVNULL, check=False)
        own = ("log", "rra", "cache/boost", "cache/mibcache", "cache/realtime", "cache/spikekill")
        for name in own:
            (self.folder / name).mkdir(parents=True)
        for name in ("log", "rra", "cache", "resource"):
            shutil.rmtree(self.site / name, ignore_errors=True)
        for name in ("log", "rra", "cache"):
            (self.site / name).symlink_to(self.folder / name)
        (self.site / "resource").symlink_to("../resource")
        (self.folder / "draw.php").write_text(DRAW)
        config = {
            "type": "mysql", "default": "cacti", "hostname": "127.0.0.1", "username": "cacti",
            "password": "cacti", "port": "3306", "retries": 5,
        }  # fmt: skip
        lines = [f"$database_{name} = {json.dumps(value)};" for name, value in config.items()]
        lines += ["$database_ssl = $database_persist = $cacti_db_session = false;"]
        lines += ["$poller_id = 1; $url_path = '/'; $cacti_session_name = 'Cacti';"]
        lines += [f"$path_csrf_secret = '{self.folder}/csrf.php'; $proxy_headers = null;"]
        lines += ["$disable_log_rotation = true;"]
        configuration = self.site / "include/config.php"
        configuration.unlink(missing_ok=True)
        configuration.write_text("\n".join(["<?php", *lines, ""]))
        for path in (*self.folder.glob("*"), *(self.folder / "cache").iterdir()):
            give_away(path)

    def stamp_when_read(self):
        """Cacti stamps a sample with the second in which the device's samples are written, a minute
        apart as a rule. At our step a second is a tenth of it, and would be stairs in any graph:
        here the stamp is the millisecond in which the data source was read."""
        poller = self.site / "cmd.php"
        stamp = "from_unixtime(' . ($read_at[$ds] ??= microtime(true)) . ')"
        text = poller.read_text()
        assert text.count("CURRENT_TIMESTAMP()") == 2
        poller.write_text(text.replace("CURRENT_TIMESTAMP()", stamp))

    def choose_step(self):
        settings = {
            "poller_interval": STEP, "cron_interval": 60, "poller_type": 1, "log_verbosity": 3,
            "concurrent_processes": 1,
        }  # fmt: skip
        values = ", ".join(f"('{name}', '{value}')" for name, value in settings.items())
        self.sql(
            f"replace into settings (name, value) values {values};"
            "delete from settings where name like 'automation_%_enabled';"
            "delete from host;"
            f"update data_source_profiles set step = {STEP}, heartbeat = {6 * STEP} where id = 2;"
            f"update data_template_data set rrd_step = {STEP} where local_data_id = 0;"
            f"update data_template_rrd set rrd_heartbeat = {6 * STEP} where local_data_id = 0;"
            "alter table poller_output modify time timestamp(3) not null default 0;"
        )

    # Its command line

    def cli(self, script, *arguments, within=90.0):
        return self.php(self.folder / "cacti/cli" / script, *arguments, within=within)

    def php(self, *arguments, within=90.0):
        command = as_ordinary_user([*LIMITED, *PHP, *map(str, arguments)])
        with subprocess.Popen(
            command, cwd=self.site, env=ENVIRONMENT, start_new_session=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                said, _ = process.communicate(timeout=within * SLOW)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        assert process.returncode == 0, f"{' '.join(command)}\n{said}"
        return said

    def import_templates(self):
        """As docs/monitoring.md has it: one file is copied, the other imported."""
        where = self.folder / "cacti/resource/snmp_queries"
        shutil.copy(SHIPPED / "hvnet_adapters.xml", where)
        templates = self.folder / "hvnet_templates.xml"
        shutil.copy(SHIPPED / "hvnet_templates.xml", templates)
        return self.cli("import_template.php", f"--filename={templates}", "--profile-id=2")

    def import_package(self):
        """The same in one file, which is made anew: its signature is another one each time."""
        package = self.folder / "hvnet_package.xml.gz"
        subprocess.run([SHIPPED / "make_package.py", package], check=True, timeout=60 * SLOW)
        return self.cli("import_package.php", f"--filename={package}", "--profile-id=2")

    def add_device(self, name, port, template=0):
        said = self.cli(
            "add_device.php", f"--description={name}", f"--ip={name}", f"--port={port}",
            f"--template={template}", "--version=2", "--community=public", "--avail=snmp",
            "--timeout=1000", "--max_oids=10",
        )  # fmt: skip
        assert self.sql(f"select id from host where description = '{name}'"), said

    def add_graphs(self, device, query, kind, method="uptime"):
        """One for each adapter that has none yet. A query that is new to the device is added, with
        a re-index method as Cacti says it: uptime, index or fields."""
        query_id = self.query(query)
        kind_id, template = self.one_row(
            "select id, graph_template_id from snmp_query_graph"
            f" where snmp_query_id = {query_id} and name = '{kind}'"
        )
        before = {graph.number for graph in self.graphs}
        said = self.cli(
            "add_graphs.php", f"--host-id={self.device(device)}", "--graph-type=ds",
            f"--graph-template-id={template}", f"--snmp-query-id={query_id}",
            f"--snmp-query-type-id={kind_id}", "--snmp-field=ifName", "--snmp-value-regex=^lan",
            f"--reindex-method={method}",
        )  # fmt: skip
        made = self.sql(
            "select g.id, c.field_value from graph_local g join host_snmp_cache c using"
            " (host_id, snmp_query_id, snmp_index) where field_name = 'ifName'"
            f" and host_id = {self.device(device)} and snmp_query_graph_id = {kind_id} order by 1"
        )
        new = [Graph(int(number), device, query, kind, adapter)
               for number, adapter in made if int(number) not in before]  # fmt: skip
        assert new, said
        self.graphs += new
        return new

    def reindex(self, device):
        self.cli("poller_reindex_hosts.php", f"--id={self.device(device)}", "--qid=all")

    # Its tables

    def sql(self, text):
        return self.database.sql(text)

    def one_row(self, text):
        rows = self.sql(text)
        assert len(rows) == 1, f"{text}\n{rows}"
        return rows[0]

    def device(self, name):
        return int(self.one_row(f"select id from host where description = '{name}'")[0])

    def query(self, name):
        return int(self.one_row(f"select id from snmp_query where name = '{name}'")[0])

    def template(self, name):
        return int(self.one_row(f"select id from host_template where name = '{name}'")[0])

    def index(self, device, query, field="ifName"):
        """{snmp_index: value} of one field, as the data query last found it."""
        return dict(self.sql(
            "select snmp_index, field_value from host_snmp_cache"
            f" where host_id = {self.device(device)} and snmp_query_id = {self.query(query)}"
            f" and field_name = '{field}' and present > 0 order by snmp_index + 0"
        ))  # fmt: skip

    def sort_field(self, device, query):
        return self.one_row(
            f"select sort_field from host_snmp_query where host_id = {self.device(device)}"
            f" and snmp_query_id = {self.query(query)}"
        )[0]

    def title(self, graph):
        return self.one_row(
            f"select title_cache from graph_templates_graph where local_graph_id = {graph.number}"
        )[0]

    def sources(self, graph):
        """{data source: RRD file} of what a graph draws; that stays so for its life."""
        if graph not in self.known_sources:
            rows = self.sql(
                "select distinct r.data_source_name, d.data_source_path"
                " from graph_templates_item i join data_template_rrd r on i.task_item_id = r.id"
                " join data_template_data d using (local_data_id)"
                f" where i.local_graph_id = {graph.number}"
            )
            self.known_sources[graph] = {name: self.rrds / Path(path).name for name, path in rows}
        return self.known_sources[graph]

    def find(self, **wanted):
        """Those of our graphs that have these values."""
        return [graph for graph in self.graphs if wanted.items() <= vars(graph).items()]

    # What it has measured

    def samples(self, graph, source, start, end=None):
        """[(end of the step, rate a second)] of a data source; the unknown ones are not there."""
        return rrd_samples(self.sources(graph)[source], source, start, end or time.time())

    def draw(self, graph, picture, start, end):
        """The PNG as Cacti shows it; returns {legend: [values]} of what is drawn."""
        fresh = self.folder / picture.name
        self.php(self.folder / "draw.php", self.site, graph.number, fresh, int(start), int(end))
        shutil.copy(fresh, picture)
        exported = json.loads(Path(f"{fresh}.json").read_text())
        rows = exported["data"].values()
        legend = exported["meta"]["legend"]
        return {text: [float(row[column]) for row in rows] for column, text in legend.items()}

    @property
    def log_file(self):
        return self.folder / "log/cacti.log"

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def rounds(self):
        return self.log.count("SYSTEM STATS")


def rrd_samples(file, source, start, end):
    """Whole steps in between only: what is at the edges is of another time, too."""
    command = ["rrdtool", "fetch", str(file), "AVERAGE", "-r", str(STEP)]
    command += ["-s", str(int(start) - STEP), "-e", str(int(end))]
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=30)
    assert said.returncode == 0, said.stderr
    names, _, *lines = said.stdout.splitlines()
    column = names.split().index(source)
    pairs = [(int(stamp), float(values.split()[column]))
             for stamp, values in (line.split(":") for line in lines)]  # fmt: skip
    return [(stamp, value) for stamp, value in pairs
            if start + STEP <= stamp <= end and not math.isnan(value)]  # fmt: skip
