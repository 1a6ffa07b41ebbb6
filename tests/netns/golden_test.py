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
    "ifMIB-scalars": [mib.INTERFACES + (1,), mib.IF_MIB_OBJECTS + (5,)],
}
SCALARS = {mib.IF_NUMBER: "ifNumber.0", mib.IF_TABLE_LAST_CHANGE: "ifTableLastChange.0"}


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
    return lab.product("".join(f"exclude {name}\n" for name in extras))


def line(varbind):
    name = SCALARS.get(varbind.oid) or f"{mib.NAMES[varbind.oid[:-1]]}.{varbind.oid[-1]}"
    return f"{name} = {varbind.kind} {shown(name, varbind.value)}\n"


def shown(name, value):
    if name == "ifTableLastChange.0":
        return "*"  # a tick or two after the start
    if name.endswith(".256") and mib.SYNTAX[mib.COLUMNS[name[:-4]]] in ("Counter32", "Counter64"):
        return "*"  # the loopback interface carries the walk itself
    if isinstance(value, bytes):
        if name.startswith("ifPhysAddress"):
            return value.hex(":")
        return f'"{value.decode()}"'
    if isinstance(value, tuple):
        return mib.to_text(value)
    return str(value)


@pytest.mark.parametrize("name", SUBTREES)
def test_the_walk_is_the_golden_one(product, request, name):
    got = [line(varbind) for subtree in SUBTREES[name] for varbind in product.walk(subtree)]
    file = GOLDEN / f"{name}.txt"
    if request.config.getoption("regenerate"):
        file.write_text("".join(got))
        return
    golden = file.read_text().splitlines(keepends=True)
    diff = "".join(difflib.unified_diff(golden, got, str(file), "this walk"))
    assert not diff, f"\n{diff}"
