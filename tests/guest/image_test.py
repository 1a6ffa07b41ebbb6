"""Images that have the package, as image tools make them: started for the first time, and cloned."""

import shutil

from guest import Adapter, Guest
from installed import (IF_ALIAS, IF_INDEX, STATE, await_answers, column, in_the_hosts_order, install,
                       journal, macs, set_up)  # fmt: skip

# What every tool for images does to the machine's name for itself.
FORGET_THE_MACHINE = ": > /etc/machine-id; rm -f /var/lib/dbus/machine-id"

MANY = tuple(
    Adapter(("virtio-net-pci", "e1000")[n % 2], slot, f"52:54:00:00:01:{(n * 7) % 27:02x}")
    for n, slot in enumerate(slot for slot in range(3, 30))
)


def test_the_first_boot_of_a_prepared_image_gives_all_numbers_in_the_hosts_order(image, folder):
    with Guest(image, folder / "prepared") as maker:
        install(maker)
        maker.run("hvnet-setup-snmpd --no-restart")
        maker.run(f"systemctl stop hvnet-subagent snmpd; rm -f {STATE}/*; {FORGET_THE_MACHINE}")
        maker.power_off()
    for boot in ("first", "second"):
        with Guest(image, folder / "prepared", MANY) as guest:
            await_answers(guest, within_s=120)
            if boot == "second":  # it knows its numbers, and need not wait for the last driver
                guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_INDEX}",
                                 lambda said: len(said.splitlines()) == len(MANY) + 1)  # fmt: skip
            assert macs(guest) == in_the_hosts_order(MANY), boot
            guest.power_off()


# A router that has run, and its clones. Its third adapter came later, in the first slot.

MINE = (Adapter("virtio-net-pci", 5, "52:54:00:00:02:01"),
        Adapter("virtio-net-pci", 6, "52:54:00:00:02:02"))  # fmt: skip
LATER = Adapter("virtio-net-pci", 4, "52:54:00:00:02:03")
CLONES = {
    "one": tuple(Adapter("virtio-net-pci", slot, f"52:54:00:00:03:{last:02x}")
                 for slot, last in ((4, 9), (5, 1), (6, 5))),
    "another": tuple(Adapter(model, slot, f"52:54:00:00:04:{last:02x}")
                     for model, slot, last in (("e1000", 4, 7), ("virtio-net-pci", 7, 2),
                                               ("e1000", 6, 3), ("virtio-net-pci", 5, 1))),
}  # fmt: skip


def test_a_router_becomes_an_image(image, folder):
    with Guest(image, folder / "golden", MINE) as guest:
        install(guest)
        set_up(guest)
        guest.run("echo 'rwcommunity private 127.0.0.1' > /etc/snmp/snmpd.conf.d/write.conf;"
                  " systemctl restart snmpd")  # fmt: skip
        guest.host(f"netdev_add {LATER.netdev(2)}")
        guest.host(f"device_add {LATER.device(2)}")
        guest.eventually(f"snmpget -v2c -c public -m '' -Oqv 127.0.0.1 {IF_INDEX}.3",
                         lambda said: said == "3\n")  # fmt: skip
        assert macs(guest) == [one.mac for one in (*MINE, LATER)]
        guest.run(f"snmpset -v2c -c private -m '' 127.0.0.1 {IF_ALIAS}.1 s 'uplink of the first'")
        guest.run(f"systemctl stop hvnet-subagent snmpd; {FORGET_THE_MACHINE}")
        guest.power_off()


def test_each_clone_has_its_own_hosts_order_and_no_setting_of_the_first(image, folder):
    machines = set()
    for name, adapters in CLONES.items():
        (folder / name).mkdir(exist_ok=True)
        shutil.copy(folder / "golden/disk", folder / name / "disk")
        for boot in ("first", "second"):
            with Guest(image, folder / name, adapters) as guest:
                await_answers(guest, within_s=120)
                assert macs(guest) == in_the_hosts_order(adapters), (name, boot)
                assert set(column(guest, IF_ALIAS).values()) == {""}, (name, boot)
                if boot == "first":
                    assert "another machine" in journal(guest, "hvnet-subagent")
                    machines.add(guest.run("cat /etc/machine-id"))
                guest.power_off()
    assert len(machines) == len(CLONES)


def test_the_first_itself_keeps_its_map_under_its_new_name(image, folder):
    with Guest(image, folder / "golden", (*MINE, LATER)) as guest:
        await_answers(guest, within_s=120)
        assert macs(guest) == [one.mac for one in (*MINE, LATER)]
        assert column(guest, IF_ALIAS)[1] == "uplink of the first"
