"""monitoring/prometheus/snmp.yml, and what a driver cannot tell (docs/object-support.md)."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "monitoring/prometheus/snmp.yml"
OBJECT_SUPPORT = ROOT / "docs/object-support.md"
# Without an instance in its examples, which have just started: they come with time.
COME_LATER = {"hvnetInDropsRate", "hvnetAlarmRate", "hvnetAlarmBaseline", "hvnetAlarmLastRaised"}


def load():
    return yaml.safe_load(FILE.read_text())


def metrics_by_module():
    """{module: names of its metrics}"""
    return {name: {metric["name"] for metric in one["metrics"]} for name, one in load().items()}


def support():
    """{object: {driver: what its column says}}"""
    rows, heading = {}, None
    for line in OBJECT_SUPPORT.read_text().splitlines():
        cells = [cell.strip().strip("*`") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        if "syntax" in cells:
            heading = cells
        elif heading and len(cells) == len(heading) and cells[0].isdigit():
            row = dict(zip(heading, cells))
            rows[row["object"]] = row
    return rows


def not_told_by(driver):
    return {name for name, row in support().items() if row[driver] == "–"} - COME_LATER
