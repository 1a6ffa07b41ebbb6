"""The lint test: smilint has nothing to say of our modules at level 3, and it sees what is wrong.

Nothing is let pass: there is no warning to list.
"""

import re

import smi


def complaints_of(tmp_path, module, old, new, level=3):
    """What smilint says of a copy in which every `old` is `new`."""
    text = (smi.OURS / f"{module}.txt").read_text()
    assert old in text
    broken = tmp_path / f"{module}.txt"
    broken.write_text(text.replace(old, new))
    return "\n".join(smi.lint(broken, smi.BASE, smi.OURS, level=level))


def test_hvnet_mib_is_clean():
    assert smi.lint(smi.OURS / "HVNET-MIB.txt", smi.BASE) == []


def test_hvnet_mib_is_clean_at_the_highest_level_too():
    assert smi.lint(smi.OURS / "HVNET-MIB.txt", smi.BASE, level=6) == []


def test_the_agent_capabilities_are_clean():
    assert smi.lint(smi.OURS / "HVNET-AGENT-CAPABILITIES.txt", smi.BASE, smi.OURS) == []


def test_an_object_in_no_group_is_found(tmp_path):
    said = complaints_of(tmp_path, "HVNET-MIB", "OBJECTS     { hvnetIpkts, hvnetIerrs,",
                         "OBJECTS     { hvnetIpkts,", level=6)
    assert "hvnetIerrs" in said


def test_a_number_given_twice_is_found(tmp_path):
    said = complaints_of(tmp_path, "HVNET-MIB", "::= { hvnetStatsEntry 2 }",
                         "::= { hvnetStatsEntry 1 }")
    assert re.search(r"\[[123]\].*hvnetIerrs", said), said


def test_an_import_that_is_not_there_is_found(tmp_path):
    said = complaints_of(tmp_path, "HVNET-MIB", "InterfaceIndexOrZero", "InterfaceIndexOrNone")
    assert "InterfaceIndexOrNone" in said


def test_a_variation_of_what_does_not_exist_is_found(tmp_path):
    said = complaints_of(tmp_path, "HVNET-AGENT-CAPABILITIES", "VARIATION   ifMauType\n",
                         "VARIATION   ifMauKind\n")
    assert "ifMauKind" in said


def test_a_group_that_its_module_does_not_have_is_found(tmp_path):
    said = complaints_of(tmp_path, "HVNET-AGENT-CAPABILITIES", "etherStatsBaseGroup2",
                         "etherStatsBaseGroup3")
    assert "etherStatsBaseGroup3" in said


def test_a_base_module_that_is_missing_is_found(tmp_path):
    said = "\n".join(smi.lint(smi.OURS / "HVNET-MIB.txt", tmp_path))
    assert "SNMP-FRAMEWORK-MIB" in said
