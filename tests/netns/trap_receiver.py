"""Debian's snmptrapd: what arrives, and when."""

import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

import mib
import tools
from daemons import Daemon, as_ordinary_user, free_udp_port
from polling import eventually

SNMP_TRAP_OID = mib.to_oid("1.3.6.1.6.3.1.1.4.1.0")  # RFC 3418
SNMP_TRAP_ENTERPRISE = SNMP_TRAP_OID[:-2] + (3, 0)
SNMP_TRAPS = SNMP_TRAP_OID[:-3] + (5,)
NAMES = {
    SNMP_TRAPS + (1,): "coldStart",
    SNMP_TRAPS + (3,): "linkDown",
    SNMP_TRAPS + (4,): "linkUp",
    mib.HVNET + (0, 1): "hvnetInDropsRaised",
    mib.HVNET + (0, 2): "hvnetInDropsCleared",
    mib.HVNET + (0, 3): "hvnetAdapterAdded",
    mib.HVNET + (0, 4): "hvnetAdapterRemoved",
    mib.HVNET + (0, 5): "hvnetSourceFailed",
    mib.HVNET + (0, 6): "hvnetSourceRecovered",
}
# The master has some of its own to tell: that it starts, that it ends.
NET_SNMP = mib.to_oid("1.3.6.1.4.1.8072")
V3 = "-v3 -u teller -l authPriv -a SHA-256 -A manypasswords -x AES -X manyciphers"


class Trap(NamedTuple):
    at: float  # time.monotonic()
    name: str
    uptime: int  # None: SNMPv1
    varbinds: tuple  # what the notification carries

    @property
    def objects(self):
        """{OID: value}, in the order in which they were sent."""
        return {vb.oid: vb.value for vb in self.varbinds}

    @property
    def about(self):
        """("linkDown", 3): what happened to which row."""
        return self.name, self.varbinds[0].value


class TrapReceiver(Daemon):
    def __init__(self, folder):
        folder = Path(folder)
        self.port = free_udp_port()
        self.configuration = folder / "snmptrapd.conf"
        super().__init__(folder, [
            "/usr/sbin/snmptrapd", "-f", "-n", "-Lo", "-C", "-c", self.configuration,
            "-On", "-Oe", "-Oa", "-F", "trap %w %V|%v\n", f"udp:127.0.0.1:{self.port}",
        ])  # fmt: skip
        self.configuration.write_text(
            "authCommunity log public\n"
            "createUser teller SHA-256 manypasswords AES manyciphers\n"
            "authUser log teller priv\n"
        )
        self.lines, self.read_lines, self.traps = [], 0, []
        self.reader = None

    def spawn(self):
        self.must_be_new()
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                as_ordinary_user(self.command), env=self.environment, cwd="/", text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, bufsize=1,
            )  # fmt: skip
        self.reader = threading.Thread(target=self.read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def read(self, output):
        for line in output:
            self.lines.append((time.monotonic(), line.rstrip("\n")))

    def start(self):
        self.spawn()
        self.wait_until(lambda: any("NET-SNMP version" in line for _, line in self.lines))
        return self

    def stop(self):
        super().stop()
        if self.reader:
            self.reader.join()

    @property
    def heard(self):
        """What was said of the product, in the order of arrival."""
        for at, line in self.lines[self.read_lines :]:
            self.read_lines += 1
            trap = parse(at, line) if line.startswith("trap ") else None
            if trap is not None:
                self.traps.append(trap)
        return list(self.traps)

    def since(self, count):
        return self.heard[count:]

    def await_trap(self, about, after=0, within=5.0):
        """The first one of that name and row behind the first `after`."""
        def found():
            return next((trap for trap in self.since(after) if trap.about == about), None)

        try:
            return eventually(found, within, f"{about}", every=0.002)
        except AssertionError:
            print("arrived:", *(line for _, line in self.lines), sep="\n")
            raise


def parse(at, line):
    """None for what the master says of itself."""
    _, generic, rest = line.split(" ", 2)
    varbinds = [parse_varbind(part) for part in rest.split("|")]
    # For SNMPv1 (RFC 3584 §3.1): Net-SNMP puts it behind what a generic trap carries.
    if varbinds[-1].oid == SNMP_TRAP_ENTERPRISE:
        varbinds.pop()
    if varbinds[0].oid != mib.SYS_UP_TIME:  # SNMPv1: both are in its header
        trap_oid = SNMP_TRAPS + (int(generic) + 1,)
        return Trap(at, NAMES[trap_oid], None, tuple(varbinds))
    uptime, trap_oid, *objects = varbinds
    assert trap_oid.oid == SNMP_TRAP_OID, line
    if trap_oid.value[: len(NET_SNMP)] == NET_SNMP and trap_oid.value not in NAMES:
        return None
    name = NAMES[trap_oid.value]
    return None if name == "coldStart" else Trap(at, name, uptime.value, tuple(objects))


def parse_varbind(text):
    oid, kind, value = tools.LINE.fullmatch(text).groups()
    if kind == "STRING":  # as text: hexadecimal is broken into lines
        return mib.Varbind(mib.to_oid(oid), kind, value.strip('"').encode())
    return mib.Varbind(mib.to_oid(oid), *tools.parse_value(kind, value))
