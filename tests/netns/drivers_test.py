"""Each driver's adapter over SNMP: what the kernel counts and what only the driver counts, added up
by hand (design.md §5). drops_test.py has the single rules; here are whole drivers with the
statistics of tests/fixtures/.

The adapter is a veth with the driver's place in sysfs and the driver's statistics. What a veth
cannot do stays out: its kernel counters never start again from zero, it counts no multicast, and
no VF can be enslaved to it.
"""

import re
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lab import adapter
from mib import instance
from polling import eventually_equal
from sysfs import PCI_CLASS

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
LAN0 = adapter("lan0", number=1, relid=10)
VF_GUID = "44c4f61d-0000-4000-8000-000000000002"
# More than the fixtures' splits say of multicast and broadcast, so that some is unicast.
FRAMES_IN, FRAMES_OUT = 2500, 10500
DISCARDED = 4  # frames that the driver dropped and did not explain
COLUMNS = (
    "ifHCInOctets", "ifHCInUcastPkts", "ifHCInMulticastPkts", "ifHCInBroadcastPkts",
    "ifInDiscards", "ifInErrors",
    "ifHCOutOctets", "ifHCOutUcastPkts", "ifHCOutMulticastPkts", "ifHCOutBroadcastPkts",
    "ifOutDiscards", "ifOutErrors",
)  # fmt: skip


@dataclass(frozen=True)
class Driver:
    """The sums are done by hand from tests/fixtures/<fixture>/statistics."""

    fixture: str
    describes: str  # the start of ifDescr
    place: tuple = ()  # its path in sysfs, bus and driver; () is VMBus
    hidden_in_drops: int = 0
    tx_losses: int = 0
    hidden_out_errors: int = 0
    split: bool = False  # the driver tells multicast and broadcast apart
    vf: bool = False
    lossy: dict = field(default_factory=dict)  # statistics that count losses: where they show

    def plug(self, lab):
        if self.place:
            lab.sysfs.place("lan0", *self.place)
        else:
            lab.sysfs.plug(LAN0, channels=(17,))
        lab.cable("lan0", LAN0.mac)
        if self.vf:
            lab.sysfs.add_device(VF_GUID, 22, PCI_CLASS, "hv_pci")
            lab.sysfs.place("vf0", "pci0002:00/0002:00:02.0", "pci", "mlx5_core")
            lab.cable("vf0", LAN0.mac)


# rx_no_memory 7; tx_no_memory 3 + tx_no_space 5 + tx_too_big 2 + vf_tx_dropped 0
HV_NETVSC = Driver(
    "hv_netvsc", "Hyper-V hv_netvsc", hidden_in_drops=7, tx_losses=10,
    lossy={"rx_no_memory": "ifInDiscards", "tx_too_big": "ifOutErrors"},
)  # fmt: skip
# rx_no_memory 4; tx_no_space 1. vf_tx_dropped 11 are discards.
HV_NETVSC_VF = Driver(
    "hv_netvsc-vf", "Hyper-V hv_netvsc", hidden_in_drops=4, tx_losses=1, vf=True,
    lossy={"rx_no_memory": "ifInDiscards", "vlan_error": "ifOutErrors"},
)  # fmt: skip
# pkts rx OOB 0 + 3 + 0 + 9
VMXNET3 = Driver(
    "vmxnet3-queues", "VMware vmxnet3", ("pci0000:00/0000:00:03.0", "pci", "vmxnet3"),
    hidden_in_drops=12, split=True, lossy={"pkts rx OOB": "ifInDiscards"},
)  # fmt: skip
VMXNET3_SPLIT = {
    "ifInMulticastPkts": 2 + 20 + 200 + 2000,
    "ifInBroadcastPkts": 0,
    "ifOutMulticastPkts": 8 + 80 + 800 + 8000,
    "ifOutBroadcastPkts": 1 + 10 + 100 + 1000,
}
VIRTIO_NET = Driver(
    "virtio_net", "KVM virtio_net", ("pci0000:00/0000:00:03.0/virtio0", "virtio", "virtio_net")
)
# rx_skb_alloc_fail 9 + rx_desc_err_dropped_pkt 3 + rx_queue_drop_cnt[0] 100; tx_dropped 6
GVE = Driver(
    "gve-6.12", "Google gve", ("pci0000:00/0000:00:04.0", "pci", "gve"),
    hidden_in_drops=112, hidden_out_errors=6,
    lossy={"rx_skb_alloc_fail": "ifInDiscards", "tx_dropped": "ifOutErrors"},
)  # fmt: skip
XEN_NETFRONT = Driver("xen_netfront", "Xen xen_netfront", ("vif-0", "xen", "vif"))
ALL = (HV_NETVSC, HV_NETVSC_VF, VMXNET3, VIRTIO_NET, XEN_NETFRONT, GVE)
each_driver = pytest.mark.parametrize("driver", ALL, ids=lambda driver: driver.fixture)


class Statistics:
    """A fixture's statistics, changed under the running product."""

    def __init__(self, root, fixture):
        self.root = root
        self.file = root / "lan0/statistics"
        self.file.parent.mkdir(parents=True)
        self.show((FIXTURES / fixture / "statistics").read_text())

    def show(self, text):
        self.text = text
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.file)

    def change(self, name, by):
        """The first line of that name."""
        changed, lines = re.subn(
            rf"(?m)^(\s*{re.escape(name)}: )(\d+)$",
            lambda line: f"{line[1]}{int(line[2]) + by}", self.text, count=1,
        )  # fmt: skip
        assert lines == 1, f"no {name} in the fixture"
        self.show(changed)

    def start_again(self):
        """Every counter is zero; the number of a queue is no counter."""
        self.show(re.sub(r"(?m)(?<!#): \d+$", ": 0", self.text))


def send(namespace, name, frame, count=1):
    with namespace.entered():
        sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    with sender:
        sender.bind((name, 0))
        for _ in range(count):
            try:
                sender.send(frame)
            except OSError:  # what the driver drops is ENOBUFS for who sends
                pass


def frame_of(octets, to=LAN0.mac):
    """Of a private EtherType: the receiving kernel has no use for it, and its stack drops it
    (rx_dropped)."""
    addresses = bytes.fromhex(to.replace(":", "")) + b"\x02" + bytes(5)
    return (addresses + b"\x88\xb5").ljust(octets, b"\0")


def lose_on_transmit(lab, count):
    """Raises the veth's tx_dropped: frames that its peer is too small for."""
    before = kernel(lab)["tx"]["dropped"]
    lab.peer.ip("link", "set", "p-lan0", "mtu", "1000")
    send(lab.router, "lan0", frame_of(1400), count)
    assert kernel(lab)["tx"]["dropped"] == before + count
    lab.peer.ip("link", "set", "p-lan0", "mtu", "1500")


def kernel(lab, name="lan0"):
    return lab.router.links()[name]["stats64"]


def published(product, columns=COLUMNS):
    return {column: product.ask(instance(column, 1)) for column in columns}


def nine(product):
    """The hvnet counters that IF-MIB has (all but Colls, which is always 0)."""
    seen = published(product)

    def packets(way):
        kinds = (seen[f"ifHC{way}{kind}Pkts"] for kind in ("Ucast", "Multicast", "Broadcast"))
        return sum(count or 0 for count in kinds)

    return {
        "Ipkts": packets("In"), "Ierrs": seen["ifInErrors"],
        "Opkts": packets("Out"), "Oerrs": seen["ifOutErrors"],
        "InOctets": seen["ifHCInOctets"], "OutOctets": seen["ifHCOutOctets"],
        "InDrops": seen["ifInDiscards"], "OutDiscards": seen["ifOutDiscards"],
    }  # fmt: skip


def by_hand(lab, driver):
    rx, tx = kernel(lab)["rx"], kernel(lab)["tx"]
    return {
        "Ipkts": rx["packets"], "Ierrs": rx["errors"],
        "Opkts": tx["packets"], "Oerrs": tx["errors"] + driver.tx_losses + driver.hidden_out_errors,
        "InOctets": rx["bytes"], "OutOctets": tx["bytes"],
        "InDrops": rx["missed_errors"] + driver.hidden_in_drops,
        "OutDiscards": tx["dropped"] - driver.tx_losses,  # each loss is in tx_dropped, too
    }  # fmt: skip


def start(lab, driver):
    """The product beside an adapter of this driver, and its statistics."""
    driver.plug(lab)
    statistics = Statistics(lab.folder / "ethtool", driver.fixture)
    product = lab.prepare()
    product.environment["HVNET_ETHTOOL_ROOT"] = str(statistics.root)
    if driver.tx_losses:
        lose_on_transmit(lab, driver.tx_losses)
    return product.start(), statistics


@each_driver
def test_the_hvnet_counters_are_the_kernels_and_the_drivers_added_up_by_hand(lab, driver):
    product, _ = start(lab, driver)
    assert product.column("ifDescr")[1].decode() == f"{driver.describes} adapter lan0"
    send(lab.peer, "p-lan0", frame_of(600), FRAMES_IN)
    send(lab.router, "lan0", frame_of(400), FRAMES_OUT)
    lose_on_transmit(lab, DISCARDED)
    eventually_equal(lambda: nine(product), by_hand(lab, driver), within=2)
    expected = by_hand(lab, driver)
    assert expected["OutDiscards"] == DISCARDED
    assert expected["InDrops"] == driver.hidden_in_drops
    assert expected["Opkts"] == FRAMES_OUT
    assert kernel(lab)["rx"]["dropped"] == FRAMES_IN
    assert product.ask(instance("ifInUnknownProtos", 1)) == FRAMES_IN


@each_driver
def test_only_a_driver_that_splits_them_has_broadcasts(lab, driver):
    product, _ = start(lab, driver)
    seen = published(product, VMXNET3_SPLIT)
    if driver.split:
        assert seen == VMXNET3_SPLIT
    else:
        # hv_netvsc's multicast is both together; the others count neither.
        assert set(seen.values()) == {None}
        both = 0 if "hv_netvsc" in driver.fixture else None
        assert product.ask(instance("ifInNUcastPkts", 1)) == both


def changes(before, product):
    after = nine(product)
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


def test_a_hidden_drop_moves_the_discards_and_a_retry_moves_nothing(lab):
    product, statistics = start(lab, HV_NETVSC)
    before, kernels = nine(product), kernel(lab)
    statistics.change("rx_comp_busy", by=1000)
    statistics.change("tx_busy", by=1000)
    statistics.change("rx_no_memory", by=7)
    eventually_equal(lambda: changes(before, product), {"InDrops": 7}, within=1)
    assert kernel(lab) == kernels, "where the kernel's counters stand still"


def test_a_full_ring_of_any_queue_moves_the_discards(lab):
    product, statistics = start(lab, VMXNET3)
    before, kernels = nine(product), kernel(lab)
    statistics.change("pkts rx OOB", by=7)  # of the first queue; others have some already
    eventually_equal(lambda: changes(before, product), {"InDrops": 7}, within=1)
    assert kernel(lab) == kernels


def test_a_loss_for_want_of_space_is_an_out_error_and_not_a_discard_too(lab):
    product, statistics = start(lab, HV_NETVSC)
    before = nine(product)
    # The reason first: it stands in the statistics before the kernel can count the frame.
    statistics.change("tx_no_space", by=3)
    lose_on_transmit(lab, 3)  # the same three, as the kernel counts them
    eventually_equal(lambda: changes(before, product), {"Oerrs": 3}, within=1)
    time.sleep(0.5)  # a discard is published a sample late
    assert changes(before, product) == {"Oerrs": 3}
    lose_on_transmit(lab, 2)  # and two that the driver has no reason for
    eventually_equal(lambda: changes(before, product), {"Oerrs": 3, "OutDiscards": 2}, within=1)


@each_driver
def test_a_driver_that_starts_again_in_the_middle_lets_no_counter_go_down(lab, driver):
    product, statistics = start(lab, driver)
    send(lab.peer, "p-lan0", frame_of(600), FRAMES_IN)
    send(lab.router, "lan0", frame_of(400), FRAMES_OUT)
    eventually_equal(lambda: nine(product), by_hand(lab, driver), within=2)
    seen = [published(product)]

    def watch(for_s=0.6):
        deadline = time.monotonic() + for_s
        while time.monotonic() < deadline:
            seen.append(published(product))

    statistics.start_again()
    watch()
    for name in driver.lossy:
        statistics.change(name, by=5)
    watch()
    for earlier, later in zip(seen, seen[1:]):
        for column, count in earlier.items():
            assert (count is None) == (later[column] is None), column
            assert count is None or later[column] >= count, column
    first, last = seen[0], seen[-1]
    new = {name: last[name] - first[name] for name in first if last[name] != first[name]}
    assert new == {driver.lossy[name]: 5 for name in driver.lossy}, "what it counted since is new"
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) == 0


# What nobody here handles: of LLDP, of a private EtherType, of a tag of VLAN 0 with such a frame.
UNWANTED = (
    ("0180c200000e", "88cc"), (LAN0.mac.replace(":", ""), "88b5"), ("ffffffffffff", "8100000088b5"),
)  # fmt: skip


def test_frames_that_nobody_wants_raise_neither_drops_nor_the_alarm(lab):
    product, _ = start(lab, HV_NETVSC)
    before = nine(product)["InDrops"]
    unknown = instance("ifInUnknownProtos", 1)
    sent = product.ask(unknown)
    for destination, after in UNWANTED:
        octets = bytes.fromhex(destination) + b"\x02" + bytes(5) + bytes.fromhex(after)
        send(lab.peer, "p-lan0", octets.ljust(60, b"\0"), 300)
        sent += 300
        eventually_equal(lambda: product.ask(unknown), sent, within=2)
    assert kernel(lab)["rx"]["dropped"] == sent, "and the kernel calls them dropped"
    assert nine(product)["InDrops"] == before
    assert product.ask(instance("hvnetInBacklogDrops", 1)) == 0
    assert product.ask(instance("hvnetAlarmState", 1)) == 1, "quiet"


class Failover:
    """virtio_net with failover=on, with a bridge for the master, which is the one link here that
    others can be enslaved to: the standby shows the master's own device, the primary is a VF."""

    VIRTIO = "pci0000:00/0000:00:03.0/virtio0"
    MAC = LAN0.mac

    def __init__(self, lab, reverse=False):
        self.lab = lab
        lab.sysfs.place("lan0", self.VIRTIO, "virtio", "virtio_net")
        lab.sysfs.share("lan0nsby", self.VIRTIO)
        lab.sysfs.place("vf0", "pci0000:00/0000:00:05.0", "pci", "iavf")
        makers = [self.make_master, lambda: lab.cable("lan0nsby", self.MAC),
                  lambda: lab.cable("vf0", self.MAC)]  # fmt: skip
        for make in makers[::-1] if reverse else makers:
            make()
        for part in ("lan0nsby", "vf0"):
            lab.router.ip("link", "set", part, "master", "lan0")

    def make_master(self):
        self.lab.router.ip("link", "add", "lan0", "address", self.MAC, "type", "bridge")
        self.lab.router.ip("link", "set", "lan0", "up")


@pytest.mark.parametrize("reverse", (False, True), ids=("master_first", "master_last"))
def test_master_standby_and_primary_are_one_adapter_whatever_order_they_come_in(lab, reverse):
    Failover(lab, reverse)
    statistics = Statistics(lab.folder / "ethtool", "virtio_net-6.1")  # of lan0: it has none
    (statistics.root / "lan0/statistics").write_text("no stats available\n")
    (statistics.root / "lan0nsby").mkdir()
    (statistics.root / "lan0nsby/statistics").write_text(
        (FIXTURES / "virtio_net-6.1/statistics").read_text())  # fmt: skip
    (statistics.root / "vf0").mkdir()
    (statistics.root / "vf0/statistics").write_text((FIXTURES / "iavf/statistics").read_text())
    product = lab.prepare()
    product.environment["HVNET_ETHTOOL_ROOT"] = str(statistics.root)
    product.start()
    numbers = product.numbers()
    assert numbers["lan0"] == 1
    assert numbers["lan0nsby"] >= 256 and numbers["vf0"] >= 256
    assert product.column("ifDescr")[1] == b"KVM net_failover adapter lan0"
    # rx_queue_N_drops 33 of the standby and rx_discards 2958 of the primary, once.
    eventually_equal(lambda: product.ask(instance("hvnetInDrops", 1)), 33 + 2958, within=2)
    assert product.ask(instance("ifInDiscards", numbers["vf0"])) == 2958
    assert product.ask(instance("hvnetAdapterVfIfIndex", 1)) == numbers["vf0"]


def test_a_vf_is_an_interface_of_its_own_and_never_added(lab):
    product, _ = start(lab, HV_NETVSC_VF)
    numbers = product.numbers()
    assert numbers["lan0"] == 1 and numbers["vf0"] >= 256
    before = nine(product)
    send(lab.peer, "p-vf0", frame_of(600), 50)
    vf = instance("ifHCInUcastPkts", numbers["vf0"])
    eventually_equal(lambda: product.ask(vf), 50, within=2)
    assert changes(before, product) == {}
