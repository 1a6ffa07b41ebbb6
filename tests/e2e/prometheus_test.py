"""What Prometheus makes of a simulated router: the values, the alerts and the dashboard of
monitoring/prometheus/, each read back through Prometheus' own API."""

import re
import time
from dataclasses import dataclass

import grafana_dashboard as dashboard
import pytest
import snmp_module as module
from daemons import Product
from polling import eventually
from prometheus import (
    SCRAPE_S, Prometheus, picture, rates, run_before_all_else, start_prometheus,
    until,
)  # fmt: skip
from simulator import Simulator, simulated_router

ROUTER = "127.0.0.1:1161"
# Of lan2, a second. Its drops stay below what is worth an alert.
TOLD = {
    "Ipkts": 5000, "Ierrs": 40, "Opkts": 4000, "Oerrs": 30, "InOctets": 12_500_000,
    "OutOctets": 6_250_000, "InDrops": 20, "OutDiscards": 25, "InMulticast": 100,
}  # fmt: skip
SHOWN = {f"hvnet{counter}": rate for counter, rate in TOLD.items() if counter != "InMulticast"} | {
    "ifHCInOctets": TOLD["InOctets"],
    "ifHCOutOctets": TOLD["OutOctets"],
    "ifHCInUcastPkts": TOLD["Ipkts"] - TOLD["InMulticast"],
    "ifHCInMulticastPkts": TOLD["InMulticast"],
    "ifHCOutUcastPkts": TOLD["Opkts"],
    "ifInErrors": TOLD["Ierrs"],
    "ifOutErrors": TOLD["Oerrs"],
    "ifInDiscards": TOLD["InDrops"],
    "ifOutDiscards": TOLD["OutDiscards"],
}
# Seconds from the simulator's start.
STEADY = 40
SPIKE, SPIKE_ENDS = 45, 70
UNASSIGN, ASSIGN = 75, 95
RESET = 125
PAUSE, RESUME = 178, 214
SCENARIO = "\n".join([
    *(f"at 0 rate lan2 {counter} {rate}" for counter, rate in TOLD.items()),
    f"at {SPIKE} spike lan1 InDrops 500 for {SPIKE_ENDS - SPIKE}",
    f"at {UNASSIGN} unassign lan0",
    f"at {ASSIGN} assign lan0",
    f"at {RESET} reset lan2",
    f"at {PAUSE} pause {RESUME - PAUSE}",
])  # fmt: skip
# From the end of what an alert is about: a window of 20 s, 30 s that it is kept, and two scrapes.
SPIKE_IS_OVER_S = 20 + 30 + 2 * SCRAPE_S
INDEX_MAP = {"lan0": 1, "lan1": 2, "lan2": 3}


@dataclass
class Run:
    prometheus: Prometheus
    simulator: Simulator
    product: Product
    started: float

    def at(self, second):
        return self.started + second


@pytest.fixture(scope="module")
def run(lab):
    """Prometheus first: the scenario's seconds start with the simulator."""
    run_before_all_else()
    prometheus = start_prometheus(lab, [ROUTER])
    started = time.time()
    port = int(ROUTER.split(":")[1])
    simulator, product = simulated_router(lab, SCENARIO, "--interval", "50", port=port)
    prometheus.scraped("hvnet", ROUTER)
    return Run(prometheus, simulator, product, started)


def index_map(run, at=None):
    """{ifName: ifIndex} as the labels have it."""
    rows = run.prometheus.query('ifOperStatus{job="hvnet"}', at)
    return {labels["ifName"]: int(labels["ifIndex"]) for labels, _ in rows}


def lan2(metric):
    return f'{metric}{{job="hvnet", ifName="lan2"}}'


def steps_of_lan2(run, start, end):
    """{metric: [rate between two scrapes]} of all that the simulator was told."""
    steps = {}
    for metric in SHOWN:
        steps[metric] = rates(run.prometheus.timely(lan2(metric), start, end))
    return steps


def test_each_rate_is_what_the_router_was_told_to_do_within_2_percent(run):
    until(run.at(STEADY))
    for metric, told in SHOWN.items():
        ((_, got),) = run.prometheus.query(f"rate({lan2(metric)}[30s])")
        assert got == pytest.approx(told, rel=0.02), metric
    recorded = {"in_bits": 8 * TOLD["InOctets"], "out_bits": 8 * TOLD["OutOctets"],
                "in_packets": TOLD["Ipkts"], "out_packets": TOLD["Opkts"],
                "in_drops": TOLD["InDrops"], "out_discards": TOLD["OutDiscards"]}  # fmt: skip
    for name, told in recorded.items():
        got = run.prometheus.by_name(f"hvnet:{name}:rate20s")
        assert got["lan2"] == pytest.approx(told, rel=0.02), name
    in_use = run.prometheus.by_name('hvnet:utilisation:ratio20s{direction="in"}')
    assert in_use["lan2"] == pytest.approx(8 * TOLD["InOctets"] / 1e9, rel=0.02)


def test_consecutive_samples_of_a_constant_rate_stay_within_5_percent(run):
    until(run.at(STEADY))
    steps = steps_of_lan2(run, run.at(2), run.at(STEADY))
    for metric, told in SHOWN.items():
        assert len(steps[metric]) >= 5, metric
        assert steps[metric] == pytest.approx([told] * len(steps[metric]), rel=0.05), metric


def test_an_in_drops_spike_is_an_alert_within_15_seconds_that_names_the_adapter(run, lab, pictures):
    until(run.at(SPIKE))
    alert = ("HvnetInDropsSpike", "lan1")
    eventually(lambda: alert in run.prometheus.firing(), within=20, what="the alert")
    fired = run.prometheus.fired(run.at(0), time.time())
    assert set(fired) == {alert}
    latency_s = fired[alert] - run.at(SPIKE)
    print(f"InDrops spike: the alert fired {latency_s:.1f} s after it began")
    assert 0 < latency_s < 15
    annotations = run.prometheus.alert("HvnetInDropsSpike")["annotations"]
    assert re.match(r"lan1 on 127\.0\.0\.1:1161 drops \d+ received packets a second",
                    annotations["summary"])  # fmt: skip
    assert "ifIndex 2, Hyper-V hvnet adapter lan1" in annotations["description"]
    shown = picture(
        f"{run.prometheus.url}/classic/alerts", pictures / "prometheus-alerts.png",
        lab.new_folder("chromium"), height=900,
    )  # fmt: skip
    assert shown.octets > 10_000


def test_an_unassigned_network_is_a_link_down_alert_on_that_adapter_only(run):
    until(run.at(UNASSIGN))
    alert = ("HvnetLinkDown", "lan0")
    eventually(lambda: alert in run.prometheus.firing(), within=20, what="the alert")
    down = run.prometheus.alert("HvnetLinkDown")
    assert down["labels"]["ifIndex"] == "1"
    assert down["annotations"]["summary"] == (
        f"lan0 on {ROUTER} is down: the host does not connect it to a network"
    )
    assert run.prometheus.by_name('ifOperStatus{job="hvnet"}') == {"lan0": 2, "lan1": 1, "lan2": 1}
    assert index_map(run) == INDEX_MAP
    fired = run.prometheus.fired(run.at(UNASSIGN), time.time())
    print(f"unassign lan0: the alert fired {fired[alert] - run.at(UNASSIGN):.1f} s after it")
    assert fired[alert] - run.at(UNASSIGN) < 15
    assert {name for name in fired if name[0] == "HvnetLinkDown"} == {alert}


def test_both_alerts_end_by_themselves(run):
    until(run.at(ASSIGN))
    left_s = run.at(max(SPIKE_ENDS + SPIKE_IS_OVER_S, ASSIGN + 15 + 2 * SCRAPE_S)) - time.time()
    eventually(lambda: not run.prometheus.firing(), within=left_s + SCRAPE_S, what="no alert")


def test_neither_a_driver_reset_nor_a_restart_of_the_agent_is_a_spike_or_an_alert(run):
    """What the driver counted after its last report before the reset, nobody can know: one step may
    be lower. None may be higher."""
    until(run.at(RESET))
    run.simulator.told("reset lan2")
    read = lan2("hvnetCounterResets") + " > 0"
    eventually(lambda: run.prometheus.query(read), within=3 * SCRAPE_S, what="the reset counted")
    run.product.stop()
    run.product.start()
    restarted = time.time()
    run.prometheus.wait_until(
        lambda: run.prometheus.query(f'resets(sysUpTime{{job="hvnet"}}[{SCRAPE_S * 3}s]) > 0'),
        within=4 * SCRAPE_S, what="has seen the restart",
    )  # fmt: skip
    until(restarted + 20)
    now = time.time()
    assert now < run.at(PAUSE), "too slow a machine: the next scene has begun"
    for metric, steps in steps_of_lan2(run, run.at(2), now).items():
        told = SHOWN[metric]
        lowest, *others = sorted(steps)
        assert others == pytest.approx([told] * len(others), rel=0.05), metric
        assert 0.8 * told < lowest < 1.05 * told, metric
    for name in ("in_bits", "out_bits"):
        for labels, drawn in run.prometheus.graph(f"hvnet:{name}:rate20s", run.at(RESET), now):
            values = [value for _, value in drawn]
            # lan0 has only just come back, and rises.
            usual = max(value for at, value in drawn if at < run.at(RESET) + 5)
            assert max(values) < 1.05 * usual, (labels["ifName"], values)
    assert run.prometheus.firing() == set()
    assert set(run.prometheus.fired(run.at(0), now)) == {
        ("HvnetInDropsSpike", "lan1"), ("HvnetLinkDown", "lan0"),
    }  # fmt: skip
    assert index_map(run) == INDEX_MAP


def test_every_metric_of_the_module_has_a_value(run):
    """Since the start: but for what a report cannot tell (docs/object-support.md)."""
    until(run.at(SPIKE_ENDS))  # by then the agent has raised its own alarm, too
    for name, metrics in module.metrics_by_module().items():
        rows = run.prometheus.query(
            f'count by (__name__) (last_over_time({{job="{name}", __name__=~"[a-zA-Z]+"}}[10m]))'
        )
        got = {labels["__name__"] for labels, _ in rows} - {"up", "ALERTS"}
        assert got <= metrics, "nothing else"
        assert metrics - module.not_told_by("hvnet") <= got, "all that there is"


def test_every_metric_of_an_interface_has_its_name_alias_and_description(run):
    rows = run.prometheus.query('{job="hvnet", ifIndex="3"}')
    assert len(rows) > 40
    for labels, _ in rows:
        named = (labels["ifName"], labels["ifDescr"], labels.get("ifAlias", ""))
        assert named == ("lan2", "Hyper-V hvnet adapter lan2", ""), labels


def test_every_rule_can_be_evaluated(run):
    until(run.at(STEADY))
    rules = [rule for group in run.prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert len(rules) > 15
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []


def test_every_panel_of_the_dashboard_has_data(run):
    until(run.at(STEADY))
    variables = {"instance": ROUTER, "adapter": ".*"}
    assert len(dashboard.expressions()) > 20
    for panel, expression in dashboard.expressions():
        if any(part in expression for part in ("hvnetQueue", "backlog_drops", "unknown_protos")):
            continue  # a report has no queues and no stack: beside_snmpd_test.py
        assert run.prometheus.query(dashboard.filled_in(expression, variables)), (panel, expression)


def test_the_variables_of_the_dashboard_offer_the_router_and_its_adapters(run):
    offered = {
        name: sorted({labels[label] for labels, _ in run.prometheus.query(
            dashboard.filled_in(series, {"instance": ROUTER})
        )})
        for name, series, label in dashboard.variables()
    }  # fmt: skip
    assert offered == {"instance": [ROUTER], "adapter": ["lan0", "lan1", "lan2"]}


def test_the_graph_page_shows_the_spike(run, lab, pictures):
    until(run.at(SPIKE_ENDS + 30))
    expression = "sum by (ifName) (hvnet:in_drops:rate20s)"
    drawn = run.prometheus.graph(expression, run.at(20), run.at(SPIKE_ENDS + 30))
    highest = {labels["ifName"]: max(value for _, value in values) for labels, values in drawn}
    assert highest == pytest.approx({"lan0": 0, "lan1": 500, "lan2": TOLD["InDrops"]}, rel=0.05)
    shown = picture(
        run.prometheus.graph_page(expression, "3m"), pictures / "prometheus-in-drops.png",
        lab.new_folder("chromium"), height=900,
    )  # fmt: skip
    assert shown.octets > 20_000
    assert shown.size == (1200, 900)


def test_a_source_that_stops_is_stale_then_failed_and_then_forgotten(run):
    until(run.at(PAUSE))
    stale, failed = ("HvnetSourceStale", None), ("HvnetSourceFailed", None)
    run.prometheus.wait_until(lambda: failed in run.prometheus.firing(), within=50, what="failed")
    until(run.at(RESUME))
    eventually(lambda: not run.prometheus.firing(), within=30, what="no alert")
    fired = run.prometheus.fired(run.at(PAUSE), time.time())
    assert set(fired) == {stale, failed}
    assert fired[stale] - run.at(PAUSE) < 5 + 10 + 3 * SCRAPE_S
    assert 30 < fired[failed] - run.at(PAUSE) < 30 + 3 * SCRAPE_S
