"""Hyper-V's adapters, with a stand-in for its bus and its driver (standin.py): every statement that the
product makes of them, held against the kernel's real code for a bus, its devices and netlink."""

import os
from pathlib import Path

import pytest
import standin
from guest import Adapter, Guest
from ramdisk import Ramdisk
from router import Router

FOLDER = Path(os.environ["HVNET_FOLDER"])
COUNTERS = ("ifHCInOctets", "ifHCOutOctets", "ifInDiscards", "ifOutDiscards", "ifOutErrors")


@pytest.fixture(scope="session")
def machine():
    suite = os.environ["HVNET_SUITE"]
    return Ramdisk(suite, FOLDER, [standin.build(suite, FOLDER)])


# The VF's MAC is that of adapter 2.
VF = Adapter("e1000e", 5, standin.Host.mac(2))


@pytest.fixture
def router(machine, tmp_path):
    guest = Guest(machine, tmp_path / "guest", [VF])
    one = Router(guest)
    one.host = standin.Host(guest)
    yield one
    guest.close()


@pytest.fixture
def three(router):
    """Offered in another order than the host's, which is that of the relids. Nothing is sent but what
    a test sends."""
    router.guest.run("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
    for number, relid in ((1, 30), (2, 10), (3, 20)):
        router.host.offer(number, relid, channels=2)
        router.host.say("carrier", number, 1)
    router.guest.run("for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done")
    router.start()
    return router


HOSTS_ORDER = (2, 3, 1)


def samples(router, count=2):
    router.guest.run(f"sleep {count + 0.2}")


def test_the_numbers_follow_the_relid_not_the_order_of_discovery(three):
    assert three.in_order() == [three.host.mac(number) for number in HOSTS_ORDER]
    assert [three.column("hvnetAdapterRelid")[n] for n in (1, 2, 3)] == ["10", "20", "30"]
    assert three.column("hvnetAdapterInstance")[1].lower() == standin.guid(2)


def test_an_adapter_is_known_by_its_instance_whatever_else_is_new(three):
    three.host.say("rescind", 3)
    three.guest.eventually("ls /sys/class/net | wc -l", lambda said: said == "3\n")
    three.host.offer(3, relid=5, mac="00:15:5d:00:00:99")
    three.guest.eventually("ls /sys/class/net | wc -l", lambda said: said == "4\n")
    samples(three)
    assert three.macs()["00:15:5d:00:00:99"] == 2


def test_the_hosts_assignment_of_a_network_is_the_link(three):
    assert three.column("ifOperStatus")[2] == "1"
    three.host.say("carrier", 3, 0)
    samples(three, 3)
    assert three.column("ifOperStatus")[2] == "2"
    assert three.column("hvnetAdapterNetworkAssigned")[2] == "2"
    three.host.say("carrier", 3, 1)
    samples(three, 3)
    assert three.column("ifOperStatus")[2] == "1"
    assert three.column("hvnetAdapterNetworkAssigned")[2] == "1"


def test_the_speed_is_1000base_t_whatever_the_host_says(three):
    three.host.say("speed", 2, 40000)
    samples(three)
    assert three.column("ifHighSpeed")[1] == "1000"
    assert three.column("dot3StatsDuplexStatus")[1] == "3"


def test_hidden_drops_are_in_discards_of_that_adapter_alone(three):
    three.host.say("add", 3, "rx_no_memory", 7)
    samples(three)
    assert three.column("ifInDiscards") | {4: 0} == {1: "0", 2: "7", 3: "0", 4: 0} | {
        index: value for index, value in three.column("ifInDiscards").items() if index > 3
    }
    assert three.guest.run("cat /sys/class/net/eth*/statistics/rx_dropped").split() == ["0"] * 3


def test_what_is_no_loss_is_none_and_what_is_one_is_told_by_kind(three):
    for name in ("rx_comp_busy", "tx_busy", "tx_scattered", "tx_send_full", "stop_queue"):
        three.host.say("add", 2, name, 1000)
    for name in ("tx_no_memory", "tx_no_space", "tx_too_big", "vlan_error"):
        three.host.say("add", 2, name, 2)
    three.host.say("add", 2, "vf_tx_dropped", 5)
    samples(three)
    told = three.numbers(1, "ifInDiscards", "ifOutErrors", "ifOutDiscards", "ifInErrors")
    assert told == {"ifInDiscards": 0, "ifOutErrors": 8, "ifOutDiscards": 5, "ifInErrors": 0}


def test_multicast_of_this_driver_is_multicast_and_broadcast(three):
    three.host.say("receive", 2, 0, 100, 10000, 30)
    samples(three)
    told = three.numbers(1, "ifHCInUcastPkts", "ifInNUcastPkts", "ifHCInMulticastPkts")
    assert told == {"ifHCInUcastPkts": 70, "ifInNUcastPkts": 30, "ifHCInMulticastPkts": None}


@pytest.mark.parametrize("channels", (2, 1, 4))
def test_a_rebuilt_device_loses_and_adds_nothing(three, channels):
    """The total falls a little: the VF's part stays, that of the channels begins anew."""
    three.host.say("receive-vf", 2, 40_000_000, 50_000_000_000)
    three.host.say("send-vf", 2, 30_000_000, 40_000_000_000)
    three.host.say("receive", 2, 1, 20_000, 20_000_000, 0)
    three.host.say("send", 2, 0, 10_000, 10_000_000)
    samples(three)
    since = three.numbers(1, "ifCounterDiscontinuityTime")  # 50 GB at once were one
    before = three.numbers(1, *COUNTERS)
    assert (before["ifHCInOctets"], before["ifHCOutOctets"]) == (50_020_000_000, 40_010_000_000)
    three.host.say("rebuild", 2, channels)
    three.host.say("receive", 2, 0, 10, 1_000, 0)
    three.host.say("send", 2, 0, 20, 2_000)
    samples(three)
    after = before | {"ifHCInOctets": before["ifHCInOctets"] + 1_000,
                      "ifHCOutOctets": before["ifHCOutOctets"] + 2_000}  # fmt: skip
    assert three.numbers(1, *COUNTERS) == after
    assert three.numbers(1, "ifCounterDiscontinuityTime") == since
    assert three.numbers(1, "hvnetCounterResets") == {"hvnetCounterResets": 1}


def test_a_change_of_the_mtu_is_such_a_rebuild(three):
    three.host.say("receive", 2, 0, 100, 10_000, 0)
    samples(three)
    name = three.guest.run(f"grep -l {three.host.mac(2)} /sys/class/net/*/address").split("/")[4]
    three.guest.run(f"ip link set {name} mtu 9000")
    three.host.say("receive", 2, 0, 1, 500, 0)
    samples(three)
    assert three.numbers(1, "ifHCInOctets", "ifMtu") == {"ifHCInOctets": 10_500, "ifMtu": 9000}


def test_the_queues_are_the_channels(three):
    three.host.say("receive", 2, 1, 7, 700, 0)
    three.host.say("send", 2, 0, 3, 300)
    samples(three)
    received = three.column("hvnetQueueRxPackets")
    assert {key: value for key, value in received.items() if key[0] == 1} == {(1, 0): "0", (1, 1): "7"}
    assert three.column("hvnetQueueTxOctets")[1, 0] == "300"


def test_a_vf_is_below_its_adapter_and_counted_once(three):
    guest = three.guest
    guest.run("modprobe e1000e; sleep 1")
    synthetic, vf = (
        guest.run(f"for one in /sys/class/net/*; do [ $(cat $one/address) != {VF.mac} ] ||"
                  f" [ $(basename $(readlink -f $one/device/driver)) != {driver} ] ||"
                  " echo ${one##*/}; done").strip()
        for driver in ("hv_netvsc", "e1000e")
    )  # fmt: skip
    three.host.say("join", 2, vf)
    three.host.say("receive-vf", 2, 50, 5_000)
    samples(three, 3)
    names = {name: index for index, name in three.column("ifName").items()}
    assert names[synthetic] == 1 and names[vf] >= 256
    assert three.column("hvnetAdapterVfIfIndex")[1] == str(names[vf])
    assert three.numbers(1, "ifHCInOctets") == {"ifHCInOctets": 5_000}
    three.host.say("leave", 2, vf)
    samples(three, 3)
    assert three.column("ifName")[1] == synthetic
    assert three.column("hvnetAdapterVfIfIndex")[1] == "0"


def test_an_adapter_that_the_host_takes_away_is_one_row_at_every_moment(three):
    before = three.macs()
    three.host.say("receive", 3, 0, 10, 1_000, 0)
    samples(three)
    three.start_walking()
    for _ in range(3):
        three.host.say("rescind", 3)
        three.guest.run("sleep 0.7")
        three.host.offer(3, relid=20, channels=2)
        three.guest.run("sleep 0.7")
    walks = three.stop_walking()
    assert three.macs() == before and len(walks) >= 3
    lo = max(three.column("ifDescr"))
    for rows in walks:
        assert set(rows) <= {1, 2, 3, lo}, "a second row for an adapter"
    assert three.numbers(2, "ifHCInOctets")["ifHCInOctets"] >= 1_000
    assert three.numbers(2, "ifCounterDiscontinuityTime")["ifCounterDiscontinuityTime"] > 0


def test_devices_that_no_driver_has_are_in_the_table_of_the_bus(three):
    three.host.say("offer-other", 8, 3, standin.CLASSES["heartbeat"])
    samples(three, 12)  # what comes without an interface is found by the slow look
    drivers = three.column("hvnetVmbusDriver")
    assert {relid: drivers[relid] for relid in (3, 10, 20, 30)} == {
        3: "", 10: "hv_netvsc", 20: "hv_netvsc", 30: "hv_netvsc"
    }  # fmt: skip
    assert three.column("hvnetVmbusClassName")[3] == "heartbeat"
    assert three.column("hvnetVmbusConfigured")[3] == "2"
