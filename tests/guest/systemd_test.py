"""The package on a Debian with systemd as PID 1 beside Debian's own snmpd, in a guest with adapters.

A story of one guest: each test goes on where the one before it ended (`run` stops at the first
failure). The suite is HVNET_SUITE's."""

import os
import re
from pathlib import Path

import package
import pytest
from guest import Adapter, Guest
from image import Image

SUITE = os.environ["HVNET_SUITE"]
FOLDER = Path(os.environ["HVNET_FOLDER"])
STATE = "/var/lib/hvnet-subagent"
DROP_IN = "/etc/systemd/system/snmpd.service.d/hvnet.conf"
SNMPD_CONF = "/etc/snmp/snmpd.conf.d/hvnet.conf"
# Not in the order of their MACs or models.
THREE = (Adapter("e1000", 7, "52:54:00:00:00:09"), Adapter("virtio-net-pci", 5, "52:54:00:00:00:01"),
         Adapter("virtio-net-pci", 4, "52:54:00:00:00:07"))  # fmt: skip


@pytest.fixture(scope="session")
def deb():
    return package.build(SUITE, FOLDER)


@pytest.fixture(scope="session")
def image(deb):
    one = Image(SUITE, FOLDER, package.needs(deb))
    one.make()
    one.make_disk([deb])
    return one


@pytest.fixture(scope="module")
def guest(image):
    one = Guest(image, FOLDER / "guest", THREE)
    yield one
    one.close()


def walk(guest, oid):
    """As the man at the desk would; no lines when there is no such object."""
    said = guest.run(f"snmpbulkwalk -v2c -c public -m '' -Oqv -r1 -t5 127.0.0.1 {oid}")
    return [line.strip('"') for line in said.splitlines()
            if not line.startswith(("No Such", "No more"))]  # fmt: skip


SYS_NAME = "1.3.6.1.2.1.1.5"
IF_INDEX, IF_DESCR = "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.2"
IF_PHYS_ADDRESS, IF_NAME = "1.3.6.1.2.1.2.2.1.6", "1.3.6.1.2.1.31.1.1.1.1"


def journal(guest, unit):
    return guest.run(f"journalctl --no-pager -o cat -b -u {unit}")


def macs(guest):
    """Of the adapters, in the order of their numbers."""
    pairs = zip(walk(guest, IF_INDEX), walk(guest, IF_PHYS_ADDRESS))
    return [mac.strip('" ').replace(" ", ":").lower() for number, mac in pairs if int(number) < 256]


def in_the_hosts_order(adapters):
    return [one.mac for one in sorted(adapters, key=lambda one: one.slot)]


def test_snmpd_has_run_before(guest):
    guest.eventually("systemctl is-active snmpd", lambda said: said == "active\n")
    assert guest.run("stat -c '%U %a' /var/agentx").split() == ["root", "700"]
    assert walk(guest, SYS_NAME) == ["guest"]
    assert not walk(guest, IF_DESCR), "Debian's own snmpd.conf shows no more than the system group"


def test_it_installs_and_waits_for_what_it_may_not_reach(guest):
    guest.run("apt-get install -y -q /root/hvnet-subagent_*.deb 2>&1", within_s=300)
    guest.eventually("systemctl is-active hvnet-subagent", lambda said: said == "active\n")
    assert "hvnet-setup-snmpd" in journal(guest, "hvnet-subagent")


def test_the_command_sets_snmpd_up_and_sees_it_answer(guest):
    said = guest.run("hvnet-setup-snmpd", within_s=200)
    assert re.search(r"^snmpd answers with [4-9] interfaces of hvnet-subagent$", said, re.MULTILINE)
    assert macs(guest) == in_the_hosts_order(THREE)
    assert "Unknown token" not in journal(guest, "snmpd")
    assert guest.run("hvnet-setup-snmpd --check") == said


def test_it_can_be_run_again(guest):
    before = guest.run(f"cat {DROP_IN} {SNMPD_CONF}")
    assert "snmpd answers with" in guest.run("hvnet-setup-snmpd", within_s=200)
    assert guest.run(f"cat {DROP_IN} {SNMPD_CONF}") == before


def test_its_hardening_refuses_nothing_that_it_needs(guest):
    assert "Operation not permitted" not in journal(guest, "hvnet-subagent")
    assert "type=1326" not in guest.run("dmesg"), "a system call was refused"
    user = guest.run("ps -o user= -p $(systemctl show -P MainPID hvnet-subagent)").strip()
    assert user == "hvnet"
    status = guest.run("cat /proc/$(systemctl show -P MainPID hvnet-subagent)/status")
    assert re.search(r"^CapEff:\s0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\s2$", status, re.MULTILINE)


def test_a_good_file_is_reloaded_and_a_bad_one_is_refused(guest):
    conf = "/etc/snmp/hvnet-subagent.conf"
    guest.run(f"echo 'exclude lo' >> {conf}; systemctl reload hvnet-subagent")
    guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_NAME}",
                     lambda said: '"lo"' not in said)  # fmt: skip
    guest.run(f"echo 'excluude eth9' >> {conf}")
    guest.fails("systemctl reload hvnet-subagent")
    assert re.search(r"hvnet-subagent\.conf:\d+", journal(guest, "hvnet-subagent"))
    assert macs(guest) == in_the_hosts_order(THREE)
    guest.run(f"sed -i '/^exclu/d' {conf}; systemctl reload hvnet-subagent")


@pytest.mark.parametrize("signal, within_s", (("KILL", 30), ("STOP", 60)))
def test_killed_or_held_it_is_started_again_with_its_numbers(guest, signal, within_s):
    """A process that is held does not feed the watchdog."""
    before = guest.run("systemctl show -P MainPID hvnet-subagent").strip()
    guest.run(f"kill -{signal} {before}")
    guest.eventually("systemctl show -P MainPID hvnet-subagent",
                     lambda said: said.strip() not in (before, "0"), within_s=within_s)  # fmt: skip
    guest.eventually("hvnet-setup-snmpd --check", lambda said: "snmpd answers" in said)
    assert macs(guest) == in_the_hosts_order(THREE)


def test_an_snmpd_that_is_restarted_has_its_rows_back(guest):
    guest.run("systemctl restart snmpd")
    guest.eventually("hvnet-setup-snmpd --check", lambda said: "snmpd answers" in said)
    assert macs(guest) == in_the_hosts_order(THREE)


def test_a_link_that_the_host_takes_away_is_down(guest):
    first = "snmpget -v2c -c public -m '' -Oqv 127.0.0.1 1.3.6.1.2.1.2.2.1.8.1"
    guest.run("for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done")
    guest.eventually(first, lambda said: said == "1\n")
    guest.host("set_link n2 off")
    guest.eventually(first, lambda said: said == "2\n", within_s=10)
    guest.host("set_link n2 on")
    guest.eventually(first, lambda said: said == "1\n", within_s=10)


def test_undone_snmpd_is_as_it_was(guest):
    guest.run("hvnet-setup-snmpd --undo")
    assert guest.fails(f"ls {DROP_IN}") and guest.fails(f"ls {SNMPD_CONF}")
    assert walk(guest, SYS_NAME) == ["guest"] and not walk(guest, IF_DESCR)
    assert "hvnet" not in guest.run("systemctl cat snmpd")


def test_removed_while_it_is_set_up_it_undoes_that(guest):
    guest.run("hvnet-setup-snmpd", within_s=200)
    said = guest.run("apt-get remove -y -q hvnet-subagent 2>&1", within_s=200)
    assert "snmpd is as it was" in said
    assert guest.fails(f"ls {DROP_IN}") and guest.fails(f"ls {SNMPD_CONF}")
    assert guest.run("systemctl is-active snmpd") == "active\n"
    guest.run("apt-get purge -y -q hvnet-subagent 2>&1", within_s=200)
    assert guest.fails(f"ls -d {STATE}")


# An image that has the package, started for the first time

MANY = tuple(
    Adapter(("virtio-net-pci", "e1000")[n % 2], slot, f"52:54:00:00:01:{(n * 7) % 27:02x}")
    for n, slot in enumerate(slot for slot in range(3, 30))
)


def test_the_first_boot_of_a_prepared_image_gives_all_numbers_in_the_hosts_order(image):
    folder = FOLDER / "prepared"
    with Guest(image, folder) as maker:
        maker.run("apt-get install -y -q /root/hvnet-subagent_*.deb 2>&1", within_s=300)
        maker.run("hvnet-setup-snmpd --no-restart")
        maker.run(f"systemctl stop hvnet-subagent snmpd; rm -f {STATE}/*; : > /etc/machine-id")
        maker.power_off()
    for boot in ("first", "second"):
        with Guest(image, folder, MANY) as guest:
            guest.eventually("hvnet-setup-snmpd --check", lambda said: "snmpd answers" in said, 120)
            if boot == "second":  # it knows its numbers, and need not wait for the last driver
                guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_INDEX}",
                                 lambda said: len(said.splitlines()) == len(MANY) + 1)  # fmt: skip
            assert macs(guest) == in_the_hosts_order(MANY), boot
            guest.power_off()
