"""The package on a Debian with systemd as PID 1 beside Debian's own snmpd, in a guest with adapters.

A story of one guest: each test goes on where the one before it ended (`run` stops at the first
failure). The suite is HVNET_SUITE's."""

import re

import pytest
from guest import Adapter, Guest
from installed import (CONF, DROP_IN, IF_DESCR, IF_NAME, SNMPD_CONF, STATE, SYS_NAME, await_answers,
                       in_the_hosts_order, install, journal, macs, set_up, walk)  # fmt: skip

# Not in the order of their MACs or models.
THREE = (Adapter("e1000", 7, "52:54:00:00:00:09"), Adapter("virtio-net-pci", 5, "52:54:00:00:00:01"),
         Adapter("virtio-net-pci", 4, "52:54:00:00:00:07"))  # fmt: skip


@pytest.fixture(scope="module")
def guest(image, folder):
    one = Guest(image, folder / "guest", THREE)
    yield one
    one.close()


def test_snmpd_has_run_before(guest):
    guest.eventually("systemctl is-active snmpd", lambda said: said == "active\n")
    assert guest.run("stat -c '%U %a' /var/agentx").split() == ["root", "700"]
    assert walk(guest, SYS_NAME) == ["guest"]
    assert not walk(guest, IF_DESCR), "Debian's own snmpd.conf shows no more than the system group"


def test_it_installs_and_waits_for_what_it_may_not_reach(guest):
    install(guest)
    guest.eventually("systemctl is-active hvnet-subagent", lambda said: said == "active\n")
    assert "hvnet-setup-snmpd" in journal(guest, "hvnet-subagent")


def test_the_command_sets_snmpd_up_and_sees_it_answer(guest):
    said = set_up(guest)
    assert macs(guest) == in_the_hosts_order(THREE)
    assert "Unknown token" not in journal(guest, "snmpd")
    assert guest.run("hvnet-setup-snmpd --check") == said


def test_it_can_be_run_again(guest):
    before = guest.run(f"cat {DROP_IN} {SNMPD_CONF}")
    set_up(guest)
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
    guest.run(f"echo 'exclude lo' >> {CONF}; systemctl reload hvnet-subagent")
    guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_NAME}",
                     lambda said: '"lo"' not in said)  # fmt: skip
    guest.run(f"echo 'excluude eth9' >> {CONF}")
    guest.fails("systemctl reload hvnet-subagent")
    assert re.search(r"hvnet-subagent\.conf:\d+", journal(guest, "hvnet-subagent"))
    assert macs(guest) == in_the_hosts_order(THREE)
    guest.run(f"sed -i '/^exclu/d' {CONF}; systemctl reload hvnet-subagent")


@pytest.mark.parametrize("signal, within_s", (("KILL", 30), ("STOP", 60)))
def test_killed_or_held_it_is_started_again_with_its_numbers(guest, signal, within_s):
    """A process that is held does not feed the watchdog."""
    before = guest.run("systemctl show -P MainPID hvnet-subagent").strip()
    guest.run(f"kill -{signal} {before}")
    guest.eventually("systemctl show -P MainPID hvnet-subagent",
                     lambda said: said.strip() not in (before, "0"), within_s=within_s)  # fmt: skip
    await_answers(guest)
    assert macs(guest) == in_the_hosts_order(THREE)


def test_an_snmpd_that_is_restarted_has_its_rows_back(guest):
    guest.run("systemctl restart snmpd")
    await_answers(guest)
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
    set_up(guest)
    said = guest.run("apt-get remove -y -q hvnet-subagent 2>&1", within_s=200)
    assert "snmpd is as it was" in said
    assert guest.fails(f"ls {DROP_IN}") and guest.fails(f"ls {SNMPD_CONF}")
    assert guest.run("systemctl is-active snmpd") == "active\n"
    guest.run("apt-get purge -y -q hvnet-subagent 2>&1", within_s=200)
    assert guest.fails(f"ls -d {STATE}")
