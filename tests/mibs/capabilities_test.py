"""The capabilities test: the statement is of this release, and true of what is served, object by
object, as mib-names prints it from the code."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import smi
from module_text import ModuleText

BUILD = Path(os.environ.get("HVNET_BUILD", smi.ROOT / "build" / "dev"))
MIB_NAMES = BUILD / "tools" / "mib-names" / "mib-names"
TEXT = ModuleText((smi.OURS / "HVNET-AGENT-CAPABILITIES.txt").read_text())
SUPPORTS = TEXT.supports
MODULES = tuple(SUPPORTS)
# What README and docs/object-support.md call read-write.
SETTABLE = {"ifAlias", "ifLinkUpDownTrapEnable",
            "hvnetAlarmRising", "hvnetAlarmFalling", "hvnetAlarmRatio"}


def text_of(module):
    folder = smi.OURS if module == "HVNET-MIB" else smi.BASE
    return ModuleText((folder / f"{module}.txt").read_text())


def code_of(module):
    said = subprocess.run([MIB_NAMES, module], capture_output=True, text=True, check=True)
    return ModuleText(said.stdout)


def members(module):
    """Every object and notification of the groups that the statement includes."""
    groups = text_of(module).groups
    return {name for group in SUPPORTS[module].groups for name in groups[group]}


def with_instances(module):
    """The objects that have one somewhere."""
    return {name for name, one in code_of(module).objects.items()
            if one.access != "not-accessible" and not one.description.startswith("Never")}


def test_the_statement_is_of_this_release():
    release = re.search(r'PRODUCT-RELEASE "(\d+)"', TEXT.text)[1]
    assert TEXT.strings[int(release)] == f"hvnet-subagent {os.environ['HVNET_VERSION']}"


def test_every_module_served_has_its_statement():
    said = subprocess.run([MIB_NAMES], capture_output=True, text=True).stderr
    assert sorted(MODULES) == sorted(said.partition("one of:")[2].split())


@pytest.mark.parametrize("module", MODULES)
def test_every_variation_is_of_an_object_in_a_group_that_is_included(module):
    assert SUPPORTS[module].variations.keys() <= members(module)


@pytest.mark.parametrize("module", MODULES)
def test_what_is_served_stands_in_a_group_that_is_included(module):
    assert with_instances(module) - members(module) == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_group_that_is_included_has_something_that_is_served(module):
    groups, live = text_of(module).groups, set(code_of(module).notifications)
    live |= with_instances(module)
    for group in SUPPORTS[module].groups:
        assert set(groups[group]) & live, group


@pytest.mark.parametrize("module", MODULES)
def test_what_never_has_an_instance_is_said_to_be_not_implemented(module):
    text, live = text_of(module), with_instances(module)
    variations = SUPPORTS[module].variations
    for name in members(module) & text.objects.keys():
        said = name in variations and variations[name].access == "not-implemented"
        assert said == (name not in live), name


@pytest.mark.parametrize("module", MODULES)
def test_the_access_that_is_said_is_the_one_that_is_served(module):
    standard, code = text_of(module).objects, code_of(module).objects
    for name in members(module) & with_instances(module):
        variation = SUPPORTS[module].variations.get(name)
        said = (variation and variation.access) or standard[name].access
        assert said.replace("read-create", "read-write") == code[name].access, name
        assert (code[name].access == "read-write") == (name in SETTABLE), name


@pytest.mark.parametrize("module", MODULES)
def test_the_notifications_of_its_groups_are_those_that_are_sent(module):
    text = text_of(module)
    assert members(module) & text.notifications.keys() == code_of(module).notifications.keys()


def test_an_enumeration_is_narrowed_only_as_agreed():
    narrowed = {name: one.syntax for support in SUPPORTS.values()
                for name, one in support.variations.items() if one.syntax}
    assert narrowed == {"ifAdminStatus": "INTEGER { up(1), down(2) }"}
