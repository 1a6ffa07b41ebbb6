#!/usr/bin/env python3
"""Values flow in one direction: no module includes anything to its right.

Outside src/sources/linux nothing includes a kernel's header or uses a name from one, so that
another source needs no Linux.

layers.py ROOT    checks the checkout at ROOT, prints each wrong line, exits 1 if there is any
"""
import pathlib
import re
import sys

# Left to right; a module may include itself and what stands before it.
ORDER = ["base", "state", "counters", "sources", "sources/linux", "sources/report", "ifmap",
         "snapshot", "snapshot/describe", "snapshot/events", "snapshot/publish", "config", "tables",
         "snmp", "daemon"]
FOLDERS = {"src/base": "base", "src/state": "state", "src/counters": "counters",
           "src/sources": "sources", "src/sources/linux": "sources/linux",
           "src/sources/report": "sources/report",
           "src/ifmap": "ifmap", "src/snapshot": "snapshot", "src/snapshot/describe": "snapshot/describe",
           "src/snapshot/events": "snapshot/events", "src/snapshot/publish": "snapshot/publish", "subagent/tables": "tables",
           "subagent/snmp": "snmp", "subagent": "daemon"}
# Everybody else knows a source by sources/source.h.
SOURCES = ("sources/linux", "sources/report")
# The kernel's own words, and the one folder that translates them.
KERNEL_HEADER = re.compile(r"linux/|net/if")
KERNEL_NAME = re.compile(r"\b(?:IFF|IFLA|ARPHRD|RTM|NLM|IF_OPER)_[A-Z0-9_]+")
KERNEL_FOLDER = pathlib.PurePosixPath("src/sources/linux")
NOT_CODE = re.compile(r'"(?:[^"\\]|\\.)*"|//.*')
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


def kernel_words(root):
    for folder in ("src", "subagent", "tools"):
        for file in sorted((root / folder).rglob("*")):
            relative = file.relative_to(root)
            if file.suffix not in (".h", ".cpp") or KERNEL_FOLDER in relative.parents:
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                found = INCLUDE.match(line)
                if found and found[1] == "<" and KERNEL_HEADER.match(found[2]):
                    yield f"{relative}:{number}: {found[2]} outside {KERNEL_FOLDER}"
                for name in KERNEL_NAME.findall(NOT_CODE.sub("", line)):
                    yield f"{relative}:{number}: {name} outside {KERNEL_FOLDER}"


def main():
    root = pathlib.Path(sys.argv[1])
    problems = [*wrong_includes(root), *kernel_words(root)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
