"""The clauses test: each clause of our modules' text says what was agreed, and what is served keeps to
it. smilint knows only whether they fit together."""

import re

import hvnet_objects as expected
import smi
from module_text import ModuleText

TEXT = ModuleText((smi.OURS / "HVNET-MIB.txt").read_text())
NUMBER_OF = {name: oid for oid, (name, _) in expected.OBJECTS.items()}
WIRE = dict(expected.OBJECTS.values())


def accessible(parent):
    """The objects that stand right under a number, in its order, without the indexes and those that
    came later."""
    left_out = set(expected.INDEXES).union(*expected.LATER_GROUPS.values())
    return tuple(name for oid, (name, _) in expected.OBJECTS.items()
                 if oid.rpartition(".")[0] == parent and name not in left_out)


def columns():
    """What has a value: neither tables nor rows."""
    return {name: one for name, one in TEXT.objects.items() if name in WIRE}


def test_every_object_is_read_by_this_test():
    assert set(TEXT.objects) == set(WIRE) | {
        name for name in expected.BRANCHES.values() if name.endswith(("Table", "Entry"))}
    assert set(TEXT.notifications) == set(expected.NOTIFICATIONS.values())


def test_units_are_the_agreed_ones_and_nothing_else_has_any():
    agreed = {name: unit for unit, names in expected.UNITS.items() for name in names}
    assert {name: one.units for name, one in TEXT.objects.items() if one.units} == agreed


def test_every_counter_and_gauge_has_a_unit():
    without = {name for name, one in columns().items()
               if WIRE[name] in ("Counter", "Counter64", "Gauge") and not one.units}
    assert without == {"hvnetDriverStatValue"}  # only the driver knows


def test_a_syntax_is_the_agreed_one_with_its_range_and_its_convention():
    for name, one in columns().items():
        wire = WIRE[name]
        enumeration = f"INTEGER {{ {wire.replace(' ', ', ')} }}" if "(" in wire else None
        agreed = expected.EXCEPTIONS.get(name) or expected.SYNTAXES.get(wire) or enumeration
        assert one.syntax == agreed, name
    assert TEXT.conventions == expected.CONVENTIONS


def test_a_row_type_lists_its_columns_with_their_types():
    for entry in expected.ROWS:
        parent = next(oid for oid, name in expected.BRANCHES.items() if name == entry)
        listed = TEXT.sequences[entry[0].upper() + entry[1:]]
        names = [name for oid, (name, _) in expected.OBJECTS.items()
                 if oid.rpartition(".")[0] == parent]
        assert [name for name, _ in listed] == names
        for name, syntax in listed:
            assert syntax == re.sub(r" [{(].*", "", TEXT.objects[name].syntax), name


def test_rows_are_named_by_the_agreed_indexes():
    rows = {name: one.index for name, one in TEXT.objects.items() if one.index}
    assert rows == expected.ROWS


def test_all_of_it_is_current_and_nothing_has_a_default():
    for name, one in TEXT.objects.items():
        assert (one.status, one.default) == ("current", None), name
    assert {one.status for one in TEXT.notifications.values()} == {"current"}


def test_a_notification_carries_the_agreed_objects_in_their_order():
    assert {name: one.objects for name, one in TEXT.notifications.items()} == expected.CARRIED


def test_a_group_has_the_objects_of_its_table_and_no_other():
    agreed = {group: accessible(what) if isinstance(what, str) else what
              for group, what in expected.GROUPS.items()}
    assert TEXT.groups == agreed


def test_an_agent_must_have_the_agreed_groups_and_may_leave_thresholds_read_only():
    mandatory, others, least = TEXT.compliance
    assert set(mandatory) == expected.MANDATORY
    assert set(others) == set(expected.GROUPS) - expected.MANDATORY
    assert least == dict.fromkeys(expected.WRITABLE, "read-only")


# What is served keeps to it


def golden():
    """[(name, type, value)] of the walk over HVNET-MIB that tests/netns/golden_test.py compares with
    a running product."""
    lines = (smi.ROOT / "tests/golden/HVNET-MIB.txt").read_text().splitlines()
    return [re.fullmatch(r"(\w+?)\.[.\d]+ = (\S+) (.*)", line).groups() for line in lines]


CHECKS = {
    "HvnetGuid": lambda text: re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text.strip('"')),
    "TruthValue": lambda text: text in ("1", "2"),
    "InterfaceIndexOrZero": lambda text: 0 <= int(text) < 2**31,
    "SnmpAdminString": lambda text: len(text.strip('"').encode()) <= 255,
}


def test_a_value_that_is_served_is_one_that_its_syntax_allows():
    seen = set()
    for name, _, value in golden():
        syntax = TEXT.objects[name].syntax
        if value == "*":  # another one in each walk
            continue
        seen.add(name)
        if check := CHECKS.get(syntax):
            assert check(value), (name, value)
        if syntax.startswith("INTEGER"):
            assert f"({value})" in syntax, (name, value)
    assert len(seen) > 30


# What a DESCRIPTION promises in numbers, and the constant that keeps it.
PROMISES = {
    "no good sample for 30 seconds": ("src/snapshot/publish/source_monitor.h",
                                      "kFailedAfter{30}"),
    "no new values for 30 seconds": ("src/snapshot/publish/source_monitor.h",
                                          "kFailedAfter{30}"),
    "At most about 200 milliseconds while": ("subagent/snmp/server.h", "kMaxAge{200}"),
    "window, rounded (10 seconds, unless": ("src/snapshot/alarm_settings.h", "window{10}"),
    "hvnetAdapterMaxMtu is above 1500": ("subagent/tables/hvnet_mib.cpp", "kStandardMtu = 1500"),
}


def test_a_number_in_a_description_is_the_one_in_the_code():
    said = " ".join(TEXT.strings)
    for promise, (file, constant) in PROMISES.items():
        assert promise in said, promise
        assert constant in (smi.ROOT / file).read_text(), constant


def test_no_other_duration_is_promised():
    said = " ".join(TEXT.strings)
    for found in re.finditer(r"\b(?:\d+|[a-z]+) (?:milli)?seconds\b", said):
        around = said[max(0, found.start() - 40) : found.end() + 40]
        assert any(promise in around for promise in PROMISES), around
