"""smilint and snmptranslate, without a look at what this machine has for either."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "mibs"
BASE = ROOT / "build" / "mibs-base"
DEFAULT_ROOT = "1.3.6.1.4.1.8072.9999.9999.21"

MODULES = ("HVNET-MIB", "HVNET-AGENT-CAPABILITIES")


def lint(file, *folders, level=3):
    """What smilint says of one file; its exit status says nothing."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(f"path {':'.join(map(str, folders))}\n")
        config.flush()
        done = subprocess.run(["smilint", "-c", config.name, "-l", str(level), "-m", "-s", file],
                              capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return (done.stdout + done.stderr).splitlines()


def tool(name, *arguments, folders, modules):
    """One of Net-SNMP's tools, with these modules; what it cannot read of them is an error."""
    with tempfile.TemporaryDirectory() as nowhere:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "MIBS": "",
                       "SNMPCONFPATH": nowhere, "SNMP_PERSISTENT_DIR": nowhere}
        done = subprocess.run([name, "-M", ":".join(map(str, folders)), "-m", ":".join(modules),
                               *arguments],
                              env=environment, capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("Created dir")]
    assert done.returncode == 0 and not complaints, (done.stdout[-500:], complaints)
    return done.stdout


def snmptranslate(*arguments, folders=(BASE, OURS), modules=MODULES):
    return tool("snmptranslate", *arguments, folders=folders, modules=modules)


class Node(NamedTuple):
    name: str
    syntax: str  # as snmptranslate spells it; empty for what is no object
    access: str  # "-R--", "-RW-", "----"
    values: dict  # of an enumeration: name → number


NODE = re.compile(r"\+--(?: (\S{4}) (\S+))? *(\S+)\((\d+)\)$")
VALUES = re.compile(r"[ |]*Values: (.*)$")


def tree(root, **how):
    """{OID below `root`: node} of everything there, from the picture that snmptranslate draws."""
    above, found = [], {}
    for line in snmptranslate("-Tp", f".{root}", **how).splitlines():
        if node := NODE.search(line):
            depth = node.start()
            above = [(at, number) for at, number in above if at < depth] + [(depth, node[4])]
            oid = ".".join(number for _, number in above[1:])
            found[oid] = Node(node[3], node[2] or "", node[1] or "", {})
        elif values := VALUES.match(line):
            pairs = re.findall(r"([\w-]+)\((\d+)\)", values[1])
            found[oid].values.update({name: int(number) for name, number in pairs})
    return found
