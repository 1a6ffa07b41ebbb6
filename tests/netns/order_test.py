"""ifIndex follows the hypervisor, and stays (design.md §6)."""

import json
import subprocess

import mib
import pytest
from daemons import give_away
from lab import adapter
from polling import eventually, eventually_equal

# Five orders of the same three adapters, no two alike: as created (the kernel's), by name, by
# MAC and by GUID (the number), and by relid, as a number (9 < 12 < 101) and as text.
LAN2 = adapter("lan2", number=3, relid=12)
LAN0 = adapter("lan0", number=2, relid=101)
LAN1 = adapter("lan1", number=5, relid=9)
AS_CREATED = (LAN2, LAN0, LAN1)
BY_RELID = {1: "lan1", 2: "lan2", 3: "lan0"}


@pytest.fixture
def three(lab):
    """The adapters, and before and between them two links that are not adapters."""
    lab.cable("zeta")
    for one in AS_CREATED:
        lab.plug(one)
    lab.cable("alpha")
    return lab


def adapters_of(product):
    return {index: name for index, name in product.names().items() if index < 256}


def others_of(product):
    return {index: name for index, name in product.names().items() if index >= 256}


def in_kernel_order(lab, names):
    links = lab.router.links()
    return sorted(names, key=lambda name: links[name]["ifindex"])


def test_adapters_are_numbered_by_relid_and_everything_else_from_256_as_the_kernel_has_it(three):
    product = three.product()
    assert adapters_of(product) == BY_RELID
    expected = in_kernel_order(three, three.found_links | {"zeta", "alpha"})
    assert others_of(product) == dict(enumerate(expected, start=256))
    assert list(product.column("ifIndex").items()) == [(n, n) for n in product.names()]


def test_numbers_survive_a_reboot_in_which_the_kernel_finds_the_adapters_in_another_order(three):
    state = three.folder / "state"
    product = three.product(state=state)
    before = product.numbers()
    product.stop()
    kernel_before = {name: link["ifindex"] for name, link in three.router.links().items()}
    for one in AS_CREATED:
        three.unplug(one)
    for name in ("alpha", "zeta"):
        three.router.ip("link", "del", name)

    # The same adapters with other relids, as after a host's restart, and other kernel indexes.
    three.cable("alpha")
    for one, relid in ((LAN0, 4), (LAN1, 5), (LAN2, 3)):
        three.plug(adapter(one.name, int(one.guid[-2:], 16), relid))
    three.cable("zeta")
    kernel_now = {name: link["ifindex"] for name, link in three.router.links().items()}
    assert all(kernel_now[name] != kernel_before[name] for name in ("lan0", "lan1", "alpha"))

    assert three.product(state=state).numbers() == before


def test_an_adapter_keeps_its_number_when_it_is_renamed(three):
    state = three.folder / "state"
    product = three.product(state=state)
    three.rename(LAN2, "wan")
    renamed = {1: "lan1", 2: "wan", 3: "lan0"}
    eventually_equal(lambda: adapters_of(product), renamed, within=1, what="names")
    product.stop()
    assert adapters_of(three.product(state=state)) == renamed


def test_two_adapters_that_swap_names_while_the_product_is_away_keep_their_numbers(three):
    state = three.folder / "state"
    three.product(state=state).stop()
    aside = three.rename(LAN0, "aside")
    three.rename(LAN1, "lan0")
    three.rename(aside, "lan1")
    assert adapters_of(three.product(state=state)) == {1: "lan0", 2: "lan2", 3: "lan1"}


def test_a_hot_added_adapter_gets_the_next_number_even_with_the_smallest_relid(three):
    product = three.product()
    before = product.column("ifIndex")
    changed = table_last_change(product)
    await_tick_after(product, changed)
    three.plug(adapter("lan3", number=1, relid=3))
    eventually_equal(lambda: adapters_of(product), BY_RELID | {4: "lan3"}, within=0.5)
    assert if_number(product) == len(before) + 1
    assert table_last_change(product) > changed


def test_a_hot_removed_adapter_loses_its_row_and_gets_its_number_back_on_return(three):
    product = three.product()
    count, changed = if_number(product), table_last_change(product)
    await_tick_after(product, changed)
    three.unplug(LAN2)
    without = {1: "lan1", 3: "lan0"}
    eventually_equal(lambda: adapters_of(product), without, within=0.5)
    assert if_number(product) == count - 1
    assert 2 not in product.column("ifIndex") and 2 not in product.column("ifHCInOctets")
    gone_at = table_last_change(product)
    assert gone_at > changed

    # Its number stays its own: a newcomer does not get it, and it is there again on return.
    three.plug(adapter("lan7", number=7, relid=1))
    eventually_equal(lambda: adapters_of(product), without | {4: "lan7"}, within=0.5)
    three.plug(LAN2)
    eventually_equal(lambda: adapters_of(product), BY_RELID | {4: "lan7"}, within=0.5)
    assert if_number(product) == count + 1


def test_a_number_of_a_removed_adapter_is_kept_over_a_restart(three):
    state = three.folder / "state"
    product = three.product(state=state)
    three.unplug(LAN1)
    eventually(lambda: 1 not in product.names(), within=0.5)
    product.stop()
    three.plug(adapter("lan7", number=7, relid=1))
    product = three.product(state=state)
    assert adapters_of(product) == {2: "lan2", 3: "lan0", 4: "lan7"}
    three.plug(LAN1)
    eventually_equal(lambda: adapters_of(product), BY_RELID | {4: "lan7"}, within=0.5)


def test_numbers_survive_a_kill(three):
    state = three.folder / "state"
    product = three.product(state=state)
    three.plug(adapter("lan3", number=1, relid=3))
    eventually(lambda: 4 in product.names(), within=0.5)
    before = product.numbers()
    product.kill()
    assert three.product(state=state).numbers() == before


def test_an_unknown_guid_with_the_mac_of_one_that_is_gone_takes_over_its_number(three):
    state = three.folder / "state"
    three.product(state=state).stop()
    three.unplug(LAN2)
    restored = adapter("lan2", number=0x33, relid=50)
    three.plug(restored.__class__("lan2", LAN2.mac, restored.relid, restored.guid))
    product = three.product(state=state)
    assert adapters_of(product) == BY_RELID
    assert restored.guid in product.log  # and says so


def test_pins_come_first(three):
    product = three.product(
        f"ifIndex 1 guid {LAN0.guid}\nifIndex 40 mac {LAN2.mac}\nifIndex 300 name zeta\n"
    )
    numbers = product.numbers()
    assert (numbers["lan0"], numbers["lan2"], numbers["zeta"]) == (1, 40, 300)
    assert numbers["lan1"] == 2


def test_a_pin_on_a_number_that_is_already_somebody_elses_stops_the_start(three):
    state = three.folder / "state"
    three.product(state=state).stop()
    saved = (state / "ifindex.map").read_bytes()
    product = three.prepare(f"# pins\nifIndex 1 mac {LAN0.mac}\n", state=state)
    assert product.run() > 0
    assert [line for line in product.log_lines if "agent.conf:2" in line], product.log
    assert (state / "ifindex.map").read_bytes() == saved


def test_index_order_kernel_publishes_the_kernels_own_numbers(three):
    product = three.product("indexOrder kernel\n")
    links = three.router.links()
    assert product.numbers() == {name: link["ifindex"] for name, link in links.items()}
    assert product.column("ifDescr")[links["lan1"]["ifindex"]] == b"Hyper-V hv_netvsc adapter lan1"


def test_name_format_lan_names_adapters_by_their_position(lab):
    for one in (("wan", 1, 20), ("dmz", 2, 10), ("office", 3, 30)):
        lab.plug(adapter(*one))
    product = lab.product("nameFormat lan\n")
    assert adapters_of(product) == {1: "lan0", 2: "lan1", 3: "lan2"}
    assert others_of(product)[256] == "lo"
    descriptions = product.column("ifDescr")
    assert descriptions[1] == b"Hyper-V hv_netvsc adapter lan0"
    assert len(set(descriptions.values())) == len(descriptions)


def test_excluded_interfaces_have_no_row(three):
    for name in ("docker0", "docker1", "uplink"):
        three.cable(name)
    product = three.product("exclude docker*\nexclude zeta\n")
    names = set(product.names().values())
    assert names == three.found_links | {"lan0", "lan1", "lan2", "alpha", "uplink"}
    assert if_number(product) == len(names)


def test_drivers_named_in_the_configuration_are_adapters_in_the_order_of_their_macs(lab):
    for name, number in (("a", 9), ("b", 1), ("c", 5)):
        lab.cable(name, f"02:00:00:00:00:0{number}")
    product = lab.product("adapterDriver veth\n", sysfs=False)
    assert adapters_of(product) == {1: "b", 2: "c", 3: "a"}
    assert set(others_of(product).values()) == lab.found_links


def test_an_adapter_named_in_the_configuration_keeps_its_number_by_mac_when_renamed(lab):
    state = lab.folder / "state"
    lab.cable("a", "02:00:00:00:00:09")
    lab.cable("b", "02:00:00:00:00:01")
    lab.product("adapterDriver veth\n", sysfs=False, state=state).stop()
    lab.router.ip("link", "del", "dev", "a")
    lab.router.ip("link", "del", "dev", "b")
    lab.cable("b", "02:00:00:00:00:09")
    lab.cable("a", "02:00:00:00:00:01")
    product = lab.product("adapterDriver veth\n", sysfs=False, state=state)
    assert adapters_of(product) == {1: "a", 2: "b"}


def plug_on_pci(lab, name, slot, mac, driver="vmxnet3", **says):
    """An adapter on PCI, and what the host says of it beside its address."""
    device = f"pci0000:00/0000:00:{slot:02x}.0"
    if driver == "virtio_net":
        lab.sysfs.place(name, f"{device}/virtio{slot}", "virtio", driver, **says)
    else:
        lab.sysfs.place(name, device, "pci", driver, **says)
    lab.cable(name, f"02:00:00:00:00:{mac:02x}")


def adapter_column(product, name):
    return [varbind.value for varbind in product.walk(mib.OIDS[name])]


def order_keys_shown(lab, state):
    product = lab.prepare(state=state, options=["--show", "--json"])
    assert product.run() == 0, product.log
    rows = json.loads(product.output)["interfaces"]
    return {row["ifName"]: row["facts"]["orderKey"] for row in rows if row["adapter"]}


def test_on_pci_the_hosts_labels_come_before_its_acpi_indexes_and_both_before_the_addresses(lab):
    plug_on_pci(lab, "plain4", 4, mac=1, label="", acpi_index=0)
    plug_on_pci(lab, "plain3", 3, mac=2, label="Slot 1", acpi_index=16777736)
    plug_on_pci(lab, "acpi9", 5, mac=3, driver="virtio_net", acpi_index=9)
    plug_on_pci(lab, "acpi2", 11, mac=4, driver="virtio_net", label="", acpi_index=2)
    plug_on_pci(lab, "label10", 6, mac=5, label="Ethernet10", acpi_index=1)
    plug_on_pci(lab, "label2", 12, mac=6, label="Ethernet2")
    state = lab.folder / "state"
    product = lab.product(state=state)
    expected = ["label2", "label10", "acpi2", "acpi9", "plain3", "plain4"]
    assert adapters_of(product) == dict(enumerate(expected, start=1))
    assert adapter_column(product, "hvnetAdapterOrderKey") == [3, 3, 4, 4, 5, 5]
    words = ["label", "label", "acpiIndex", "acpiIndex", "pciAddress", "pciAddress"]
    assert order_keys_shown(lab, state) == dict(zip(expected, words, strict=True))


def test_labels_that_the_host_gives_later_move_no_number(lab):
    state = lab.folder / "state"
    plug_on_pci(lab, "a", 3, mac=1)
    plug_on_pci(lab, "b", 4, mac=2)
    lab.product(state=state).stop()
    for slot, label in ((3, "Ethernet1"), (4, "Ethernet0")):
        (lab.sysfs.root / f"devices/pci0000:00/0000:00:{slot:02x}.0/label").write_text(label + "\n")
    product = lab.product(state=state)
    assert adapters_of(product) == {1: "a", 2: "b"}
    assert adapter_column(product, "hvnetAdapterPosition") == [2, 1]
    assert adapter_column(product, "hvnetAdapterOrderKey") == [3, 3]


def test_a_map_written_by_hand_in_another_folder_is_read_as_it_is(three):
    """An operator moves the state to a new machine with cp: the file is all there is to it."""
    product = three.product()
    before = product.numbers()
    product.stop()
    moved = three.folder / "moved"
    moved.mkdir()
    subprocess.run(["cp", product.map_file, moved], check=True)
    for path in (moved, moved / "ifindex.map"):
        give_away(path)
    assert three.product(state=moved).numbers() == before



def machine(lab, name):
    """A file that stands for /etc/machine-id."""
    file = lab.folder / f"machine-{name}"
    file.write_text(name * 32 + "\n")
    return str(file)


def product_of_image(lab, image, machine_id, **options):
    product = lab.prepare(state=image, **options)
    product.environment["HVNET_MACHINE_ID"] = machine(lab, machine_id)
    product.start()
    return product


def test_a_map_that_came_with_an_image_of_another_machine_is_set_aside(three):
    """A golden image that was made from a running router, and an adapter that it has never seen."""
    state = three.folder / "state"
    product = product_of_image(three, state, "a")
    old = product.map_file.read_text()
    assert f"machine {'a' * 32}\n" in old
    product.stop()
    for one in AS_CREATED:
        three.unplug(one)
    three.plug(adapter("wan9", number=90, relid=50))
    product = product_of_image(three, state, "b")
    assert adapters_of(product) == {1: "wan9"}
    product.await_line("none of its adapters is here")
    assert product.map_file.with_name("ifindex.map.old-1").read_text() == old


def test_a_map_that_does_not_say_whose_it_is_says_it_from_the_next_start_on(three):
    """As one of version 0.1.0, on a router that nobody changes and that becomes an image."""
    state = three.folder / "state"
    product = product_of_image(three, state, "a")
    product.stop()
    signed = product.map_file.read_text()
    product.map_file.write_text(signed.replace(f"machine {'a' * 32}\n", ""))
    give_away(product.map_file)
    product_of_image(three, state, "a").stop()
    assert product.map_file.read_text() == signed


def test_a_map_of_another_machine_that_knows_one_adapter_here_was_moved_and_is_taken(three):
    state = three.folder / "state"
    product = product_of_image(three, state, "a")
    numbers = adapters_of(product)
    product.stop()
    product = product_of_image(three, state, "b")
    assert adapters_of(product) == numbers
    assert f"machine {'b' * 32}\n" in product.map_file.read_text()


def if_number(product):
    return product.ask(mib.IF_NUMBER)


def table_last_change(product):
    return product.ask(mib.IF_TABLE_LAST_CHANGE)


def await_tick_after(product, ticks):
    """sysUpTime counts hundredths of a second: unless one passes, "later" cannot be seen."""
    eventually(lambda: product.ask(mib.SYS_UP_TIME) > ticks + 1, within=1, what="sysUpTime")
