"""Real drivers in guests with a kernel of Debian's: order, identity and counters."""

import json
import os
import re
from pathlib import Path

import mib
import pytest
from guest import Adapter, Guest, MicroVm
from ramdisk import Ramdisk
from router import AT, STATE, Router, oid_of

FOLDER = Path(os.environ["HVNET_FOLDER"])
MODES = ("standalone", "agentx")


def virtio(slot, last, **more):
    return Adapter("virtio-net-pci", slot, f"52:54:00:00:00:{last:02x}", **more)


def vmxnet3(slot, last, **more):
    return Adapter("vmxnet3", slot, f"52:54:00:00:00:{last:02x}", **more)


@pytest.fixture(scope="session")
def machine():
    return Ramdisk(os.environ["HVNET_SUITE"], FOLDER)


@pytest.fixture
def boot(machine, tmp_path):
    """boot(adapters, …): a guest whose drivers are loaded in the order that is said."""
    guests = []

    def one(adapters, drivers=("virtio_pci", "virtio_net", "vmxnet3"), mode="standalone", devices=(),
            kind=Guest):  # fmt: skip
        guests.append(kind(machine, tmp_path / str(len(guests)), adapters, devices=devices))
        router = Router(guests[-1], mode)
        router.load(*drivers)
        return router

    yield one
    for guest in guests:
        guest.close()


def by_slot(adapters):
    return [one.mac for one in sorted(adapters, key=lambda one: one.slot)]


# Order


@pytest.mark.parametrize("mode", MODES)
def test_the_slots_give_the_order_not_the_drivers_and_not_the_macs(boot, mode):
    adapters = [virtio(9, 1), vmxnet3(4, 9), virtio(5, 7), virtio(8, 2), vmxnet3(7, 3),
                virtio(6, 8)]  # fmt: skip
    router = boot(adapters, drivers=("virtio_pci", "vmxnet3", "virtio_net"), mode=mode)
    router.start()
    assert router.in_order() == by_slot(adapters)


def test_what_the_host_numbers_itself_goes_before_the_slots(boot):
    adapters = [virtio(4, 1, more="acpi-index=3"), vmxnet3(5, 2, more="acpi-index=1"),
                virtio(6, 3), virtio(7, 4, more="acpi-index=2")]  # fmt: skip
    router = boot(adapters)
    router.start()
    assert router.in_order() == [adapters[n].mac for n in (1, 3, 0, 2)]


def test_the_functions_of_one_device_stand_by_their_number(boot):
    adapters = [virtio(6, 1, more="multifunction=on,addr=6.2"),
                virtio(6, 2, more="multifunction=on,addr=6.0"),
                virtio(6, 3, more="multifunction=on,addr=6.1"), virtio(5, 4)]  # fmt: skip
    router = boot(adapters)
    router.start()
    assert router.in_order() == [adapters[n].mac for n in (3, 1, 2, 0)]


def test_48_adapters_behind_bridges_stand_by_bus_and_slot(boot):
    bridges = ["pci-bridge,id=near,chassis_nr=1,addr=0x4", "pci-bridge,id=far,chassis_nr=2,addr=0x5"]
    adapters = [virtio(slot, (7 * n) % 48, more=f"bus={bus}")
                for n, (bus, slot) in enumerate((bus, slot) for bus in ("far", "near")
                                                for slot in range(24, 0, -1))]  # fmt: skip
    router = boot(adapters, devices=bridges)
    router.start()
    near, far = adapters[24:], adapters[:24]
    assert router.in_order() == by_slot(near) + by_slot(far)


# Identity


def start_with_the_state_of(router, later):
    """`later` is the boot after that of `router`, which ends here."""
    router.stop()
    state = router.guest.run(f"tar -c -C {STATE} . | base64 -w 0")
    later.guest.run(f"mkdir -p {STATE}; echo '{state}' | base64 -d | tar -x -C {STATE}")
    later.guest.run(f"chown -R 65534:65534 {STATE}")
    later.start()


def test_a_reboot_with_other_slots_keeps_the_numbers(boot):
    first = [virtio(4, 1), virtio(5, 2), vmxnet3(6, 3), virtio(7, 4)]
    router = boot(first)
    router.start()
    before = router.macs()
    # The second is gone, and the others stand the other way round behind a new one.
    second = [virtio(4, 9), virtio(7, 1), vmxnet3(6, 3), virtio(5, 4)]
    later = boot(second, drivers=("virtio_pci", "vmxnet3", "virtio_net"))
    start_with_the_state_of(router, later)
    gone, new = first[1].mac, second[0].mac
    expected = {mac: number for mac, number in before.items() if mac != gone} | {new: 5}
    assert later.macs() == expected


# Adapters without PCI: ACPI lists them in the order in which QEMU has them


def mmio(last):
    return Adapter("virtio-net-device", None, f"52:54:00:00:00:{last:02x}")


@pytest.fixture
def boot_mmio(boot):
    return lambda adapters: boot(adapters, ("virtio_mmio", "virtio_net"), kind=MicroVm)


def test_over_mmio_the_hosts_list_gives_the_order_and_a_reboot_keeps_the_numbers(boot_mmio):
    first = [mmio(9), mmio(1), mmio(5), mmio(2)]
    router = boot_mmio(first)
    # The kernel finds the first again, and last.
    device, driver = "LNRO0005:00", "/sys/bus/platform/drivers/virtio-mmio"
    router.guest.run(f"echo {device} > {driver}/unbind; echo {device} > {driver}/bind")
    numbers = [int(router.guest.run(f"cat /sys/class/net/{router.name_of(one)}/ifindex"))
               for one in first]  # fmt: skip
    assert numbers[0] == max(numbers), "the kernel's order is the host's"
    router.start()
    assert router.in_order() == [one.mac for one in first]
    assert set(router.column("hvnetAdapterDriver").values()) == {"virtio_net"}
    before = router.macs()
    second = [first[3], mmio(7), first[2], first[0]]
    later = boot_mmio(second)
    start_with_the_state_of(router, later)
    gone, new = first[1].mac, second[1].mac
    expected = {mac: number for mac, number in before.items() if mac != gone} | {new: 5}
    assert later.macs() == expected


# What the host and the kernel do to an adapter, under a walk

CHANGES = {
    "the host takes the network away": ("set_link n1 off", None, "set_link n1 on"),
    "the host takes the adapter away": ("device_del n1", None, "device_add {device}"),
    "the driver lets go of it": (None, "{bound}/unbind", "{bound}/bind"),
    "the driver is loaded again": (None, "rmmod {driver}", "modprobe {driver}"),
}


@pytest.mark.parametrize("model", ("virtio-net-pci", "vmxnet3"))
@pytest.mark.parametrize("change", CHANGES)
def test_an_adapter_is_one_row_at_every_moment(boot, model, change):
    adapters = [virtio(4, 1), Adapter(model, 5, "52:54:00:00:00:02"), vmxnet3(6, 3)]
    lost = adapters[1]
    router = boot(adapters)
    router.start()
    guest = router.guest
    guest.run("for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done")
    before = router.macs()
    status = f"snmpget -v2c -c public -Oqv {AT} {oid_of('ifOperStatus')}.2"
    guest.eventually(status, lambda said: said == "1\n")
    router.start_walking()
    away, inside, back = CHANGES[change]
    driver = {"virtio-net-pci": "virtio_net", "vmxnet3": "vmxnet3"}[model]
    device = guest.run(f"readlink -f /sys/class/net/{router.name_of(lost)}/device").strip()
    bound = guest.run(f"readlink -f {device}/driver").strip()
    places = {"driver": driver, "device": lost.device(1),
              "bound": f"echo {device.rpartition('/')[2]} > {bound}"}  # fmt: skip
    if away:
        guest.host(away)
    else:
        guest.run(inside.format(**places))
    guest.eventually(status, lambda said: said != "1\n")
    if "device_add" in back:
        guest.await_removal(1)
    if away:
        guest.host(back.format(**places))
    else:
        guest.run(back.format(**places))
    guest.eventually(
        "for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done; " + status,
        lambda said: said == "1\n",
    )  # fmt: skip
    walks = router.stop_walking()
    assert router.macs() == before
    lo = max(router.column("ifDescr"))
    for rows in walks:
        assert set(rows) <= {1, 2, 3, lo}, "a second row for an adapter"
    assert len(walks) >= 3


# Counters


def peers(model):
    """An adapter of the router's, and one on the same hub that sends to it."""
    return [Adapter(model, 4, "52:54:00:00:00:01", hub=7), virtio(5, 2, hub=7)]


def exchanging(boot, model, mode="standalone", configuration="", before=""):
    """(router, the adapter's name, the peer's) of two adapters that are up. Nothing else speaks."""
    adapters = peers(model)
    router = boot(adapters, mode=mode)
    mine, other = (router.name_of(one) for one in adapters)
    router.guest.run("sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    if before:
        router.guest.run(before.format(mine))
    router.guest.run(f"ip link set {mine} up; ip link set {other} up")
    router.guest.eventually(f"cat /sys/class/net/{mine}/carrier", lambda said: said == "1\n")
    router.start(configuration)
    return router, mine, other


def flood(router, name, to, count, size):
    """The kernel's own pktgen sends as fast as it can."""
    settings = "\n".join(f"echo '{line}' > /proc/net/pktgen/{name}" for line in (
        f"count {count}", f"pkt_size {size}", "delay 0", f"dst_mac {to}",
        "dst 10.9.0.9", "src_min 10.9.0.2", "src_max 10.9.0.2",
    ))  # fmt: skip
    router.guest.run(
        "modprobe pktgen; echo rem_device_all > /proc/net/pktgen/kpktgend_0;"
        f" echo 'add_device {name}' > /proc/net/pktgen/kpktgend_0\n{settings}\n"
        "echo start > /proc/net/pktgen/pgctrl",
        within_s=300,
    )


def kernels_counters(router, name):
    """({name: value} of `ip -s -s`, {name: the sum of all lines of it} of `ethtool -S`)."""
    (link,) = json.loads(router.guest.run(f"/bin/ip -s -s -j link show dev {name}"))
    both = {f"{way} {what}": value for way in ("rx", "tx")
            for what, value in link["stats64"][way].items()}  # fmt: skip
    statistics = {}
    for what, value in re.findall(r"^ *(\S.*): +(\d+)$", router.guest.run(f"ethtool -S {name}"),
                                  re.MULTILINE):  # fmt: skip
        statistics[what] = statistics.get(what, 0) + int(value)
    return both, statistics


@pytest.mark.parametrize("model", ("virtio-net-pci", "vmxnet3"))
@pytest.mark.parametrize("mode", MODES)
def test_every_counter_is_the_kernels(boot, model, mode):
    router, mine, other = exchanging(boot, model, mode)
    macs = {name: router.guest.run(f"cat /sys/class/net/{name}/address").strip()
            for name in (mine, other)}  # fmt: skip
    flood(router, other, macs[mine], 2000, 300)
    flood(router, mine, macs[other], 700, 200)
    flood(router, other, "ff:ff:ff:ff:ff:ff", 30, 100)
    flood(router, other, "01:00:5e:00:00:01", 20, 100)
    router.guest.run("sleep 3")
    kernel, statistics = kernels_counters(router, mine)
    assert kernel["rx packets"] >= 2050 and kernel["tx packets"] >= 700
    expected = {"ifHCInOctets": kernel["rx bytes"], "ifHCOutOctets": kernel["tx bytes"],
                "ifOutErrors": kernel["tx errors"], "ifInErrors": kernel["rx errors"]}  # fmt: skip
    if model == "vmxnet3":
        multicast, broadcast = statistics["mcast pkts rx"], statistics["bcast pkts rx"]
        expected |= {"ifHCInMulticastPkts": multicast, "ifHCInBroadcastPkts": broadcast,
                     "ifHCInUcastPkts": kernel["rx packets"] - multicast - broadcast}  # fmt: skip
        assert broadcast == 30
    else:
        assert router.column("ifHCInMulticastPkts").get(1) is None, "virtio_net does not count them"
        expected |= {"ifHCInUcastPkts": kernel["rx packets"],
                     "ifHCOutUcastPkts": kernel["tx packets"]}  # fmt: skip
    assert router.numbers(1, *expected) == expected


def test_an_overrun_of_a_ring_is_in_discards_and_raises_and_clears_the_alarm(boot):
    router, mine, other = exchanging(
        boot, "vmxnet3", before="ethtool -G {} rx 64",
        configuration="dropAlarm rising 50 window 2\ntrap2sink udp:127.0.0.1:1162 public\n",
    )  # fmt: skip
    router.write("/tmp/trapd.conf", "disableAuthorization yes\n")
    router.guest.run("snmptrapd -C -c /tmp/trapd.conf -On -Lf /tmp/traps udp:127.0.0.1:1162")
    mac = router.guest.run(f"cat /sys/class/net/{mine}/address").strip()
    router.guest.run("sleep 4")  # usual is none
    flood(router, other, mac, 200000, 60)
    lost = kernels_counters(router, mine)[1]["pkts rx OOB"]
    assert lost > 1000, "there was no overrun"
    raised, cleared = (f"OID: {mib.to_text(mib.HVNET)}.0.{number}" for number in (1, 2))
    router.guest.eventually("cat /tmp/traps", lambda said: cleared in said, within_s=60)
    traps = router.guest.run("cat /tmp/traps")
    assert traps.count(raised) == traps.count(cleared) == 1
    assert traps.index(raised) < traps.index(cleared)
    kernel, statistics = kernels_counters(router, mine)
    expected = statistics["pkts rx OOB"] + statistics["drv dropped rx total"]
    assert router.numbers(1, "ifInDiscards") == {"ifInDiscards": expected}, kernel
