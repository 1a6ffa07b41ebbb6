"""Beside a real snmpd and on real traffic: what Prometheus graphs is what the kernel counted, and is
smooth, where the stock agent's own IF-MIB makes stairs (its ifTable is cached for 3 s)."""

import time
from dataclasses import dataclass

import grafana_dashboard as dashboard
import pytest
import snmp_module as module
from daemons import Product, Snmpd
from lab import Lab, adapter
from paced_sender import paced_sender
from polling import eventually
from prometheus import (
    SCRAPE_S, Prometheus, picture, rates, run_before_all_else, start_prometheus,
    until,
)  # fmt: skip

# The hypervisor's order is not the kernel's: lan1 has ifIndex 1.
LAN0 = adapter("lan0", number=1, relid=20)
LAN1 = adapter("lan1", number=2, relid=10)
NUMBERS = {"lan1": 1, "lan0": 2}
# As hvnet-setup-snmpd does.
WITHOUT_ITS_OWN_TABLES = ["-I", "-ifTable,ifXTable,dot3StatsTable"]
# What `ethtool -S` prints for a driver with two queues.
STATISTICS = """\
NIC statistics:
     rx_no_memory: 7
     tx_queue_0_packets: 10
     tx_queue_0_bytes: 1000
     rx_queue_0_packets: 20
     rx_queue_0_bytes: 2000
     tx_queue_1_packets: 30
     tx_queue_1_bytes: 3000
     rx_queue_1_packets: 40
     rx_queue_1_bytes: 4000
"""
HISTORY_S = 45
EVERY_SECOND = "every_second"
MOVING = {  # metric: (adapter, the kernel's counter)
    "ifHCInOctets": ("lan0", "rx", "bytes"),
    "ifHCInUcastPkts": ("lan0", "rx", "packets"),
    "hvnetInOctets": ("lan0", "rx", "bytes"),
    "hvnetIpkts": ("lan0", "rx", "packets"),
    "ifHCOutOctets": ("lan1", "tx", "bytes"),
    "ifHCOutUcastPkts": ("lan1", "tx", "packets"),
    "hvnetOutOctets": ("lan1", "tx", "bytes"),
    "hvnetOpkts": ("lan1", "tx", "packets"),
}


@dataclass
class Run:
    lab: Lab
    prometheus: Prometheus
    snmpd: Snmpd
    stock: Snmpd
    product: Product
    started: float
    counted: dict  # the kernel's counters when the traffic had begun

    def kernel(self):
        """{(adapter, direction, counter): value} and when."""
        links = self.lab.router.links()
        return time.time(), {
            key: links[key[0]]["stats64"][key[1]][key[2]] for key in set(MOVING.values())
        }

    def job(self, name, metric, agent=None):
        """A scrape that is under way while the subagent registers its tables can have the names and
        not yet the descriptions, which come first in a walk: it is a series of its own."""
        instance = f"127.0.0.1:{(agent or self.snmpd).port}"
        of = MOVING[metric][0]
        return f'{metric}{{job="{name}", instance="{instance}", ifName="{of}", ifDescr!=""}}'

    def steps(self, selector, start, end):
        return rates(self.prometheus.timely(selector, start, end))


@pytest.fixture(scope="module")
def run(lab):
    run_before_all_else()
    for one in (LAN0, LAN1):
        lab.plug(one)
        statistics = lab.folder / "ethtool" / one.name / "statistics"
        statistics.parent.mkdir(parents=True)
        statistics.write_text(STATISTICS)
    snmpd = lab.prepare_snmpd()
    snmpd.command += WITHOUT_ITS_OWN_TABLES
    snmpd.start()
    product = lab.prepare(snmpd=snmpd)
    product.environment["HVNET_ETHTOOL_ROOT"] = str(lab.folder / "ethtool")
    product.start()
    stock = lab.snmpd()
    paced_sender(lab, lab.peer, "p-lan0", LAN0.mac, octets=1000, per_second=500)
    paced_sender(lab, lab.router, "lan1", "02:00:00:00:00:09", octets=600, per_second=300)
    ours, theirs = (f"127.0.0.1:{agent.port}" for agent in (snmpd, stock))
    prometheus = start_prometheus(lab, [ours], jobs={EVERY_SECOND: (1, [ours, theirs])})
    for job, instance in (("hvnet", ours), (EVERY_SECOND, ours), (EVERY_SECOND, theirs)):
        prometheus.scraped(job, instance)
    one = Run(lab, prometheus, snmpd, stock, product, time.time(), {})
    one.started, one.counted = one.kernel()
    return one


def must_be_smooth(steps):
    """Nothing here knows the true rate: it is their own mean."""
    mean = sum(steps) / len(steps)
    assert mean > 0
    assert steps == pytest.approx([mean] * len(steps), rel=0.05)


def test_each_rate_is_what_the_kernel_counted_within_2_percent(run):
    until(run.started + HISTORY_S)
    now, counted = run.kernel()
    for metric, key in MOVING.items():
        kernel_rate = (counted[key] - run.counted[key]) / (now - run.started)
        ((_, got),) = run.prometheus.query(f"rate({run.job('hvnet', metric)}[40s])")
        assert got == pytest.approx(kernel_rate, rel=0.02), metric
    assert counted["lan0", "rx", "packets"] - run.counted["lan0", "rx", "packets"] > 300 * HISTORY_S


def test_consecutive_samples_of_a_constant_rate_stay_within_5_percent(run):
    until(run.started + HISTORY_S)
    for metric in MOVING:
        steps = run.steps(run.job("hvnet", metric), run.started, run.started + HISTORY_S)
        assert len(steps) >= 6, metric
        must_be_smooth(steps)


def test_the_stock_agent_makes_stairs_of_the_same_traffic(run):
    """Both polled every second, and looked at every five: the check above has teeth."""
    until(run.started + HISTORY_S)
    span = run.started, run.started + HISTORY_S
    ours = run.steps(run.job(EVERY_SECOND, "ifHCInOctets"), *span)
    stock = run.steps(run.job(EVERY_SECOND, "ifHCInOctets", run.stock), *span)
    assert len(ours) >= 6 and len(stock) >= 6
    must_be_smooth(ours)
    with pytest.raises(AssertionError):
        must_be_smooth(stock)
    mean = sum(stock) / len(stock)
    worst = max(abs(step / mean - 1) for step in stock)
    print(f"stock snmpd: steps up to {worst:.0%} off; ours "
          f"{max(abs(step * len(ours) / sum(ours) - 1) for step in ours):.1%}")  # fmt: skip
    assert worst > 0.15


def test_the_graph_page_shows_both(run, pictures):
    """The same 4 Mbit/s, as either agent tells of them."""
    until(run.started + HISTORY_S)
    expression = " or ".join(
        f'label_replace(8 * rate({run.job(EVERY_SECOND, "ifHCInOctets", agent)}[5s]), '
        f'"agent", "{name}", "", "")'
        for name, agent in (("hvnet-subagent", run.snmpd), ("snmpd by itself", run.stock))
    )
    expression = f"sum by (agent) ({expression})"
    drawn = run.prometheus.graph(expression, run.started + 10, run.started + HISTORY_S, step=1)
    spread = {labels["agent"]: extremes(values) for labels, values in drawn}
    assert spread["hvnet-subagent"] == pytest.approx((4e6, 4e6), rel=0.2)
    assert spread["snmpd by itself"] != pytest.approx((4e6, 4e6), rel=0.2)
    shown = picture(
        run.prometheus.graph_page(expression, "40s"), pictures / "prometheus-stairs.png",
        run.lab.new_folder("chromium"), height=900,
    )  # fmt: skip
    assert shown.octets > 20_000
    assert shown.size == (1200, 900)


def extremes(values):
    return min(value for _, value in values), max(value for _, value in values)


def must_go_on(run, since, label):
    """From before a restart until 20 s after it: rows, numbers and rates as if nothing had been."""
    restarted = time.time()
    ours = f"127.0.0.1:{run.snmpd.port}"
    read = f'hvnetIpkts{{job="hvnet", instance="{ours}", ifName="lan0"}}'
    fresh = f"timestamp({read}) > {restarted:.3f}"
    eventually(lambda: run.prometheus.query(fresh), within=3 * SCRAPE_S, what="rows again")
    print(f"{label}: rows again after {time.time() - restarted:.1f} s")
    until(restarted + 4 * SCRAPE_S)
    now = time.time()
    for metric in MOVING:
        for job in ("hvnet", EVERY_SECOND):
            must_be_smooth(run.steps(run.job(job, metric), since, now))
    rows = run.prometheus.query('hvnetAdapterRelid{job="hvnet"}')
    assert {labels["ifName"]: int(labels["ifIndex"]) for labels, _ in rows} == NUMBERS
    assert run.prometheus.fired(run.started, now) == {}


def test_a_restart_of_snmpd_is_no_spike_and_its_rows_are_back(run):
    since = time.time() - 20
    run.snmpd.stop()
    run.snmpd.start()
    must_go_on(run, since, "snmpd")


def test_a_restart_of_the_subagent_is_no_spike_and_its_rows_are_back(run):
    since = time.time() - 20
    run.product.stop()
    run.product.start()
    must_go_on(run, since, "hvnet-subagent")


def test_every_metric_of_the_module_has_a_value(run):
    """But for what this driver cannot tell, and the time of an alarm that never was."""
    for name, metrics in module.metrics_by_module().items():
        rows = run.prometheus.query(f'count by (__name__) ({{job="{name}"}})')
        missing = metrics - {labels["__name__"] for labels, _ in rows}
        assert missing <= module.not_told_by("hv_netvsc") | {"hvnetAlarmLastRaised"}


def test_the_drivers_own_statistics_have_their_names(run):
    rows = run.prometheus.query('hvnetDriverStatValue{job="hvnet_details", ifName="lan0"}')
    got = {labels["hvnetDriverStatName"]: value for labels, value in rows}
    assert got["rx_no_memory"] == 7 and got["rx_queue_1_bytes"] == 4000
    assert len(got) == STATISTICS.count(":") - 1


def test_every_panel_of_the_dashboard_has_data(run):
    variables = {"instance": f"127.0.0.1:{run.snmpd.port}", "adapter": ".*"}
    for panel, expression in dashboard.expressions():
        assert run.prometheus.query(dashboard.filled_in(expression, variables)), (panel, expression)
