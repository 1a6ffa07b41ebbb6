"""Golden walks: what a small fixed world looks like over SNMP, to be read in review.

Regenerate with `tests/netns/run BINARY golden_test.py --regenerate`.
"""

import difflib
from pathlib import Path

import mib
import pytest
from lab import adapter

GOLDEN = Path(__file__).parent.parent / "golden"
SUBTREES = {
    "ifTable": [mib.IF_TABLE],
    "ifXTable": [mib.IF_X_TABLE],
    "ifMIB-scalars": [mib.INTERFACES + (1,), mib.IF_MIB_OBJECTS + (5,), mib.IF_STACK_LAST_CHANGE],
    "ifStackTable": [mib.IF_MIB_OBJECTS + (2,)],
    "ifRcvAddressTable": [mib.IF_MIB_OBJECTS + (4,)],
    "EtherLike-MIB": [mib.DOT3],
    "MAU-MIB": [mib.MIB2 + (26,)],
    "HVNET-MIB": [mib.HVNET],
}
# What moves while one looks at it, or from one build to the next.
MOVING = {
    "ifTableLastChange", "ifStackLastChange", "hvnetAgentVersion", "hvnetAgentSampleAge",
    "hvnetAgentSamples",
}  # fmt: skip
HARDWARE_ADDRESSES = {"ifPhysAddress"}
BIT_STRINGS = {"ifMauTypeListBits"}
LOOPBACK = (256,)
IPV6_GROUP = (51, 51)  # 33:33:…, which a kernel without IPv6 does not join
STATISTICS = """NIC statistics:
     tx_scattered: 1
     tx_no_space: 2
     rx_no_memory: 7
     tx_queue_0_packets: 40
     tx_queue_0_bytes: 4000
     rx_queue_0_packets: 50
     rx_queue_0_bytes: 5000
"""


@pytest.fixture
def product(lab):
    """Three adapters of which one has no network and one is admin down, a link that is no adapter
    and a bridge; the kernel's own extras (sit0 and the like) are left out."""
    for one in (("lan0", 1, 101), ("lan1", 2, 12), ("lan2", 3, 9)):
        lab.plug(adapter(*one))
    lab.cable("mgmt0", mac="02:00:00:00:00:10")
    lab.router.ip("link", "add", "br0", "address", "02:00:00:00:00:20", "type", "bridge")
    lab.router.ip("link", "set", "lan0", "alias", "uplink to the core")
    lab.router.ip("link", "set", "mgmt0", "mtu", "1400")
    lab.carrier("lan1", "down")
    lab.router.ip("link", "set", "lan2", "down")
    extras = sorted(lab.found_links - {"lo"})
    agent = lab.prepare("dropAlarm window 2\n" + "".join(f"exclude {name}\n" for name in extras))
    statistics = lab.folder / "ethtool/lan0/statistics"
    statistics.parent.mkdir(parents=True)
    statistics.write_text(STATISTICS)
    agent.environment["HVNET_ETHTOOL_ROOT"] = str(lab.folder / "ethtool")
    agent.start()
    # A baseline takes a whole window; every object that will be there shall be.
    agent.wait_until(lambda: agent.ask(mib.OIDS["hvnetAlarmBaseline"] + (3,)) is not None)
    return agent


def line(varbind):
    name, index = mib.object_of(varbind.oid)
    where = ".".join(map(str, index))
    return f"{name}.{where} = {varbind.kind} {shown(name, index, varbind)}\n"


def is_ipv6_group(oid):
    name, index = mib.object_of(oid)
    return name.startswith("ifRcvAddress") and index[2:4] == IPV6_GROUP


def shown(name, index, varbind):
    value = varbind.value
    if name in MOVING:
        return "*"
    if index == LOOPBACK and varbind.kind in ("Counter32", "Counter64"):
        return "*"  # the loopback interface carries the walk itself
    if isinstance(value, bytes):
        if name in HARDWARE_ADDRESSES | BIT_STRINGS:
            return value.hex(":")
        return f'"{value.decode()}"'
    if isinstance(value, tuple):
        return mib.to_text(value)
    return str(value)


@pytest.mark.parametrize("name", SUBTREES)
def test_the_walk_is_the_golden_one(product, request, name):
    walk = [varbind for subtree in SUBTREES[name] for varbind in product.walk(subtree)]
    got = [line(varbind) for varbind in walk if not is_ipv6_group(varbind.oid)]
    file = GOLDEN / f"{name}.txt"
    if request.config.getoption("regenerate"):
        file.write_text("".join(got))
        return
    golden = file.read_text().splitlines(keepends=True)
    diff = "".join(difflib.unified_diff(golden, got, str(file), "this walk"))
    assert not diff, f"\n{diff}"
