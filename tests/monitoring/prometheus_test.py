"""monitoring/prometheus/ without a server: the module against the MIBs, the rules by promtool, the
dashboard by itself; and each check against a file that is broken."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS / folder) for folder in ("monitoring", "e2e", "netns")]
import grafana_dashboard  # noqa: E402
import prometheus_files as files  # noqa: E402
import snmp_module  # noqa: E402

RULES_TEXT = files.RULES.read_text()
TEST_TEXT = files.RULES_TEST.read_text()


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, **more)
    return done.returncode, done.stdout + done.stderr


# snmp.yml


def test_the_module_says_of_every_object_what_its_mib_says():
    assert files.module_complaints(snmp_module.load()) == []


def metric_of(modules, name):
    return next(m for one in modules.values() for m in one["metrics"] if m["name"] == name)


def spoil_module(what):
    modules = copy.deepcopy(snmp_module.load())
    drops = metric_of(modules, "hvnetInDrops")
    if what == "an OID of another object":
        drops["oid"] = drops["oid"][:-1] + "9"
    elif what == "a name that no MIB has":
        drops["name"] = "hvnetInDropped"
    elif what == "another type":
        drops["type"] = "gauge"
    elif what == "a label out of another column":
        drops["lookups"][0]["oid"] = drops["lookups"][1]["oid"]
    elif what == "no label with the adapter's name":
        drops["lookups"] = [one for one in drops["lookups"] if one["labelname"] != "ifName"]
    elif what == "a table that is not walked":
        modules["hvnet"]["walk"].remove("1.3.6.1.4.1.8072.9999.9999.21.1.3")
    elif what == "a scalar that is not fetched":
        modules["hvnet"]["get"].remove("1.3.6.1.2.1.1.3.0")
    elif what == "a column left out":
        modules["hvnet"]["metrics"].remove(drops)
    elif what == "a metric twice":
        modules["hvnet"]["metrics"].append(drops)
    return modules


@pytest.mark.parametrize("what", (
    "an OID of another object", "a name that no MIB has", "another type",
    "a label out of another column", "no label with the adapter's name",
    "a table that is not walked", "a scalar that is not fetched", "a column left out",
    "a metric twice",
))  # fmt: skip
def test_a_module_is_complained_of_that_has(what):
    assert files.module_complaints(spoil_module(what)) != []


def test_the_module_has_nothing_that_no_driver_can_tell():
    support = snmp_module.support()
    drivers = ("hvnet", "hv_netvsc", "virtio_net", "vmxnet3", "xen_netfront", "nominal", "*other*")
    nobody = {name for name, row in support.items()
              if all(row[driver.strip("*")] == "–" for driver in drivers)}  # fmt: skip
    nobody -= snmp_module.COME_LATER
    metrics = set().union(*snmp_module.metrics_by_module().values())
    assert len(nobody) > 5 and metrics & nobody == set()
    assert metrics - set(support) == {"sysUpTime"}  # snmpd's own, or Net-SNMP's within us


def test_the_exporter_takes_the_module_and_would_refuse_a_broken_one(tmp_path):
    def dry_run(file):
        return run("prometheus-snmp-exporter", f"--config.file={file}", "--dry-run")[0]

    ours = snmp_module.of_this_machine()
    assert dry_run(ours) == 0
    broken = tmp_path / "snmp.yml"
    broken.write_text(ours.read_text().replace("  walk:", "  wolk:"))
    assert dry_run(broken) != 0


def test_the_module_is_what_the_generator_makes_of_our_mib(tmp_path):
    """Needs npm, as the MIB modules of tests/mibs do."""
    code, said = run(files.FOLDER / "generate", tmp_path, tmp_path / "mibs")
    assert code == 0, said
    for file in (snmp_module.FILE, snmp_module.NEW_FILE):
        assert (tmp_path / file.name).read_text() == file.read_text(), (
            "run monitoring/prometheus/generate"
        )


def test_both_formats_fetch_the_same_with_the_same_community():
    old, new = snmp_module.load(), yaml.safe_load(snmp_module.NEW_FILE.read_text())
    (login,) = {yaml.safe_dump({key: one.pop(key) for key in ("version", "auth")})
                for one in old.values()}  # fmt: skip
    assert new["modules"] == old
    assert new["auths"] == {"public_v2": {"community": "public", "version": 2}}
    assert yaml.safe_load(login) == {"version": 2, "auth": {"community": "public"}}


# Rules and configuration


def promtool(tmp_path, rules=RULES_TEXT, test=TEST_TEXT):
    (tmp_path / files.RULES.name).write_text(rules)
    (tmp_path / files.RULES_TEST.name).write_text(test)
    return run("promtool", "test", "rules", tmp_path / files.RULES_TEST.name)


def test_promtool_has_nothing_to_say_of_the_rules_and_the_configuration():
    for subject, file in (("rules", files.RULES), ("config", files.FOLDER / "prometheus.yml")):
        code, said = run("promtool", "check", subject, file)
        assert code == 0 and "SUCCESS" in said, said


def test_every_alert_does_what_its_cases_say(tmp_path):
    code, said = promtool(tmp_path)
    assert code == 0, said


@pytest.mark.parametrize("right, wrong", (
    ("rate20s > 50", "rate20s > 5000"),
    ("rate20s > 50", "rate20s > 150"),
    ("> 4 * hvnet", "> 2 * hvnet"),
    ("> 4 * hvnet", "> 9 * hvnet"),
    ("quantile_over_time(0.5,", "quantile_over_time(0.99,"),
    ("unless on (instance) (max_over_time(hvnetAgentSourceState[30s]) > 1)", ""),
    ("keep_firing_for: 30s", "keep_firing_for: 10m"),
    ("keep_firing_for: 30s", ""),
    ("for: 10m", "for: 1m"),
    ("rate(hvnetInBacklogDrops[1m]) > 10", "rate(hvnetInBacklogDrops[1m]) > 5"),
    ("rate(hvnetInBacklogDrops[1m]) > 10", "rate(hvnetInBacklogDrops[1m]) > 30"),
    ("rate(hvnetInBacklogDrops[1m]) > 10", "rate(ifInUnknownProtos[1m]) > 10"),
    ("for: 10m", "for: 40m"),
    ("(ifOperStatus == 2)", "(ifOperStatus != 1)"),
    ("(ifAdminStatus == 1)", "(ifAdminStatus > 0)"),
    ("and on (instance, ifIndex) (hvnetAdapterNetworkAssigned == 2)", ""),
    ("hvnetAgentSourceState == 2", "hvnetAgentSourceState > 0"),
    ("hvnetAgentSourceState == 3", "hvnetAgentSourceState == 4"),
    ("rate(hvnetOpkts[2m]) == 0", "rate(hvnetOpkts[2m]) < 0"),
    ("and on (instance, ifIndex) (ifOperStatus == 1)", ""),
    ("and on (instance) (hvnetAgentSourceState == 1)", ""),
    ("and (rate(hvnetIpkts[1h]) + rate(hvnetOpkts[1h]) > 1)", ""),
    ("instance, ifIndex, ifName)", "instance, ifIndex)"),
    ("instance, ifIndex, hvnetAdapterInstance)", "instance, ifIndex)"),
    ("[15m]", "[5h]"),
    ("ratio20s > 0.9", "ratio20s > 0.7"),
    ("ratio20s > 0.9", "ratio20s > 0.97"),
    ("hvnet:in_bits:rate20s / (1e6", "hvnet:in_bits:rate20s / (1e7"),
    ('up{job="hvnet"} == 0', 'up{job="hvnet"} == 1'),
    ("unless on (instance) hvnetAgentSourceState", ""),
    ('up{job="snmp_exporter"} == 0', 'up{job="other"} == 0'),
    ("{{ $labels.ifName }} on {{ $labels.instance }} drops", "an adapter drops"),
))  # fmt: skip
def test_promtool_would_notice(tmp_path, right, wrong):
    assert right in RULES_TEXT
    concerned = files.what_concerns(RULES_TEXT.replace(right, wrong), RULES_TEXT, TEST_TEXT)
    code, said = promtool(tmp_path, *concerned)
    assert code != 0 and "FAILED" in said


def test_every_alert_is_tested_and_names_whom_it_is_about():
    assert files.rules_complaints(RULES_TEXT) == []
    assert files.untested(RULES_TEXT, TEST_TEXT) == []


@pytest.mark.parametrize("right, wrong", (
    ("rate(hvnetInDrops[20s])", "rate(hvnetInDropped[20s])"),
    ("{{ $labels.ifName }} on {{ $labels.instance }} drops", "{{ $labels.instance }} drops"),
    ("{{ $labels.ifName }} on {{ $labels.instance }} is down", "{{ $labels.ifName }} is down"),
    ("severity: critical", "severity: awful"),
))  # fmt: skip
def test_rules_are_complained_of_that_read_what_is_not_there_or_name_nobody(right, wrong):
    assert right in RULES_TEXT
    assert files.rules_complaints(RULES_TEXT.replace(right, wrong)) != []


def test_the_guide_says_of_every_alert_what_it_means():
    guide = (files.ROOT / "docs/monitoring.md").read_text()
    alerts = [rule["alert"] for rule in files.rules_in(RULES_TEXT) if "alert" in rule]
    assert len(alerts) > 10
    assert [name for name in alerts if f"| {name} |" not in guide] == []


def test_an_alert_without_a_case_is_complained_of():
    without = TEST_TEXT.replace("HvnetUtilisation", "HvnetLinkDown")
    assert len(files.untested(RULES_TEXT, without)) == 2


# Dashboard


def test_the_dashboard_is_whole():
    assert files.dashboard_complaints(grafana_dashboard.load()) == []


def test_prometheus_can_read_every_expression_of_the_dashboard(tmp_path):
    def check(expressions):
        rules = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions)]
        file = tmp_path / "panels.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
        return run("promtool", "check", "rules", file)

    values = {"instance": "router", "adapter": ".*"}
    expressions = [
        grafana_dashboard.filled_in(one, values) for _, one in grafana_dashboard.expressions()
    ]
    code, said = check(expressions)
    assert code == 0 and f"{len(expressions)} rules found" in said, said
    assert check([*expressions, "sum by (ifName) (("])[0] != 0


def spoil_dashboard(what):
    board = copy.deepcopy(grafana_dashboard.load())
    first, second = board["panels"][:2]
    if what == "two panels with one id":
        first["id"] = second["id"]
    elif what == "two panels in one place":
        first["gridPos"] = second["gridPos"]
    elif what == "a panel outside of the page":
        first["gridPos"]["w"] = 25
    elif what == "a metric that nobody writes":
        first["targets"][0]["expr"] = "hvnetInDropped"
    elif what == "a variable that is not defined":
        board["templating"]["list"].pop()
    elif what == "a data source of somebody's own":
        first["targets"][0]["datasource"] = {"type": "prometheus", "uid": "abc123"}
    elif what == "two queries with one name":
        next(p for p in board["panels"] if len(p["targets"]) > 1)["targets"][1]["refId"] = "A"
    elif what == "no unit":
        del first["fieldConfig"]["defaults"]["unit"]
    elif what == "an axis without a name":
        drawn = next(p for p in board["panels"] if p["type"] == "timeseries")
        drawn["fieldConfig"]["defaults"]["custom"]["axisLabel"] = ""
    return board


@pytest.mark.parametrize("what", (
    "two panels with one id", "two panels in one place", "a panel outside of the page",
    "a metric that nobody writes", "a variable that is not defined",
    "a data source of somebody's own", "two queries with one name", "no unit",
    "an axis without a name",
))  # fmt: skip
def test_a_dashboard_is_complained_of_that_has(what):
    assert files.dashboard_complaints(spoil_dashboard(what)) != []
