"""Xen's adapters, with the real xen-netfront in a guest of Xen under QEMU: order and identity.

A story of one guest: each test goes on where the one before it ended (`run` stops at the first
failure)."""

import os
from pathlib import Path

import pytest
from router import AT, Router, oid_of
from xen import Dom0, Dom0Ramdisk, Vif, XenGuest

FOLDER = Path(os.environ["HVNET_FOLDER"])
# In the order in which the host attaches them. The last two come to a guest that runs already.
ADAPTERS = (Vif(4, 2), Vif(2, 9), Vif(3, 1), Vif(0, 7))
WITH_THE_GUEST = 2


@pytest.fixture(scope="module")
def dom0(tmp_path_factory):
    with Dom0(Dom0Ramdisk(os.environ["HVNET_SUITE"], FOLDER), tmp_path_factory.mktemp("dom0")) as one:
        one.start_toolstack()
        yield one


@pytest.fixture(scope="module")
def router(dom0):
    one = Router(XenGuest(dom0, ADAPTERS[:WITH_THE_GUEST]))
    one.load("xen-netfront")
    for adapter in ADAPTERS[WITH_THE_GUEST:]:
        one.guest.attach(adapter)
    one.guest.eventually("ls /sys/class/net | wc -l", lambda said: int(said) == len(ADAPTERS) + 1)
    return one


def test_the_vif_numbers_give_the_order_not_the_order_of_attach(router):
    kernel = [int(router.guest.run(f"cat /sys/class/net/{router.name_of(one)}/ifindex"))
              for one in sorted(ADAPTERS, key=lambda one: one.number)]  # fmt: skip
    assert kernel != sorted(kernel), "the kernel's order is the host's"
    router.start()
    assert router.in_order() == [one.mac for one in sorted(ADAPTERS, key=lambda one: one.number)]
    assert set(router.column("hvnetAdapterDriver").values()) == {"xen_netfront"}


def test_every_counter_is_the_kernels(router):
    """dom0 sends to the adapter, which answers. Nothing else speaks, not even to find a neighbour."""
    name = router.name_of(ADAPTERS[0])
    vif = f"vif$(cat /run/domain).{ADAPTERS[0].number}"
    dom0 = router.guest.dom0
    vifs_mac = dom0.run(f"cat /sys/class/net/{vif}/address").strip()
    neighbour = "ip address add {}/24 dev {}; ip neighbour add {} lladdr {} dev {}"
    router.guest.run("sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    router.guest.run(f"ip link set {name} up")
    router.guest.run(neighbour.format("10.9.0.2", name, "10.9.0.1", vifs_mac, name))
    dom0.run("sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    dom0.run(neighbour.format("10.9.0.1", vif, "10.9.0.2", ADAPTERS[0].mac, vif))
    dom0.run("ping -c 30 -i 0.1 -s 1000 10.9.0.2")
    router.guest.run("sleep 2")
    number = router.macs()[ADAPTERS[0].mac]
    columns = {"ifHCInOctets": "rx_bytes", "ifHCOutOctets": "tx_bytes", "ifHCInUcastPkts": "rx_packets",
               "ifHCOutUcastPkts": "tx_packets", "ifInErrors": "rx_errors"}  # fmt: skip
    kernel = {column: int(router.guest.run(f"cat /sys/class/net/{name}/statistics/{file}"))
              for column, file in columns.items()}  # fmt: skip
    assert kernel["ifHCInUcastPkts"] >= 30 and kernel["ifHCInOctets"] >= 30_000
    assert router.numbers(number, *columns) == kernel


def test_an_adapter_that_is_detached_and_attached_is_one_row_at_every_moment(router):
    adapter, before = ADAPTERS[1], router.macs()
    rows = {*before.values(), max(router.column("ifDescr"))}
    up = "for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done; "
    status = f"snmpget -v2c -c public -Oqv {AT} {oid_of('ifOperStatus')}.{before[adapter.mac]}"
    router.guest.eventually(up + status, lambda said: said == "1\n")
    for _ in range(2):
        router.start_walking()
        router.guest.detach(adapter)
        router.guest.eventually(status, lambda said: said != "1\n")
        router.guest.attach(adapter)
        router.guest.eventually(up + status, lambda said: said == "1\n")
        walks = router.stop_walking()
        assert router.macs() == before
        assert len(walks) >= 3
        for walk in walks:
            assert set(walk) <= rows, "a second row for an adapter"


def test_a_new_adapter_before_all_others_takes_the_next_number(router):
    before = router.macs()
    new = Vif(1, 4)
    router.guest.attach(new)
    router.guest.eventually("ls /sys/class/net | wc -l", lambda said: int(said) == len(ADAPTERS) + 2)
    router.guest.run("sleep 2")
    assert router.macs() == before | {new.mac: len(ADAPTERS) + 1}
