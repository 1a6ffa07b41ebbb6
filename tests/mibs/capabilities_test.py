"""The capabilities test: the statement is of this release, and true of what is served."""

import os
import re

import smi

TEXT = (smi.OURS / "HVNET-AGENT-CAPABILITIES.txt").read_text()


def supported():
    """{module: (groups, {object: access})} of the statement; no access said is None."""
    found = {}
    for part in TEXT.split("    SUPPORTS ")[1:]:
        module, _, rest = part.partition("\n")
        groups = re.search(r"INCLUDES\s+\{([^}]*)\}", rest)[1].replace(",", " ").split()
        variations = re.findall(r"VARIATION +(\S+)\n(?: +SYNTAX [^\n]*\n)?(?: +ACCESS +(\S+)\n)?",
                                rest)
        found[module] = groups, {name: access or None for name, access in variations}
    return found


def text_of(module):
    return ((smi.OURS if module == "HVNET-MIB" else smi.BASE) / f"{module}.txt").read_text()


def members_of(module, groups):
    text = text_of(module)
    found = set()
    for group in groups:
        listed = re.search(rf"\b{group}\s+(?:OBJECT-GROUP\s+OBJECTS|NOTIFICATION-GROUP\s+"
                           rf"NOTIFICATIONS)\s*\{{([^}}]*)\}}", text)[1]
        found |= set(listed.replace(",", " ").split())
    return found


def test_the_statement_is_of_this_release():
    release = re.search(r'PRODUCT-RELEASE "(.*)"', TEXT)[1]
    assert release == f"hvnet-subagent {os.environ['HVNET_VERSION']}"


def test_every_variation_is_of_an_object_in_a_group_that_is_included():
    for module, (groups, variations) in supported().items():
        if variations:
            assert variations.keys() <= members_of(module, groups), module


# What README and docs/object-support.md call read-write.
SETTABLE = {"ifAlias", "ifLinkUpDownTrapEnable",
            "hvnetAlarmRising", "hvnetAlarmFalling", "hvnetAlarmRatio"}


def test_nothing_but_what_can_be_set_is_said_to_be_writable():
    for module, (groups, variations) in supported().items():
        writable = re.findall(r"^(\w+)\s+OBJECT-TYPE\s[^:]*?MAX-ACCESS\s+read-(?:write|create)",
                              text_of(module), re.MULTILINE)
        for name in members_of(module, groups) & set(writable):
            refused = variations.get(name) in ("read-only", "not-implemented")
            assert refused != (name in SETTABLE), name
