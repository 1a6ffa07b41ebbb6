"""An upgrade from version 0.1.0 keeps every number, total and setting.

tests/fixtures/state-0.1.0 is what that version left behind on `a_router_of_then`."""

import re
import shutil
from pathlib import Path

import mib
import pytest
from daemons import give_away
from lab import adapter
from mib import instance

FIXTURE = Path(__file__).parent.parent / "fixtures" / "state-0.1.0"
RAISED = mib.HVNET + (1, 6, 1, 7)  # hvnetAlarmRisingThreshold
OCTETS = re.compile(r"^\d+ name (\S+) .* rx_bytes \d+ (\d+)", re.MULTILINE)


def a_router_of_then(lab):
    """The kernel indexes 11 to 13 are those in its counters.saved."""
    lab.plug(adapter("lan1", number=2, relid=20))
    lab.plug(adapter("lan0", number=1, relid=10))
    lab.cable("mgmt0")


def boot_of_now():
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{Path('/proc/self/ns/net').readlink()}"


@pytest.fixture
def state(lab):
    """The folder as 0.1.0 left it, in the boot that it is still in."""
    folder = lab.folder / "state"
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns("README.md"))
    saved = folder / "counters.saved"
    text, replaced = re.subn(r"^boot \S+$", f"boot {boot_of_now()}", saved.read_text(), flags=re.M)
    assert replaced == 1
    saved.write_text(text)
    for file in (folder, *folder.iterdir()):
        give_away(file)
    return folder


def test_no_number_total_or_setting_is_lost_by_an_upgrade(lab, state):
    saved = (state / "counters.saved").read_text()
    totals = {name: int(octets) for name, octets in OCTETS.findall(saved)}
    assert min(totals[name] for name in ("lan0", "lan1")) > 100_000
    a_router_of_then(lab)
    lab.cable("veth-new")
    product = lab.product(state=state)

    assert product.names() == {1: "lan0", 2: "lan1", 256: "lo", 257: "mgmt0", 259: "veth-new"}
    received = product.column("ifHCInOctets")
    assert received[1] >= totals["lan0"] and received[2] >= totals["lan1"]
    assert product.ask(instance("ifAlias", 1)) == b"uplink north"
    assert product.ask(instance("ifLinkUpDownTrapEnable", 2)) == 2
    assert product.ask(RAISED + (2,)) == 700
    product.stop()

    lines = (state / "ifindex.map").read_text().splitlines()
    assert lines[0] == "hvnet-ifindex-map 2" and "given 259" in lines
    then = (FIXTURE / "ifindex.map").read_text().splitlines()
    gone = [line for line in then if " gone " in line]
    assert gone and set(gone) <= set(lines)


def test_what_was_gone_at_the_upgrade_has_its_number_when_it_returns(lab, state):
    a_router_of_then(lab)
    lab.plug(adapter("lan2", number=3, relid=30))
    lab.cable("veth-gone")
    product = lab.product(state=state)
    assert product.names() == {
        1: "lan0", 2: "lan1", 3: "lan2", 256: "lo", 257: "mgmt0", 258: "veth-gone",
    }  # fmt: skip
