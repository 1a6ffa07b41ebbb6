"""A real overflow of the kernel's backlog: frames that the driver has handed over and the stack's
queue has no room for are the adapter's discards, and no drops of its driver (design.md §5).

One send of a large TCP frame that the sending veth must cut up itself gives thousands of frames at
once. Nothing is taken out of the backlog meanwhile, so all that is above
net.core.netdev_max_backlog is dropped, on an idle machine and on a busy one.
"""

import os
import socket
import struct
from pathlib import Path

import pytest
from lab import adapter, run
from mib import instance
from polling import eventually_equal

LAN0 = adapter("lan0", number=1, relid=10)
PAYLOAD, SEGMENT = 64000, 8  # octets
FRAMES = PAYLOAD // SEGMENT
SOL_PACKET = 263  # linux/socket.h
PACKET_VNET_HDR = 15  # linux/if_packet.h; before each frame then stands a struct virtio_net_hdr
NEEDS_CSUM, GSO_TCPV4 = 1, 1  # linux/virtio_net.h
# Who drops frames for want of room, and where in the statistics they stand.
OWN_DROPS = {"hv_netvsc": "rx_no_memory", "virtio_net": "rx_queue_0_drops"}
FIGURES = {
    "InDrops": instance("hvnetInDrops", 1),
    "backlog": instance("hvnetInBacklogDrops", 1),
    "ifInDiscards": instance("ifInDiscards", 1),
    "ifInUnknownProtos": instance("ifInUnknownProtos", 1),
    "alarm": instance("hvnetAlarmState", 1),
}
QUIET = 1


def large_frame():
    """An IPv4 TCP frame to lan0, which has no address: the stack knows the protocol and ends it."""
    mac = bytes.fromhex(LAN0.mac.replace(":", "")) + b"\x02" + bytes(5) + b"\x08\x00"
    addresses = socket.inet_aton("10.9.0.2"), socket.inet_aton("10.9.0.1")
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + PAYLOAD, 1, 0, 64, 6, 0, *addresses)
    tcp = struct.pack("!HHIIBBHHH", 9, 9, 0, 0, 5 << 4, 0x10, 100, 0, 0)
    cut = struct.pack("=BBHHHH", NEEDS_CSUM, GSO_TCPV4, len(mac + ip + tcp), SEGMENT, len(mac + ip), 16)
    return cut + mac + ip + tcp + bytes(PAYLOAD)


def softnet_dropped():
    lines = Path("/proc/net/softnet_stat").read_text().splitlines()
    return sum(int(line.split()[1], 16) for line in lines)


class Router:
    def __init__(self, lab, driver):
        self.lab = lab
        if driver == "hv_netvsc":
            lab.sysfs.plug(LAN0)
        else:
            lab.sysfs.place("lan0", "pci0000:00/0000:00:03.0/virtio0", "virtio", driver)
        lab.cable("lan0", LAN0.mac)
        with lab.peer.entered():
            run("ethtool", "-K", "p-lan0", "tso", "off", "gso", "off", "tx", "off")
        self.own = OWN_DROPS[driver]
        self.statistics = lab.folder / "ethtool/lan0/statistics"
        self.statistics.parent.mkdir(parents=True)
        self.driver_drops(0)
        self.product = lab.prepare()
        self.product.environment["HVNET_ETHTOOL_ROOT"] = str(lab.folder / "ethtool")

    def driver_drops(self, count):
        """All that it has dropped so far."""
        fresh = self.statistics.with_suffix(".new")
        fresh.write_text(f"NIC statistics:\n     {self.own}: {count}\n")
        fresh.rename(self.statistics)

    def send(self, frame, count=1):
        with self.lab.peer.entered():
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with sender:
            if len(frame) > PAYLOAD:
                sender.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
            sender.bind(("p-lan0", 0))
            for _ in range(count):
                sender.send(frame)

    def kernel_dropped(self):
        return self.lab.router.links()["lan0"]["stats64"]["rx"]["dropped"]

    def overflow(self):
        """How many frames the backlog dropped, by the kernel's own counts."""
        of_lan0, of_all = self.kernel_dropped(), softnet_dropped()
        self.send(large_frame())
        dropped = self.kernel_dropped() - of_lan0
        if dropped == 0:
            pytest.skip(f"net.core.netdev_max_backlog has room for {FRAMES} frames here")
        assert softnet_dropped() - of_all >= dropped, "it counts for all that runs here"
        return dropped

    def figures(self):
        return {name: self.product.ask(oid) for name, oid in FIGURES.items()}


@pytest.fixture(params=OWN_DROPS)
def router(lab, request):
    return Router(lab, request.param)


def of(in_drops=0, backlog=0, unknown=0):
    return {
        "InDrops": in_drops, "backlog": backlog, "ifInDiscards": in_drops + backlog,
        "ifInUnknownProtos": unknown, "alarm": QUIET,
    }  # fmt: skip


def test_what_a_full_backlog_drops_is_a_discard_and_no_drop_of_the_driver(router):
    router.product.start()
    assert router.figures() == of()
    lost = router.overflow()
    eventually_equal(router.figures, of(backlog=lost), within=2)
    lost += router.overflow() + router.overflow()
    eventually_equal(router.figures, of(backlog=lost), within=2)


def test_a_full_backlog_of_another_processor_is_told_too(router):
    """Receive packet steering: the frames are queued to the processor that the mask names."""
    mask = Path("/sys/class/net/lan0/queues/rx-0/rps_cpus")
    last = max(os.sched_getaffinity(0))
    try:
        mask.write_text(f"{1 << last:x}")
    except OSError as refused:
        pytest.skip(f"rps_cpus: {refused}")
    assert int(mask.read_text().replace(",", ""), 16) == 1 << last
    router.product.start()
    lost = router.overflow()
    eventually_equal(router.figures, of(backlog=lost), within=2)


def test_a_full_backlog_unwanted_frames_and_the_drivers_drops_are_told_apart(router):
    router.product.start()
    unwanted = bytes.fromhex("0180c200000e" + "020000000000" + "88cc").ljust(60, b"\0")
    router.send(unwanted, 70)
    eventually_equal(router.figures, of(unknown=70), within=2)
    lost = router.overflow()
    eventually_equal(router.figures, of(backlog=lost, unknown=70), within=2)
    if router.own == "rx_no_memory":  # the other one's are in a counter of the kernel's too
        router.driver_drops(30)
        eventually_equal(router.figures, of(30, lost, 70), within=2)
    lost += router.overflow()
    router.send(unwanted, 70)
    drops = 30 if router.own == "rx_no_memory" else 0
    eventually_equal(router.figures, of(drops, lost, 140), within=2)
