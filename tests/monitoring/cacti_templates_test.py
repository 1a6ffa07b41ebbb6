"""monitoring/cacti/ is whole: no Cacti is needed to see it. tests/e2e has one."""

import re
import subprocess
import sys

import cacti_templates
import mib
import pytest

FOLDER = cacti_templates.ROOT / "monitoring/cacti"
QUERY = (FOLDER / "hvnet_adapters.xml").read_text()
TEMPLATES = (FOLDER / "hvnet_templates.xml").read_text()


def test_the_templates_are_what_the_generator_makes():
    made = subprocess.run(
        [sys.executable, FOLDER / "make_templates.py"], capture_output=True, text=True, check=True
    )
    assert made.stdout == TEMPLATES, "run make_templates.py, as it says"


def test_the_templates_are_whole():
    assert cacti_templates.templates_complaints(TEMPLATES, QUERY) == []


def test_the_data_query_reads_the_columns_that_it_names():
    assert list(cacti_templates.query_complaints(QUERY)) == []


def test_every_counter_of_the_statistics_but_collisions_has_a_graph():
    """Collisions there are none. The rest of that table is no counter of an adapter's packets. Of
    IF-MIB it is the one that says what rx_dropped has besides drops."""
    counters = {"hvnetIpkts", "hvnetIerrs", "hvnetOpkts", "hvnetOerrs", "hvnetInOctets",
                "hvnetOutOctets", "hvnetInDrops", "hvnetOutDiscards", "hvnetInBacklogDrops",
                "ifInUnknownProtos"}  # fmt: skip
    assert counters <= set(mib.OIDS)
    drawn = re.findall("<snmp_field_name>(.*)</snmp_field_name>", TEMPLATES)
    assert sorted(drawn) == sorted(counters)


def test_the_hashes_are_those_of_the_first_release():
    """With other ones, who has imported the file before would get everything twice."""
    assert "<hash_02010238473492f718d06109c22c15f427796d>" in TEMPLATES
    assert "<hash_040102fb5a58a910525f19d4e16d97feae6e74>" in TEMPLATES


FIRST, SECOND = re.findall("<(hash_08.*)>", TEMPLATES)[:2]
CDEF = "hash_05010273f95f8b77b5508157d64047342c421e"


@pytest.mark.parametrize("good, bad, complaint", [
    (f"<{SECOND}>", f"<{FIRST}>", "2 times"),
    (f"<{FIRST}>", f"<{FIRST[:-1]}>", "not hash_"),
    (f"<{FIRST}>", f"<hash_080102{'0' * 32}>", f"task_item_id: there is no {FIRST}"),
    (f"<{FIRST}>", f"<hash_100102{FIRST[-32:]}>", f"task_item_id: there is no {FIRST}"),
    (CDEF, CDEF[:-1] + "f", "cdef_id: there is no"),
    (CDEF, FIRST, "cdef_id: hash_08"),
    (CDEF, "3", "cdef_id: '3' is no reference"),
    ("hvnetInDrops<", "hvnetInDropz<", "hvnetInDropz is no output"),
    (">in_drops<", ">packets_dropped_on_receive<", "is none for rrdtool"),
    (">in_drops<", ">in_pkts<", "in_pkts 2 times"),
    ("|query_ifName|", "|query_ifNome|", "|query_ifNome|: no input"),
    ("/hvnet_adapters.xml", "/adapters.xml", "there is no adapters.xml"),
])  # fmt: skip
def test_the_check_of_the_templates_can_fail(good, bad, complaint):
    changed = TEMPLATES.replace(good, bad)
    changed = changed.replace(good.replace("<", "</"), bad.replace("<", "</"))
    assert changed != TEMPLATES
    complaints = cacti_templates.templates_complaints(changed, QUERY)
    assert any(complaint in one for one in complaints), complaints


@pytest.mark.parametrize("good, bad, complaint", [
    ("21.1.3.1.8<", "21.1.3.1.9<", "hvnetInDrops: is "),
    (".1.3.6.1.2.1.31.1.1.1.1<", "1.3.6.1.2.1.31.1.1.1.1<", "is no OID"),
    ("ifAlias>", "ifAlien>", "ifAlien: no object of ours"),
    ("ifAlias>", "ifName>", "ifName: 2 times"),
    ("hvnetAdapterInstance:", "hvnetAdapterInstanze:", "index_order"),
    ("hvnetAdapterInstance:", "hvnetInDrops:", "index_order: 'hvnetInDrops' is no input"),
    ("<oid_index>.1.3", "<oid_index>.1.4", "the column of no field"),
    (r"([0-9]+)$", r"([0-9]+$", "oid_index_parse"),
    ("VALUE/REGEXP:.", ".", "value_index_parse"),
    ("<direction>output", "<direction>outward", "direction 'outward'"),
    ("<method>walk", "<method>run", "method 'run'"),
])  # fmt: skip
def test_the_check_of_the_data_query_can_fail(good, bad, complaint):
    changed = QUERY.replace(good, bad)
    assert changed != QUERY
    complaints = list(cacti_templates.query_complaints(changed))
    assert any(complaint in one for one in complaints), complaints
