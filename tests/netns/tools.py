"""Net-SNMP's own command line tools, with their output as an ordered list of varbinds."""

import os
import re
import subprocess

from mib import MIB2, Varbind, to_oid, to_text
from polling import SLOW

# Nothing of this machine's configuration or MIB files may change what a test sees.
HERMETIC = {
    "PATH": os.environ.get("PATH", ""),
    "LC_ALL": "C",
    "MIBS": "",
    "MIBDIRS": "/run/no-mibs",
    "SNMPCONFPATH": "/run/no-conf",
    "SNMP_PERSISTENT_DIR": "/run/no-persistent",
}
SENTENCES = {
    "No Such Instance": "noSuchInstance",
    "No Such Object": "noSuchObject",
    "No more variables": "endOfMibView",
}
LINE = re.compile(r"(\.[\d.]+) = (?:([\w-]+): ?)?(.*)", re.DOTALL)


def parse_value(kind, text):
    for sentence, exception in SENTENCES.items():
        if kind is None and text.startswith(sentence):
            return exception, None
    if kind is None and text.strip() == '""':
        return "STRING", b""
    if kind == "Hex-STRING":
        return "STRING", bytes.fromhex(text)
    if kind == "OID":
        return kind, to_oid(text)
    if kind == "Timeticks":
        return kind, int(re.match(r"\((\d+)\)", text)[1])
    assert kind in ("INTEGER", "Counter32", "Counter64", "Gauge32"), (kind, text)
    return kind, int(text)


def parse_output(text):
    """Octet strings longer than a line are continued on the next one."""
    varbinds = []
    for entry in re.split(r"\n(?=\.1)", text.strip()):
        if match := LINE.fullmatch(entry):
            oid, kind, value = match.groups()
            varbinds.append(Varbind(to_oid(oid), *parse_value(kind, value)))
        else:
            # "No more variables left in this MIB View" stands on a line without an OID.
            assert not entry or entry.startswith("No more"), f"unreadable: {entry!r}"
    return varbinds


def run_tool(tool, port, oids, *options, community="public"):
    command = [tool, "-v2c", "-c", community, "-One", "-Ox", "-r0", f"-t{int(5 * SLOW)}", *options]
    command += [f"udp:127.0.0.1:{port}", *map(to_text, oids)]
    done = subprocess.run(
        command, env=HERMETIC, capture_output=True, text=True, timeout=90 * SLOW
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-800:]}{done.stderr}"
    return parse_output(done.stdout)


def snmpwalk(port, oid=MIB2, *options):
    """With GETNEXT; the tool itself fails when an OID does not increase."""
    return without_the_end(run_tool("snmpwalk", port, [oid], *options))


def snmpbulkwalk(port, oid=MIB2, *options):
    return without_the_end(run_tool("snmpbulkwalk", port, [oid], *options))


def without_the_end(varbinds):
    """The tools print the end of the MIB view as if it were one more value."""
    return [varbind for varbind in varbinds if varbind.kind != "endOfMibView"]


def snmpget(port, *oids):
    return run_tool("snmpget", port, oids)


def in_order_and_once(varbinds):
    """True when every OID is greater than the one before."""
    oids = [varbind.oid for varbind in varbinds]
    return all(a < b for a, b in zip(oids, oids[1:]))
