"""The installed package in a guest with systemd, as whoever asks Debian's snmpd sees it."""

import re

STATE = "/var/lib/hvnet-subagent"
CONF = "/etc/snmp/hvnet-subagent.conf"
DROP_IN = "/etc/systemd/system/snmpd.service.d/hvnet.conf"
SNMPD_CONF = "/etc/snmp/snmpd.conf.d/hvnet.conf"

SYS_NAME = "1.3.6.1.2.1.1.5"
IF_INDEX, IF_DESCR = "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.2"
IF_PHYS_ADDRESS, IF_NAME = "1.3.6.1.2.1.2.2.1.6", "1.3.6.1.2.1.31.1.1.1.1"
IF_ALIAS, IF_HC_IN_OCTETS = "1.3.6.1.2.1.31.1.1.1.18", "1.3.6.1.2.1.31.1.1.1.6"
IF_HC_OUT_OCTETS, IF_OUT_DISCARDS = "1.3.6.1.2.1.31.1.1.1.10", "1.3.6.1.2.1.2.2.1.19"


def walk(guest, oid):
    """As the man at the desk would; no lines when there is no such object."""
    said = guest.run(f"snmpbulkwalk -v2c -c public -m '' -Oqv -r1 -t5 127.0.0.1 {oid}")
    return [line.strip('"') for line in said.splitlines()
            if not line.startswith(("No Such", "No more"))]  # fmt: skip


def column(guest, oid):
    """{ifIndex: value}."""
    return dict(zip(map(int, walk(guest, IF_INDEX)), walk(guest, oid)))


def journal(guest, unit):
    return guest.run(f"journalctl --no-pager -o cat -b -u {unit}")


def install(guest, package="hvnet-subagent_*.deb"):
    return guest.run(f"apt-get install -y -q /root/{package} 2>&1", within_s=300)


def set_up(guest):
    said = guest.run("hvnet-setup-snmpd", within_s=200)
    assert re.search(r"^snmpd answers with \d+ interfaces of hvnet-subagent$", said, re.MULTILINE)
    return said


def await_answers(guest, within_s=60):
    guest.eventually("hvnet-setup-snmpd --check", lambda said: "snmpd answers" in said, within_s)


def macs(guest):
    """Of the adapters, in the order of their numbers."""
    return [mac.strip('" ').replace(" ", ":").lower()
            for number, mac in column(guest, IF_PHYS_ADDRESS).items() if number < 256]  # fmt: skip


def in_the_hosts_order(adapters):
    return [one.mac for one in sorted(adapters, key=lambda one: one.slot)]


def name_of(guest, adapter):
    """What this boot's kernel calls it."""
    return guest.run(
        f"for one in /sys/class/net/*; do [ $(cat $one/address) != {adapter.mac} ] ||"
        " echo ${one##*/}; done"
    ).strip()
