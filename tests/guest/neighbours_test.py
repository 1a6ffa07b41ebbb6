"""A router whose snmpd serves others, too: a `pass` line for ifAlias, and FRR's routing daemons on the
same AgentX socket, which another file has opened to everybody.

A story of one guest: each test goes on where the one before it ended."""

import re

import pytest
from guest import Adapter, Guest
from installed import (IF_ALIAS, IF_DESCR, IF_INDEX, SNMPD_CONF, await_answers, column,
                       in_the_hosts_order, install, journal, macs, set_up, walk)  # fmt: skip

TWO = (Adapter("virtio-net-pci", 5, "52:54:00:00:05:01"),
       Adapter("virtio-net-pci", 4, "52:54:00:00:05:02"))  # fmt: skip

# One row for each number from 1 to 9, whatever interfaces there are.
PASS = f"""#!/bin/sh
last=${{2#.{IF_ALIAS}}}
last=${{last#.}}
[ "$1" = -g ] || last=$((${{last:-0}} + 1))
[ "${{last:-0}}" -ge 1 ] && [ "$last" -le 9 ] || exit 0
echo ".{IF_ALIAS}.$last"
echo string
echo "of the pass line"
"""
ROUTER_CONF = f"""agentXPerms 0777 0777
pass .{IF_ALIAS} /usr/local/sbin/if-alias
view systemonly included .{IF_ALIAS}
view systemonly included .1.3.6.1.2.1.4.24
view systemonly included .1.3.6.1.2.1.14
view systemonly included .1.3.6.1.2.1.15
"""
FRR_CONF = """agentx
router bgp 65001
 bgp router-id 192.0.2.1
router ospf
 ospf router-id 192.0.2.2
"""
BGP_IDENTIFIER, OSPF_ROUTER_ID = "1.3.6.1.2.1.15.4.0", "1.3.6.1.2.1.14.1.1.0"
ROUTES = "1.3.6.1.2.1.4.24.3.0"


@pytest.fixture(scope="module")
def guest(image, folder):
    one = Guest(image, folder / "router", TWO)
    yield one
    one.close()


def ask(guest, *oids):
    said = guest.ask(f"snmpget -v2c -c public -m '' -Oqv -t 5 127.0.0.1 {' '.join(oids)}")
    return said[1].split()


def frr_answers(guest):
    guest.eventually(
        f"snmpget -v2c -c public -m '' -Oqv 127.0.0.1 {BGP_IDENTIFIER} {OSPF_ROUTER_ID} {ROUTES}",
        lambda said: re.fullmatch(r"192\.0\.2\.1\n192\.0\.2\.2\n\d+\n", said),
        within_s=90,
    )


def write(guest, path, text, mode="0644"):
    guest.run(f"cat > {path} << 'END-OF-FILE'\n{text}END-OF-FILE\nchmod {mode} {path}")


def test_the_router_serves_its_own_before_us(guest):
    write(guest, "/usr/local/sbin/if-alias", PASS, "0755")
    write(guest, "/etc/snmp/snmpd.conf.d/router.conf", ROUTER_CONF)
    guest.run("udevadm settle; ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0")
    guest.run("systemctl stop snmpd; rm -rf /var/agentx; systemctl start snmpd")
    guest.run("dpkg -i /root/frr/*.deb 2>&1", within_s=300)
    guest.run("sed -i -e 's/^\\(bgpd\\|ospfd\\)=no/\\1=yes/' "
              " -e 's/^\\(zebra\\|bgpd\\|ospfd\\)_options=\"/&-M snmp /'"
              " /etc/frr/daemons")  # fmt: skip
    write(guest, "/etc/frr/frr.conf", FRR_CONF)
    guest.run("systemctl restart frr", within_s=200)
    frr_answers(guest)
    assert set(walk(guest, IF_ALIAS)) == {"of the pass line"}


def test_ours_answer_beside_them_and_win_over_the_pass_line(guest):
    install(guest)
    set_up(guest)
    assert "agentXPerms" not in guest.run(f"cat {SNMPD_CONF}")
    assert guest.run("stat -c %a /var/agentx/master") == "777\n"
    assert macs(guest) == in_the_hosts_order(TWO)
    guest.run("ip link set eth0 alias 'uplink north'")
    number = next(number for number, name in column(guest, IF_DESCR).items() if "eth0" in name)
    guest.eventually(f"snmpget -v2c -c public -m '' -Oqv 127.0.0.1 {IF_ALIAS}.{number}",
                     lambda said: said == '"uplink north"\n')  # fmt: skip
    aliases = walk(guest, IF_ALIAS)
    assert sorted(aliases)[-1] == "uplink north" and set(aliases) == {"", "uplink north"}
    assert len(aliases) == len(walk(guest, IF_INDEX)), "a walk goes on into rows of the pass line"
    absent = next(n for n in range(1, 10) if n not in column(guest, IF_INDEX))
    assert "of" not in ask(guest, f"{IF_ALIAS}.{absent}")


def test_the_routing_daemons_answer_beside_us_also_after_a_restart_of_snmpd(guest):
    frr_answers(guest)
    guest.run("systemctl restart snmpd")
    await_answers(guest)
    frr_answers(guest)
    assert macs(guest) == in_the_hosts_order(TWO)


def test_a_restart_of_one_agent_does_not_take_the_rows_of_the_other(guest):
    guest.run("systemctl restart hvnet-subagent")
    await_answers(guest)
    frr_answers(guest)
    guest.run("systemctl restart frr", within_s=200)
    frr_answers(guest)
    assert macs(guest) == in_the_hosts_order(TWO)
    assert set(walk(guest, IF_ALIAS)) == {"", "uplink north"}


def test_nobody_complains_in_the_log(guest):
    trouble = re.compile(r"(?im)^.*(error|unknown token|duplicate|refused|denied|failed|warning).*$")
    for unit in ("hvnet-subagent", "snmpd"):
        lines = [line[0] for line in trouble.finditer(since_setup(guest, unit))]
        assert lines == [], unit


def since_setup(guest, unit):
    """What the unit has said since it was started beside the others."""
    started = guest.run(f"systemctl show -P InvocationID {unit}").strip()
    return guest.run(f"journalctl --no-pager -o cat _SYSTEMD_INVOCATION_ID={started}")


def test_undone_the_pass_line_answers_again_and_the_daemons_still_do(guest):
    guest.run("hvnet-setup-snmpd --undo")
    frr_answers(guest)
    assert set(walk(guest, IF_ALIAS)) == {"of the pass line"}
    assert "no master agent" not in journal(guest, "hvnet-subagent").splitlines()[-1]
