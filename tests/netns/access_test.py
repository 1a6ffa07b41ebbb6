"""Net-SNMP's access control holds for every way of asking, the direct answers to a GET included."""

import re
import subprocess
from pathlib import Path

import mib
import pytest
import tools
from lab import adapter
from mib import instance

ACCESS = """\
rocommunity everything 127.0.0.1
view names included .1.3.6.1.2.1.2.2.1.2
view names included .1.3.6.1.2.1.31.1.1.1.1
rocommunity names 127.0.0.1 -V names
rocommunity elsewhere 10.99.0.0/16
com2sec -Cn other somebody 127.0.0.1 foreign
group everybody v2c somebody
view all included .1
access everybody "" v2c noauth prefix all none none
"""
DESCR, OCTETS = instance("ifDescr", 1), instance("ifInOctets", 1)
NAME = instance("ifName", 1)


@pytest.fixture
def product(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    product = lab.prepare("rocommunity public 127.0.0.1\n" + ACCESS)
    return product.start()


def get(product, community, *oids):
    client = product.client(community)
    try:
        return [varbind.value for varbind in client.get(*oids)]
    finally:
        client.close()


def test_whoever_may_see_everything_gets_it(product):
    assert None not in get(product, "everything", DESCR, OCTETS, NAME)


def test_a_view_hides_the_rest_of_a_table_in_one_get(product):
    descr, octets, name = get(product, "names", DESCR, OCTETS, NAME)
    assert (descr, octets, name) == (b"Hyper-V hv_netvsc adapter lan0", None, b"lan0")


def test_a_view_hides_the_rest_of_a_table_in_a_walk(product):
    client = product.client("names")
    answer = client.get_next(instance("ifDescr", 256))
    client.close()
    assert answer[0].oid[: len(mib.COLUMNS["ifName"])] == mib.COLUMNS["ifName"]


@pytest.mark.parametrize("community", ("nobody", "elsewhere"))
def test_a_community_that_is_not_allowed_gets_no_answer(product, community):
    product.must_not_answer(product.client(community), DESCR)


def test_a_community_of_another_context_gets_nothing_of_ours(product):
    """RFC 3413 §3.2: a request for a context that is not there is dropped."""
    product.must_not_answer(product.client("foreign"), DESCR, OCTETS)


# What stands in the file and has no effect.

USELESS = {
    "agentAddress udp:161": "--standalone ADDRESS",
    "agentGroup adm": "User= and Group=",
    "agentUser nobody": "User= and Group=",
    "agentXPerms 0660 0755": "snmpd's configuration",
    "agentXRetries 3": "snmpd's configuration",
    "agentXTimeout 3": "snmpd's configuration",
    "dontLogTCPWrappersConnects 1": "take the line out",
    "leave_pidfile 1": "take the line out",
    "master agentx": "snmpd's configuration",
    "quit 1": "take the line out",
}


@pytest.mark.parametrize("mode", ("check", "agentx", "standalone"))
def test_a_line_that_would_have_no_effect_is_refused_and_says_what_to_do_instead(lab, mode):
    snmpd = lab.prepare_snmpd() if mode == "agentx" else None
    options = ["--check", "config"] if mode == "check" else []
    product = lab.prepare("\n".join(USELESS) + "\n", snmpd=snmpd, options=options)
    assert product.run() == 1
    errors = [line for line in product.log_lines if "has no effect here" in line]
    assert len(errors) == len(USELESS), product.log
    for number, (line, instead) in enumerate(USELESS.items(), start=1):
        token = line.split()[0]
        assert re.search(f"agent.conf:{number}: {token} has no effect here: .*{re.escape(instead)}",
                         errors[number - 1], re.IGNORECASE), errors[number - 1]  # fmt: skip


# IPv6.

COM2SEC, VACM = "com2sec", """\
group all v2c local
view all included .1
access all "" v2c noauth exact all none none"""
NO_IPV6 = "no IPv6 client will get an answer by a community"


@pytest.mark.parametrize(
    ("address", "access", "warned"),
    (
        ("udp6:[::1]:1161", "rocommunity public", True),
        ("udp:127.0.0.1:1161,udp6:[::1]:1161", "rwcommunity public", True),
        ("udp6:[::1]:1161", f"{COM2SEC} local default public\n{VACM}", True),
        ("udp6:[::1]:1161", f"{COM2SEC}6 local default public\n{VACM}", False),
        ("udp6:[::1]:1161", "rocommunity public\nrocommunity6 public", False),
        ("udp6:[::1]:1161", "rocommunity6 public", False),
        ("udp6:[::1]:1161", "rouser monitor", False),
        ("udp6:[::1]:1161", "", False),
        ("udp:127.0.0.1:1161", "rocommunity public", False),
    ),
)
def test_who_listens_on_ipv6_and_lets_nobody_ask_there_is_told_so(lab, address, access, warned):
    product = lab.prepare(access + "\n", options=["--check", "config"])
    product.command[product.command.index("--standalone") + 1] = address
    assert product.run() == 0, product.log
    assert (NO_IPV6 in product.log) == warned, product.log


# SNMPv3: users and the engine's ID are kept in the state folder.


def ask_as_a_user(product):
    answer = subprocess.run(
        ["snmpget", "-v3", "-u", "reader", "-l", "authNoPriv", "-a", "SHA-256", "-A", "manypasswords",
         "-On", "-r1", "-t2", f"udp:127.0.0.1:{product.port}", mib.to_text(mib.IF_NUMBER)],
        env=tools.HERMETIC, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "INTEGER: " in answer.stdout, answer.stdout + answer.stderr + product.log


def saved_engine_id(state):
    (file,) = state.glob("snmp/*.conf")
    (engine_id,) = re.findall("^oldEngineID (.*)$", file.read_text(), re.MULTILINE)
    return engine_id


def test_a_relative_state_folder_keeps_the_snmpv3_engine_over_two_starts(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    product = lab.prepare("createUser reader SHA-256 manypasswords\nrouser reader auth\n")
    # Else the library reads from there, and not what it has saved.
    del product.environment["SNMPCONFPATH"]
    product.command[product.command.index("--state") + 1] = product.state.name
    product.command = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(product.state.parent),
                       *product.command]  # fmt: skip
    root, engine_ids = set(Path("/").iterdir()), []
    for start in (1, 2):
        product.spawn()
        product.wait_until(lambda: product.log.count("serving ") == start, what="serves")  # noqa: B023
        ask_as_a_user(product)
        product.stop()
        engine_ids.append(saved_engine_id(product.state))
    assert engine_ids[0] == engine_ids[1]
    assert set(Path("/").iterdir()) == root
