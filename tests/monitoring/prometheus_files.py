"""What can be wrong with the files of monitoring/prometheus/. Each check returns its complaints
and knows nothing of how the files came about: it goes by HVNET-MIB and by the RFCs' numbers."""

import itertools
import re
from pathlib import Path

import grafana_dashboard
import mib
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "monitoring/prometheus"
RULES = FOLDER / "hvnet.rules.yml"
RULES_TEST = FOLDER / "hvnet.rules_test.yml"
MODULE = FOLDER / "snmp.yml"
HVNET_MIB = ROOT / "mibs/HVNET-MIB.txt"

OBJECT = re.compile(
    r"^(\w+) OBJECT-TYPE\s+SYNTAX\s+(.*?)\s+(?:UNITS.*?)?MAX-ACCESS\s+(\S+)"
    r".*?::= \{ (\w+) (\d+) \}",
    re.DOTALL | re.MULTILINE,
)
NODE = re.compile(r"^(\w+) +OBJECT IDENTIFIER ::= \{ (\w+) (\d+) \}", re.MULTILINE)
# What snmp_exporter makes of each syntax of ours, and of those of the IF-MIB by their SNMP type.
TYPES = {
    "Counter32": "counter", "Counter64": "counter", "CounterBasedGauge64": "gauge",
    "Gauge32": "gauge", "Unsigned32": "gauge", "INTEGER": "gauge", "TimeStamp": "gauge",
    "TruthValue": "gauge", "InterfaceIndexOrZero": "gauge", "SnmpAdminString": "DisplayString",
    "HvnetGuid": "DisplayString", "Timeticks": "gauge", "STRING": "DisplayString",
}  # fmt: skip
BY_THE_EXPORTER = {"up", "ALERTS"}
NOT_METRICS = {"and", "or", "unless", "on", "by", "ignoring", "group_left", "offset", "bool"}


# snmp.yml


def objects_of_our_mib():
    """{name: (oid, type, whether it can be read)} of HVNET-MIB."""
    text = HVNET_MIB.read_text()
    oids = {"hvnetMIB": mib.HVNET}
    for name, parent, number in NODE.findall(text):
        oids[name] = oids[parent] + (int(number),)
    found = {}
    for name, syntax, access, parent, number in OBJECT.findall(text):
        oids[name] = oids[parent] + (int(number),)
        first = syntax.split()[0]
        if first in TYPES:
            found[name] = (oids[name], TYPES[first], access != "not-accessible")
    return found


def objects():
    """And those of the IF-MIB and of the system group that a module may use."""
    found = {"sysUpTime": (mib.SYS_UP_TIME[:-1], "gauge", True)}
    for name in ("ifNumber", "ifTableLastChange"):
        found[name] = (mib.OIDS[name], "gauge", True)
    for name, oid in mib.COLUMNS.items():
        kind = "PhysAddress48" if name == "ifPhysAddress" else TYPES.get(mib.SYNTAX[oid])
        found[name] = (oid, kind, True)
    return found | objects_of_our_mib()


def module_complaints(modules):
    known = objects()
    return [
        f"{name}: {complaint}"
        for name, one in modules.items()
        for complaint in itertools.chain(
            one_module(one, known), twice([metric["name"] for metric in one["metrics"]])
        )
    ] + left_out(modules)


def one_module(one, known):
    fetched = [mib.to_oid(text) for text in one["walk"]]
    fetched += [mib.to_oid(text)[:-1] for text in one.get("get", [])]

    def is_fetched(oid):
        return any(oid[: len(root)] == root for root in fetched)

    for metric in one["metrics"]:
        name, oid = metric["name"], mib.to_oid(metric["oid"])
        if name not in known:
            yield f"{name} is in no MIB that we know"
            continue
        if (oid, metric["type"], True) != known[name]:
            yield f"{name} is {known[name]}, not {oid}, {metric['type']}"
        if not is_fetched(oid):
            yield f"{name} is not fetched"
        if metric["help"].split(" - ")[-1] != metric["oid"]:
            yield f"{name}: its help speaks of another object"
        for lookup in metric.get("lookups", []):
            found = known.get(lookup["labelname"])
            if (mib.to_oid(lookup["oid"]), lookup["type"], True) != found:
                yield f"{name}: {lookup['labelname']} is looked up in {lookup['oid']}"
            if not is_fetched(mib.to_oid(lookup["oid"])):
                yield f"{name}: {lookup['labelname']} is not fetched"
        labels = [index["labelname"] for index in metric.get("indexes", [])]
        if "ifIndex" in labels:
            names = {lookup["labelname"] for lookup in metric["lookups"]}
            if "ifName" not in names:
                yield f"{name} does not say whose it is"


def left_out(modules):
    """Objects of HVNET-MIB that no module has, as a metric or as a label."""
    there = set()
    for metric in itertools.chain.from_iterable(one["metrics"] for one in modules.values()):
        there.add(metric["name"])
        there.update(lookup["labelname"] for lookup in metric.get("lookups", []))
    ours = {name for name, (_, _, readable) in objects_of_our_mib().items() if readable}
    return [f"{name} is in no module" for name in sorted(ours - there)]


def twice(names):
    return [f"{name} is there twice" for name in {n for n in names if names.count(n) > 1}]


# Rules


def rules_in(text):
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def metrics_of(expression):
    """The names of the series that a PromQL expression reads."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)  # selectors, windows
    bare = re.sub(r"\b(by|on|ignoring|group_left|without)\s*\([^)]*\)", " ", bare)
    names = re.findall(r"(?<![\w:.])([a-zA-Z_:][\w:]*)\b(?!\s*\()", bare)
    return {name for name in names if name not in NOT_METRICS}


def readable_metrics():
    rules = rules_in(RULES.read_text())
    recorded = {rule["record"] for rule in rules if "record" in rule}
    modules = yaml.safe_load(MODULE.read_text())
    return BY_THE_EXPORTER | recorded | {
        metric["name"] for one in modules.values() for metric in one["metrics"]
    }


def rules_complaints(text):
    known = readable_metrics()
    complaints = []
    for rule in rules_in(text):
        name = rule.get("alert") or rule["record"]
        complaints += [
            f"{name} reads {metric}, which nobody writes"
            for metric in metrics_of(rule["expr"]) - known
        ]
        if "alert" in rule:
            complaints += alert_complaints(name, rule)
    return complaints


def alert_complaints(name, rule):
    summary = rule.get("annotations", {}).get("summary", "")
    subject = re.search(r"[a-zA-Z_:][\w:]*", rule["expr"])[0]
    whole_router = subject == "up" or subject.startswith("hvnetAgent")
    if "$labels.instance" not in summary:
        yield f"{name} does not name the router"
    if not whole_router and "$labels.ifName" not in summary:
        yield f"{name} does not name the adapter"
    if rule.get("labels", {}).get("severity") not in ("warning", "critical"):
        yield f"{name} has no severity"
    if "description" not in rule["annotations"] and "exporter" not in summary:
        yield f"{name} has no description"


def untested(rules_text, test_text):
    """Alerts that are not seen both firing and not firing."""
    seen = {(case["alertname"], bool(case.get("exp_alerts")))
            for test in yaml.safe_load(test_text)["tests"]
            for case in test.get("alert_rule_test", [])}  # fmt: skip
    return [
        f"{rule['alert']} is never seen {'firing' if fires else 'silent'}"
        for rule in rules_in(rules_text) if "alert" in rule
        for fires in (True, False) if (rule["alert"], fires) not in seen
    ]  # fmt: skip


def what_concerns(rules_text, before_text, test_text):
    """The rules and their cases, less those that a change of the rules cannot be seen in: of other
    alerts, unless what is recorded has changed."""
    rules, test = yaml.safe_load(rules_text), yaml.safe_load(test_text)
    changed = [rule for rule in rules_in(rules_text) if rule not in rules_in(before_text)]
    alerts = {rule.get("alert") for rule in changed}
    assert alerts
    if None not in alerts:
        for group in rules["groups"]:
            group["rules"] = [r for r in group["rules"] if "record" in r or r["alert"] in alerts]
        for one in test["tests"]:
            one["alert_rule_test"] = [
                case for case in one["alert_rule_test"] if case["alertname"] in alerts
            ]
        test["tests"] = [one for one in test["tests"] if one["alert_rule_test"]]
    return yaml.safe_dump(rules), yaml.safe_dump(test)


# Dashboard


def dashboard_complaints(board):
    panels = board["panels"]
    complaints = twice([panel["id"] for panel in panels]) + twice([p["title"] for p in panels])
    for panel in panels:
        complaints += panel_complaints(panel)
    for one, other in itertools.combinations(panels, 2):
        if overlap(one["gridPos"], other["gridPos"]):
            complaints.append(f"{one['title']} lies over {other['title']}")
    defined = {variable["name"] for variable in board["templating"]["list"]}
    defined |= set(grafana_dashboard.BUILT_IN)
    known = readable_metrics()
    texts = grafana_dashboard.expressions(board) + [
        (f"${name}", series) for name, series, _ in grafana_dashboard.variables(board)
    ]
    for title, expression in texts:
        for name in set(re.findall(r"\$(\w+)", expression)) - defined:
            complaints.append(f"{title} uses ${name}, which is not defined")
        for metric in metrics_of(expression) - known:
            complaints.append(f"{title} reads {metric}, which nobody writes")
    return complaints


def panel_complaints(panel):
    title = panel["title"]
    if not panel["targets"]:
        yield f"{title} shows nothing"
    yield from twice([target["refId"] for target in panel["targets"]])
    for part in (panel, *panel["targets"]):
        if part["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
            yield f"{title} asks a data source of its own"
    place = panel["gridPos"]
    if place["x"] + place["w"] > 24 or min(place.values()) < 0:
        yield f"{title} is outside of the page"
    if "unit" not in panel["fieldConfig"]["defaults"]:
        yield f"{title} has no unit"
    drawn = panel["fieldConfig"]["defaults"].get("custom", {})
    if panel["type"] == "timeseries" and not drawn.get("axisLabel"):
        yield f"{title} has an axis without a name"
    refs = {target["refId"] for target in panel["targets"]}
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        if matcher["id"] == "byFrameRefID" and matcher["options"] not in refs:
            yield f"{title} changes a series that is not there"


def overlap(one, other):
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "w"), ("y", "h"))
    )
