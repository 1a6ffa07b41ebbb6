"""From 0.1.0, as it was built then, to the package of now; then removed, and purged.

A story of one guest: each test goes on where the one before it ended."""

import mib
import pytest
from guest import Adapter, Guest
from installed import (CONF, DROP_IN, IF_ALIAS, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_NAME,
                       IF_OUT_DISCARDS, SNMPD_CONF, STATE, await_answers, column, install, name_of, set_up,
                       walk)  # fmt: skip

RISING = mib.to_text(mib.OIDS["hvnetAlarmRising"])

# The first two hear each other. 0.1.0 did not know the driver of the third as an adapter's.
THREE = (Adapter("virtio-net-pci", 5, "52:54:00:00:06:01", hub=7),
         Adapter("virtio-net-pci", 6, "52:54:00:00:06:02", hub=7),
         Adapter("e1000", 4, "52:54:00:00:06:03"))  # fmt: skip
ADDED = "exclude docker*"
TRAP_ENABLE = "1.3.6.1.2.1.31.1.1.1.14"
SETTINGS = {f"{IF_ALIAS}.1": "s 'uplink north'", f"{TRAP_ENABLE}.2": "i 2", f"{RISING}.2": "u 700"}
# What 0.1.0's README said.
COPY_THE_FILES = ("cp -r /usr/share/doc/hvnet-subagent/examples/beside-snmpd/. / &&"
                  " systemctl daemon-reload && systemctl restart snmpd")  # fmt: skip
# Of snmpd and of systemd: what an administrator or snmpd's package has there.
NOT_OURS = ("find /etc/snmp /etc/systemd /etc/default/snmpd /usr/lib/systemd/system -type f"
            " ! -name write.conf | sort | xargs sha256sum; systemctl cat snmpd; dpkg -V snmpd libsnmp-base;"
            " stat -c '%n %U %G %a' /var/agentx /var/lib/snmp")  # fmt: skip


@pytest.fixture(scope="module")
def guest(image, old_package, folder):
    image.make_disk([old_package])
    one = Guest(image, folder / "upgraded", THREE)
    yield one
    one.close()


@pytest.fixture(scope="module")
def story():
    """What a test leaves for a later one."""
    return {}


def totals(guest):
    """{ifIndex: (octets in, octets out, discards out)}."""
    counted = [column(guest, oid) for oid in (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_OUT_DISCARDS)]
    return {number: tuple(int(one[number]) for one in counted) for number in (1, 2)}


def settings(guest):
    return guest.run(f"snmpget -v2c -c public -m '' -Oqv 127.0.0.1 {' '.join(SETTINGS)}").splitlines()


def version(guest):
    return guest.run("dpkg-query -W -f '${db:Status-Abbrev}${Version}' hvnet-subagent").split()


def send(guest):
    """A hundred datagrams from the first to the second."""
    first = name_of(guest, THREE[0])
    guest.run(f"ip addr replace 10.9.0.1/24 dev {first};"
              f" ip neigh replace 10.9.0.2 lladdr {THREE[1].mac} dev {first};"
              " bash -c 'for n in {1..100}; do head -c 500 /dev/zero > /dev/udp/10.9.0.2/9; done'")  # fmt: skip


def test_0_1_0_serves_as_its_readme_said(guest, story):
    guest.eventually("systemctl is-active snmpd", lambda said: said == "active\n")
    guest.run("udevadm settle; for one in /sys/class/net/eth*; do ip link set ${one##*/} up; done")
    story["before"] = guest.run(NOT_OURS)
    install(guest, "hvnet-subagent_0.1.0~old_*.deb")
    assert version(guest) == ["ii", "0.1.0~old"]
    guest.run(f"echo '{ADDED}' >> {CONF}")
    guest.run("echo 'rwcommunity private 127.0.0.1' > /etc/snmp/snmpd.conf.d/write.conf")
    # It failed without this (the first issue that was filed of it).
    guest.run(f"chmod 0755 /var/agentx; {COPY_THE_FILES}")
    guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_NAME}",
                     lambda said: said.count('"eth') == 3)  # fmt: skip
    for instance, value in SETTINGS.items():
        guest.run(f"snmpset -v2c -c private -m '' 127.0.0.1 {instance} {value}")
    send(guest)


def test_its_totals_are_more_than_the_kernels(guest, story):
    """So that what is lost at the upgrade would be seen: a queue's drops go with the queue."""
    first = name_of(guest, THREE[0])
    guest.run(f"tc qdisc replace dev {first} root netem loss 100%")
    send(guest)
    guest.run(f"sleep 4; tc qdisc del dev {first} root; sleep 4")
    send(guest)
    guest.run("sleep 4")
    story["names"], story["settings"] = column(guest, IF_NAME), settings(guest)
    story["totals"] = totals(guest)
    assert story["totals"][1][2] >= 100 and "dropped 0" in guest.run(f"tc -s qdisc show dev {first}")
    assert min(story["totals"][1][1], story["totals"][2][0]) >= 50_000
    assert story["settings"] == ['"uplink north"', "2", "700"]


def test_the_upgrade_keeps_numbers_totals_settings_and_configuration(guest, story):
    said = guest.run("apt-get install -y -q -o Dpkg::Options::=--force-confold"
                     " $(ls /root/hvnet-subagent_*.deb | grep -v '~old') 2>&1", within_s=300)  # fmt: skip
    assert "hvnet-subagent" in said and version(guest)[1] != "0.1.0~old"
    guest.eventually(f"snmpbulkwalk -v2c -c public -m '' -Oqv 127.0.0.1 {IF_NAME}",
                     lambda said: said.count('"eth') == 3)  # fmt: skip
    # What was not an adapter for 0.1.0, and is one, has an adapter's number; nobody has its old one.
    third = name_of(guest, THREE[2])
    (old_number,) = (number for number, name in story["names"].items() if name == third)
    assert old_number > 255
    story["names"] = {n: name for n, name in story["names"].items() if n != old_number} | {3: third}
    assert column(guest, IF_NAME) == story["names"]
    assert settings(guest) == story["settings"]
    for number, then in story["totals"].items():
        assert all(now >= before for now, before in zip(totals(guest)[number], then)), number
    assert totals(guest)[1][2] == story["totals"][1][2]
    assert guest.run(f"tail -n 1 {CONF}").strip() == ADDED
    assert guest.run(f"stat -c '%U %G %a' {CONF}").split() == ["root", "hvnet", "640"]
    assert guest.run(f"head -n 1 {STATE}/ifindex.map") == "hvnet-ifindex-map 2\n"
    started = guest.run("systemctl show -P InvocationID hvnet-subagent").strip()
    said = guest.run(f"journalctl --no-pager -o cat _SYSTEMD_INVOCATION_ID={started}")
    assert "error" not in said


def test_the_command_takes_over_the_files_that_were_copied(guest, story):
    set_up(guest)
    assert "hvnet-setup-snmpd --undo" in guest.run(f"cat {DROP_IN}")
    assert column(guest, IF_NAME) == story["names"]


def test_restarted_all_is_as_it_was(guest, story):
    guest.run("systemctl restart snmpd hvnet-subagent")
    await_answers(guest)
    assert column(guest, IF_NAME) == story["names"] and settings(guest) == story["settings"]
    for number, then in story["totals"].items():
        assert all(now >= before for now, before in zip(totals(guest)[number], then)), number


def test_removed_and_purged_nothing_of_ours_is_there_and_nothing_of_snmpds_is_changed(guest, story):
    said = guest.run("apt-get remove -y -q hvnet-subagent 2>&1", within_s=200)
    assert "snmpd is as it was" in said
    assert guest.run(f"ls {STATE}/ifindex.map {CONF}")
    assert guest.fails(f"ls {DROP_IN}") and guest.fails(f"ls {SNMPD_CONF}")
    guest.run("apt-get purge -y -q hvnet-subagent 2>&1", within_s=200)
    assert guest.run(NOT_OURS) == story["before"]
    pruned = "-path /proc -o -path /sys -o -path /run -o -path /root -o -path /var/log -o -path /tmp"
    left = guest.run(f"find / \\( {pruned} \\) -prune -o -iname '*hvnet*' -print")
    assert [path for path in left.split() if "/var/lib/apt" not in path] == []
    assert guest.ask("getent passwd hvnet; getent group hvnet")[1] == ""
    assert guest.run("systemctl is-active snmpd") == "active\n"
    assert not walk(guest, IF_NAME)
