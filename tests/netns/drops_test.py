"""What the driver and the queue drop, which the stock agent reports as zero (design.md §5)."""

import re
import socket
import time

import pytest
from lab import adapter, run
from mib import instance
from polling import eventually

LAN0 = adapter("lan0", number=1, relid=10)
IN_DISCARDS = instance("ifInDiscards", 1)
OUT_DISCARDS = instance("ifOutDiscards", 1)
OUT_ERRORS = instance("ifOutErrors", 1)


@pytest.fixture
def router(lab):
    lab.plug(LAN0)
    return lab


class DriverStatistics:
    """The text that `ethtool -S lan0` would print, changed under the running product."""

    def __init__(self, root):
        self.root = root
        self.file = root / "lan0/statistics"
        self.file.parent.mkdir(parents=True)

    def write(self, **counters):
        lines = [f"     {name}: {value}\n" for name, value in counters.items()]
        fresh = self.file.with_suffix(".new")
        fresh.write_text("NIC statistics:\n" + "".join(lines))
        fresh.rename(self.file)


@pytest.fixture
def statistics(router):
    return DriverStatistics(router.folder / "ethtool")


def start(router, statistics):
    product = router.prepare()
    product.environment["HVNET_ETHTOOL_ROOT"] = str(statistics.root)
    return product.start()


def test_a_frame_lost_for_want_of_memory_is_an_in_discard(router, statistics):
    statistics.write(rx_no_memory=5, rx_comp_busy=3)
    product = start(router, statistics)
    assert router.router.links()["lan0"]["stats64"]["rx"]["dropped"] == 0
    assert product.ask(IN_DISCARDS) == 5
    statistics.write(rx_no_memory=12, rx_comp_busy=3)
    eventually(lambda: product.ask(IN_DISCARDS) == 12, within=1)


def test_what_was_only_retried_is_no_loss(router, statistics):
    quiet = {"rx_no_memory": 0, "tx_no_space": 0}
    statistics.write(**quiet, rx_comp_busy=0, tx_busy=0, tx_send_full=0, stop_queue=0)
    product = start(router, statistics)
    statistics.write(**quiet, rx_comp_busy=50, tx_busy=60, tx_send_full=70, stop_queue=80)
    time.sleep(0.5)
    assert [product.ask(oid) for oid in (IN_DISCARDS, OUT_ERRORS, OUT_DISCARDS)] == [0, 0, 0]


def test_a_driver_that_starts_again_from_zero_takes_nothing_back(router, statistics):
    statistics.write(rx_no_memory=500)
    product = start(router, statistics)
    assert product.ask(IN_DISCARDS) == 500
    statistics.write(rx_no_memory=2)
    eventually(lambda: product.ask(IN_DISCARDS) == 502, within=1)
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) == 0


def test_parts_that_are_not_those_of_the_kernels_total_change_nothing(router, statistics):
    """The kernel's total is a veth's here; what the statistics say of a VF is about another one."""
    parts = {"vf_rx_packets": 50000, "vf_rx_bytes": 35000000}
    statistics.write(**parts, rx_queue_0_packets=3000, rx_queue_0_bytes=2100000)
    product = start(router, statistics)
    octets = router.router.links()["lan0"]["stats64"]["rx"]["bytes"]
    statistics.write(**parts, rx_queue_0_packets=10, rx_queue_0_bytes=7000)
    time.sleep(0.5)
    assert product.ask(instance("ifHCInOctets", 1)) == octets
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) == 0


def test_counters_go_on_over_a_restart_of_the_process(router, statistics):
    statistics.write(rx_no_memory=500)
    product = start(router, statistics)
    statistics.write(rx_no_memory=2)
    eventually(lambda: product.ask(IN_DISCARDS) == 502, within=1)
    product.stop()
    statistics.write(rx_no_memory=4)
    product.start()
    assert product.ask(IN_DISCARDS) == 504
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) == 0


def test_a_bad_line_of_statistics_is_named_and_costs_only_what_depends_on_them(router, statistics):
    statistics.file.write_text("NIC statistics:\n     rx_no_memory: many\n")
    product = start(router, statistics)
    unknown = [product.ask(oid) for oid in (IN_DISCARDS, OUT_ERRORS, OUT_DISCARDS)]
    assert unknown == [None, None, None], "nobody knows, and 0 would be made up"
    assert product.ask(instance("ifInErrors", 1)) == 0
    assert product.ask(instance("ifHCInUcastPkts", 1)) is not None
    said = [line for line in product.log_lines if "lan0/statistics:2" in line]
    assert len(said) == 1, product.log


# The queue above the driver


def qdisc(router, *what):
    run("tc", "qdisc", *what)


def qdisc_drops():
    shown = run("tc", "-s", "qdisc", "show", "dev", "lan0", "root")
    return int(re.search(r"dropped (\d+)", shown)[1])


def flood(router):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(500):
            sender.sendto(bytes(1000), ("10.9.0.2", 9999))


def test_what_the_queue_drops_is_an_out_discard_over_a_change_of_the_queue(router):
    router.router.ip("addr", "add", "10.9.0.1/24", "dev", "lan0")
    peer_mac = router.peer.links()["p-lan0"]["address"]
    router.router.ip("neigh", "add", "10.9.0.2", "lladdr", peer_mac, "dev", "lan0")
    product = router.product()
    narrow = ["tbf", "rate", "100kbit", "burst", "2000", "limit", "3000"]
    qdisc(router, "add", "dev", "lan0", "root", *narrow)
    flood(router)
    first = qdisc_drops()
    assert first > 100
    eventually(lambda: product.ask(OUT_DISCARDS) == first, within=1)
    qdisc(router, "del", "dev", "lan0", "root")
    time.sleep(0.3)
    assert product.ask(OUT_DISCARDS) == first
    qdisc(router, "add", "dev", "lan0", "root", *narrow)
    flood(router)
    second = qdisc_drops()
    assert second > 100
    eventually(lambda: product.ask(OUT_DISCARDS) == first + second, within=1)
    product.stop()
    product.start()
    assert product.ask(OUT_DISCARDS) == first + second, "counted once, by two processes too"
