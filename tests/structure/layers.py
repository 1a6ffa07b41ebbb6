#!/usr/bin/env python3
"""Values flow in one direction: no module includes anything to its right.

layers.py ROOT    checks the checkout at ROOT, prints each wrong include, exits 1 if there is any
"""
import pathlib
import re
import sys

# Left to right; a module may include itself and what stands before it.
ORDER = ["base", "counters", "counters/linux", "counters/report", "ifmap", "snapshot", "config",
         "tables", "snmp", "daemon"]
FOLDERS = {"src/base": "base", "src/counters": "counters",
           "src/counters/linux": "counters/linux", "src/counters/report": "counters/report",
           "src/ifmap": "ifmap", "src/snapshot": "snapshot", "subagent/tables": "tables",
           "subagent/snmp": "snmp", "subagent": "daemon"}
# Everybody else knows a source by counters/source.h.
SOURCES = ("counters/linux", "counters/report")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path):
    """The module that a file of ours, or an include of ours, belongs to."""
    if path.name in ("config.h", "config.cpp") and path.parent.name in ("subagent", ""):
        return "config"
    for folder, module in FOLDERS.items():
        if str(path.parent) in (folder, module):
            return module
    return "daemon"


def wrong_includes(root):
    for folder in ("src", "subagent"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".h", ".cpp"):
                continue
            relative = file.relative_to(root)
            module = module_of(relative)
            for number, line in enumerate(file.read_text().splitlines(), 1):
                found = INCLUDE.match(line)
                if not found:
                    continue
                kind, name = found.groups()
                where = f"{relative}:{number}: "
                if name.startswith("net-snmp/") and module != "snmp":
                    yield where + f"{name} outside subagent/snmp"
                if kind == '"':
                    target = module_of(pathlib.PurePosixPath(name))
                    if target in SOURCES and module not in (target, "daemon"):
                        yield where + f"{module} includes {name}, which is a source's own"
                    if ORDER.index(target) > ORDER.index(module):
                        yield where + f"{module} includes {name}, which stands to its right"


def main():
    problems = list(wrong_includes(pathlib.Path(sys.argv[1])))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
