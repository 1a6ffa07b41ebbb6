"""An interface is who it is for as long as it lives, whatever sysfs shows meanwhile."""

import subprocess
import time

import pytest
from lab import adapter, run
from mib import DOWN, HVNET, UP, instance
from polling import eventually_equal
from traps_test import Teller

NAMES = ("eth0", "eth1")
# A device loses these two links before the kernel says that its interface is gone.
LINKS = ("driver", "subsystem")
HVNET_ADAPTER_DRIVER = HVNET + (1, 2, 1, 1)


def device(name):
    return f"pci0000:00/0000:00:0{3 + NAMES.index(name)}.0/virtio{NAMES.index(name)}"


def plug(lab, name):
    """A virtio adapter: its place in sysfs, then its link."""
    lab.sysfs.place(name, device(name), "virtio", "virtio_net")
    lab.cable(name, adapter(name, 1 + NAMES.index(name), relid=0).mac)


def lose_links(lab, name):
    for link in LINKS:
        (lab.sysfs.root / "devices" / device(name) / link).unlink()


def forget(lab, name):
    """What is left in sysfs of a device that is gone."""
    (lab.sysfs.root / "class/net" / name).unlink()
    run("rm", "-r", lab.sysfs.root / "devices" / device(name))


@pytest.fixture
def router(lab):
    for name in NAMES:
        plug(lab, name)
    return lab


def test_an_adapter_on_its_way_out_keeps_its_row_and_tells_link_down(router):
    teller = Teller(router, "standalone")
    before, numbers = teller.product.names(), teller.product.map_file.read_text()
    assert before[1] == "eth0"
    lose_links(router, "eth0")
    router.router.ip("link", "set", "dev", "eth0", "down")
    teller.receiver.await_trap(("linkDown", 1))
    assert teller.product.names() == before
    assert teller.product.column("ifOperStatus")[1] == DOWN
    router.router.ip("link", "del", "eth0")
    teller.receiver.await_trap(("hvnetAdapterRemoved", 1))
    without = {index: name for index, name in before.items() if index != 1}
    eventually_equal(teller.product.names, without)
    assert len(teller.product.map_file.read_text().splitlines()) == len(numbers.splitlines())


def test_one_that_is_torn_out_is_told_down_before_it_is_told_removed(router):
    teller = Teller(router, "standalone")
    for _ in range(3):
        time.sleep(1.1)  # of one interface a linkDown is told once a second
        told = len(teller.receiver.heard)
        lose_links(router, "eth1")
        router.router.ip("link", "del", "eth1")
        teller.receiver.await_trap(("hvnetAdapterRemoved", 2), told)
        assert [trap.about for trap in teller.receiver.heard[told:]] == [
            ("linkDown", 2),
            ("hvnetAdapterRemoved", 2),
        ]
        forget(router, "eth1")
        plug(router, "eth1")
        eventually_equal(lambda: teller.product.ask(instance("ifOperStatus", 2)), UP)


def test_reloads_of_a_driver_spend_no_numbers(router):
    product = router.product()
    before, size = product.names(), len(product.map_file.read_text().splitlines())
    for _ in range(10):
        for name in NAMES:
            lose_links(router, name)
            router.router.ip("link", "del", name)
            forget(router, name)
        for name in NAMES:
            plug(router, name)
    eventually_equal(product.names, before)
    assert len(product.map_file.read_text().splitlines()) == size


def test_a_link_with_the_name_of_another_in_sysfs_is_not_that_one(lab):
    """As in a network namespace that has the host's /sys."""
    lab.sysfs.place("eth0", device("eth0"), "virtio", "virtio_net")
    (lab.sysfs.root / "devices" / device("eth0") / "net/eth0/ifindex").write_text("2\n")
    lab.cable("eth0")
    assert lab.router.links()["eth0"]["ifindex"] != 2
    product = lab.product()
    assert product.numbers()["eth0"] >= 256
    assert product.ask(HVNET_ADAPTER_DRIVER + (product.numbers()["eth0"],)) is None


# What the machine itself has, below the /sys of this world.
BELOW = ["unshare", "--mount", "sh", "-c", 'umount /sys && exec "$@"', "sh"]
FIND = 'for one in /sys/class/net/*/device; do [ -e "$one" ] || continue; one=${one%/device}; ' \
       'echo "${one##*/} $(cat "$one/ifindex")"; done'


def hosts_adapter():
    found = subprocess.run([*BELOW, "sh", "-c", FIND], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.split("\n")[:-1]
    return lines[0].split() if lines else None


@pytest.mark.parametrize("same_index", (False, True))
def test_in_a_network_namespace_the_hosts_sysfs_is_not_believed(lab, same_index):
    host = hosts_adapter()
    if host is None:
        pytest.skip("the machine has no adapter with a device")
    name, index = host
    other = str(int(index) + 1000)
    lab.router.ip("link", "add", name, "index", index if same_index else other,
                  "type", "veth", "peer", "name", "p-0", "netns", "peer")  # fmt: skip
    assert (lab.router.links()[name]["ifindex"] == int(index)) == same_index
    product = lab.prepare(sysfs=False)
    product.user = "root"
    product.command = [*BELOW, *product.command]
    product.start()
    row = product.numbers()[name]
    assert row >= 256, "the host's PCI adapter"
    assert product.ask(instance("ifDescr", row)) == name.encode()
    assert product.ask(HVNET_ADAPTER_DRIVER + (row,)) is None
