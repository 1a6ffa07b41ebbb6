"""The files of monitoring/prometheus/ for snmp_exporter, and what a driver cannot tell (docs/object-support.md)."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "monitoring/prometheus/snmp.yml"
NEW_FILE = ROOT / "monitoring/prometheus/snmp-0.23.yml"  # the same for a newer exporter
OBJECT_SUPPORT = ROOT / "docs/object-support.md"
# Without an instance in its examples, which have just started: they come with time.
COME_LATER = {"hvnetInDropsRate", "hvnetAlarmRate", "hvnetAlarmBaseline", "hvnetAlarmLastRaised"}


def of_this_machine():
    """The file that the exporter here takes."""
    done = subprocess.run(["prometheus-snmp-exporter", "--version"], capture_output=True, text=True,
                          check=True)  # fmt: skip
    version = re.search(r"version (\d+)\.(\d+)", done.stdout + done.stderr)
    return FILE if (int(version[1]), int(version[2])) < (0, 23) else NEW_FILE


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
