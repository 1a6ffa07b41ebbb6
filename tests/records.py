"""What a run of a test file has shown, as a file that scripts/tested-on reads.

HVNET_RECORDS names the folder. A run of a part of a file's tests leaves no record, nor does one that
somebody ended."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

INTERRUPTED = 2  # pytest.ExitCode

# The systems that a file's tests run on, by their Debian packages.
PACKAGES = {
    "zabbix": ("zabbix-server-pgsql",),
    "cacti": ("cacti",),
    "prometheus": ("prometheus", "prometheus-snmp-exporter"),
    "beside_snmpd": ("snmpd", "prometheus"),
}


def sentence(function):
    """test_a_reboot_keeps_the_numbers -> A reboot keeps the numbers"""
    words = function.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def said_by(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


def here():
    """VERSION_CODENAME of the Debian that runs this."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line).get("VERSION_CODENAME", "")


def guests_software(folder, suite):
    """Of the guests of tests/guest: the kernel, the emulator and, where there is one, the Xen."""
    kernels = {path.name.removeprefix("vmlinuz-") for above in (folder, folder / suite)
               for path in above.glob(f"kernel-{suite}/unpacked/boot/vmlinuz-*")}  # fmt: skip
    xen = {path.name.split("-")[1] for path in folder.glob(f"kernel-{suite}/xen/boot/xen-*-amd64.gz")}
    emulator = said_by("qemu-system-x86_64", "--version").split()
    return {"kernels": sorted(kernels), "packages": {"QEMU": emulator[3], "Xen": "".join(xen)}}


def machines_software(name):
    versions = {package: said_by("dpkg-query", "-W", "-f", "${Version}", package)
                for package in PACKAGES.get(name, ())}  # fmt: skip
    return {"kernels": [platform.release()], "packages": versions}


class Recorder:
    """A pytest plugin. One file of tests is one record."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.files = {}  # {name: {function: {test: outcome}}}
        self.partial = False

    def pytest_deselected(self, items):
        self.partial = self.partial or bool(items)

    def pytest_collection_finish(self, session):
        for item in session.items:
            functions = self.files.setdefault(item.path.stem.removesuffix("_test"), {})
            functions.setdefault(item.originalname, {})[item.nodeid] = "not run"

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.outcome == "passed":
            return
        for functions in self.files.values():
            for runs in functions.values():
                if report.nodeid in runs:
                    runs[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, exitstatus):
        if self.partial or exitstatus == INTERRUPTED:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        suite = os.environ.get("HVNET_SUITE") or here()
        guests = os.environ.get("HVNET_FOLDER")
        for name, functions in self.files.items():
            record = {
                "file": name, "suite": suite, "date": datetime.date.today().isoformat(),
                "checks": {sentence(function): sorted(runs.values())
                           for function, runs in functions.items()},
                **(guests_software(Path(guests), suite) if guests else machines_software(name)),
            }  # fmt: skip
            text = json.dumps(record, indent=1) + "\n"
            (self.folder / f"{name}-{suite}.json").write_text(text, encoding="utf-8")
