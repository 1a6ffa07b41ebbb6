"""A real Prometheus and a real snmp_exporter, set up with what monitoring/prometheus/ has for an
operator, asked through the API that every graph and every alert is made from."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import snmp_module
import yaml
from daemons import Daemon
from polling import SLOW, eventually
from seen import Picture

DELIVERED = Path(__file__).parents[2] / "monitoring/prometheus"
RULES = "hvnet.rules.yml"
EXPORTER_PORT, PROMETHEUS_PORT = 9116, 9090
SCRAPE_S = 5
# No proxy of this machine stands between a test and its own loopback.
HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url, timeout_s=20):
    with HTTP.open(url, timeout=timeout_s * SLOW) as answer:
        return answer.read().decode()


class Server(Daemon):
    """One that is ready when it says so over HTTP."""

    stop_within_s, stop_codes = 20, None

    def start(self):
        self.spawn()
        self.wait_until(self.ready, within=60, what="is ready")
        return self

    def ready(self):
        try:
            return bool(fetch(self.ready_url, timeout_s=2))
        except OSError:
            return False


class SnmpExporter(Server):
    ready_url = f"http://127.0.0.1:{EXPORTER_PORT}/"

    def __init__(self, folder):
        folder = Path(folder)
        super().__init__(folder, [
            "/usr/bin/prometheus-snmp-exporter", f"--config.file={folder / 'snmp.yml'}",
            f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}", "--log.level=warn",
        ])  # fmt: skip
        # A clone may sit in a folder that an ordinary user cannot enter.
        (folder / "snmp.yml").write_text(snmp_module.of_this_machine().read_text())


class Prometheus(Server):
    """`jobs` are scraped beside those of the delivered configuration: {name: (seconds, targets)}.
    """

    url = f"http://127.0.0.1:{PROMETHEUS_PORT}"
    ready_url = f"{url}/-/ready"

    def __init__(self, folder, targets, jobs=None):
        folder = Path(folder)
        self.configuration = folder / "prometheus.yml"
        super().__init__(folder, [
            "/usr/bin/prometheus", f"--config.file={self.configuration}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}", "--log.level=warn",
        ])  # fmt: skip
        self.configuration.write_text(yaml.safe_dump(configuration(targets, jobs or {})))
        rules = folder / RULES
        rules.write_text((DELIVERED / RULES).read_text())

    # What its API says

    def ask(self, path, **parameters):
        answer = json.loads(fetch(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"))
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression, at=None):
        """[(labels, value)] at one moment."""
        when = {} if at is None else {"time": f"{at:.3f}"}
        result = self.ask("query", query=expression, **when)["result"]
        return [(row["metric"], float(row["value"][1])) for row in result]

    def by_name(self, expression, at=None):
        """{ifName: value}."""
        return {labels["ifName"]: value for labels, value in self.query(expression, at)}

    def samples(self, selector, start, end):
        """[(labels, [(time, value)])] as they were scraped, later than `start`."""
        window = f"[{max(1, round((end - start) * 1000))}ms]"
        return series(self.ask("query", query=selector + window, time=f"{end:.3f}"))

    def timely(self, selector, start, end):
        """[(time, value)] of one series, less the scrapes with which the machine was late: those that
        took long, and those for which the kernel did not answer the agent, which says so itself (a
        good sample is at most 200 ms old). Most must be in time."""
        ((labels, samples),) = self.samples(selector, start, end)
        scrape = f'{{job="{labels["job"]}", instance="{labels["instance"]}"}}'
        late = set()
        for metric, most in (("scrape_duration_seconds", 0.1), ("hvnetAgentSampleAge", 250)):
            for _, told in self.samples(metric + scrape, start, end):
                late |= {at for at, value in told if value > most}
        in_time = [sample for sample in samples if sample[0] not in late]
        if late:
            print(f"{scrape}: {len(samples) - len(in_time)} of {len(samples)} scrapes were late")
        assert len(in_time) > 0.7 * len(samples), "too busy a machine, or too slow an agent"
        return in_time

    def graph(self, expression, start, end, step=SCRAPE_S):
        """[(labels, [(time, value)])] as a graph draws it."""
        return series(self.ask("query_range", query=expression, start=start, end=end, step=step))

    def firing(self):
        """{(alertname, ifName)}, now; the name is None where an alert is about the whole router."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("ifName"))
            for alert in self.ask("alerts")["alerts"]
            if alert["state"] == "firing"
        }

    def alert(self, name):
        """The one alert of that name."""
        found = [a for a in self.ask("alerts")["alerts"] if a["labels"]["alertname"] == name]
        assert len(found) == 1, found
        return found[0]

    def fired(self, start, end):
        """{(alertname, ifName): time of the first evaluation that fired}, between the two times."""
        first = {}
        for labels, values in self.samples('ALERTS{alertstate="firing"}', start, end):
            alert = labels["alertname"], labels.get("ifName")
            first[alert] = min(values[0][0], first.get(alert, end))
        return first

    def graph_page(self, expression, span):
        """Its address in the classic user interface, the only one that Debian ships."""
        chosen = {"g0.expr": expression, "g0.range_input": span, "g0.tab": 0}
        return f"{self.url}/classic/graph?{urllib.parse.urlencode(chosen)}"

    def scraped(self, job, instance):
        """Waits until the target has been read without fault."""
        up = f'up{{job="{job}", instance="{instance}"}} == 1'
        self.wait_until(lambda: self.query(up), within=30, what=f"has scraped {instance}")


def series(data):
    return [
        (row["metric"], [(at, float(value)) for at, value in row["values"]])
        for row in data["result"]
    ]


def configuration(targets, jobs):
    """The delivered example, with these targets instead of its own."""
    whole = yaml.safe_load((DELIVERED / "prometheus.yml").read_text())
    through_exporter = [job for job in whole["scrape_configs"] if "module" in job.get("params", {})]
    for job in through_exporter:
        job["static_configs"] = [{"targets": list(targets)}]
        # Both are seen within a test.
        job["scrape_interval"], job["scrape_timeout"] = f"{SCRAPE_S}s", "4s"
    for name, (interval_s, more_targets) in jobs.items():
        whole["scrape_configs"].append(through_exporter[0] | {
            "job_name": name,
            "static_configs": [{"targets": list(more_targets)}],
            "scrape_interval": f"{interval_s}s",
            "scrape_timeout": f"{interval_s}s",
        })  # fmt: skip
    return whole


def run_before_all_else():
    """This process and what it starts from now on. A scrape that comes late on a busy machine looks
    just like an agent that makes stairs. They need little: a second of processor in twenty."""
    with contextlib.suppress(PermissionError):  # an ordinary user needs an idle machine
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def start_prometheus(lab, targets, jobs=None):
    lab.keep(SnmpExporter(lab.new_folder("exporter"))).start()
    return lab.keep(Prometheus(lab.new_folder("prometheus"), targets, jobs)).start()


def rates(samples, spacing_s=SCRAPE_S):
    """Per second, between samples that are at least `spacing_s` apart (some milliseconds less: a
    scrape is never quite on time)."""
    steps, last = [], samples[0]
    for sample in samples[1:]:
        if sample[0] - last[0] > spacing_s - 0.1:
            steps.append((sample[1] - last[1]) / (sample[0] - last[0]))
            last = sample
    return steps


def picture(url, file, folder, width=1200, height=640):
    """What a person's browser shows there."""
    command = [
        "chrt", "--other", "0",  # it waits for the measured ones
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-proxy-server", f"--user-data-dir={folder}", f"--window-size={width},{height}",
        "--hide-scrollbars", "--virtual-time-budget=15000", f"--screenshot={file}", url,
    ]  # fmt: skip
    environment = os.environ | {"HOME": str(folder), "TZ": "UTC"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=90 * SLOW
    )
    assert done.returncode == 0, done.stderr
    return Picture(file)


def until(moment):
    """Waits for a time of this machine's clock (a scenario's, mostly)."""
    eventually(lambda: time.time() >= moment, within=600, what="a time to come", every=0.05)
