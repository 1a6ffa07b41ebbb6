"""monitoring/prometheus/grafana-dashboard.json, as far as it can be tried without a Grafana."""

import json
import re
from pathlib import Path

FILE = Path(__file__).parents[2] / "monitoring/prometheus/grafana-dashboard.json"
BUILT_IN = {"__rate_interval": "20s"}
LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)")


def load():
    return json.loads(FILE.read_text())


def expressions(board=None):
    """[(panel's title, PromQL)]"""
    return [
        (panel["title"], target["expr"])
        for panel in (board or load())["panels"]
        for target in panel["targets"]
    ]


def variables(board=None):
    """[(name, series, label)] of those that Prometheus is asked for."""
    found = []
    for variable in (board or load())["templating"]["list"]:
        if variable["type"] == "query":
            series, label = LABEL_VALUES.fullmatch(variable["query"]["query"]).groups()
            found.append((variable["name"], series, label))
    return found


def filled_in(expression, values):
    """With Grafana's variables replaced; one that has no value is a KeyError."""
    known = BUILT_IN | values
    return re.sub(r"\$(\w+)", lambda variable: known[variable[1]], expression)
