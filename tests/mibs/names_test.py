"""The names test: Net-SNMP's tools turn every name of ours into its number, and back."""

import hvnet_objects as expected
import pytest
import smi

NAMES = {oid: name for oid, (name, _) in expected.OBJECTS.items()}
NAMES |= expected.BRANCHES | expected.NOTIFICATIONS


@pytest.fixture
def tree():
    return smi.tree(smi.DEFAULT_ROOT)


def test_the_tree_is_the_one_that_was_agreed(tree):
    assert {oid: node.name for oid, node in tree.items() if oid} == NAMES


def test_every_object_is_on_the_wire_what_was_agreed(tree):
    for oid, (name, syntax) in expected.OBJECTS.items():
        values = " ".join(f"{value}({number})" for value, number in tree[oid].values.items())
        assert (values or tree[oid].syntax) == syntax, name


def test_only_thresholds_can_be_written(tree):
    for oid, (name, _) in expected.OBJECTS.items():
        access = "-RW-" if name in expected.WRITABLE else "-R--"
        assert tree[oid].access == ("----" if name in expected.INDEXES else access), name


def test_names_become_numbers_as_the_readme_shows():
    names = [f"HVNET-MIB::{name}" for name, _ in expected.OBJECTS.values()]
    numbers = [f".{smi.DEFAULT_ROOT}.{oid}" for oid in expected.OBJECTS]
    assert smi.snmptranslate("-On", *names).split() == numbers


def test_numbers_become_names_as_the_readme_shows():
    numbers = [f".{smi.DEFAULT_ROOT}.{oid}.7" for oid in expected.OBJECTS]
    names = [f"HVNET-MIB::{name}.7" for name, _ in expected.OBJECTS.values()]
    said = smi.snmptranslate(*numbers).split()
    # An index of text or of several numbers is printed in other ways than ".7".
    assert [name.partition("[")[0] for name in said] == [name.partition("[")[0] for name in names]


def test_a_guid_is_printed_as_text():
    detail = smi.snmptranslate("-Td", "HVNET-MIB::hvnetVmbusInstance")
    assert 'DISPLAY-HINT\t"36a"' in detail
