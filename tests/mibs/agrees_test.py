"""The agreement test: what the code serves has the numbers and syntaxes of the modules' text."""

import os
import subprocess
from pathlib import Path

import hvnet_objects as expected
import pytest
import smi
from module_text import ModuleText

BUILD = Path(os.environ.get("HVNET_BUILD", smi.ROOT / "build" / "dev"))
MIB_ROOT = os.environ.get("HVNET_MIB_ROOT", smi.DEFAULT_ROOT)
MIB_NAMES = BUILD / "tools" / "mib-names" / "mib-names"
STANDARD = {"IF-MIB": ("1.3.6.1.2.1.2", "1.3.6.1.2.1.31"),
            "EtherLike-MIB": ("1.3.6.1.2.1.10.7",),
            "MAU-MIB": ("1.3.6.1.2.1.26",)}


@pytest.fixture
def served(tmp_path):
    """What the code serves of a module, as text in a folder of its own."""

    def write(module):
        text = subprocess.run([MIB_NAMES, module], capture_output=True, text=True, check=True)
        (tmp_path / f"{module}.txt").write_text(text.stdout)
        return {"folders": (tmp_path,), "modules": (module,)}

    return write


def objects(tree):
    """Without the branches, which have other names in a module of names only."""
    return {oid: node for oid, node in tree.items() if node.syntax}


def objects_below(roots, **how):
    return {f"{root}.{oid}": node for root in roots
            for oid, node in objects(smi.tree(root, **how)).items()}


def same_syntax(code, standard):
    if code.values:
        return code.values.items() <= standard.values.items()
    names = {"EnumVal": "Integer32", "BitString": "String", "NetAddr": "String"}
    return code.syntax == names.get(standard.syntax, standard.syntax)


def test_hvnet_mib_is_served_as_its_text_says(served):
    # Both folders may have a module of the standard's: the last one's text counts.
    text = objects(smi.tree(MIB_ROOT, folders=(BUILD / "mibs", smi.BASE), modules=("HVNET-MIB",)))
    code = objects(smi.tree(MIB_ROOT, **served("HVNET-MIB")))
    assert code == text


def test_the_names_work_without_any_other_module(served):
    """As in scripts/run, on a machine without the IETF's modules."""
    name = "HVNET-MIB::hvnetInDrops"
    said = smi.snmptranslate("-On", name, **served("HVNET-MIB")).strip()
    assert said == f".{MIB_ROOT}.1.3.1.8"
    assert smi.snmptranslate(f"{said}.2", **served("HVNET-MIB")).strip() == f"{name}.2"


def test_standard_objects_are_served_as_their_modules_say(served):
    for module, roots in STANDARD.items():
        standard = objects_below(roots, folders=(smi.BASE,), modules=(module,))
        code = objects_below(roots, **served(module))
        assert code, module
        for oid, node in code.items():
            assert node.name == standard[oid].name, oid
            assert same_syntax(node, standard[oid]), (node, standard[oid])


@pytest.mark.parametrize("module", ("HVNET-MIB", "IF-MIB"))
def test_a_notification_carries_what_its_text_says_in_that_order(module):
    folder = smi.OURS if module == "HVNET-MIB" else smi.BASE
    text = ModuleText((folder / f"{module}.txt").read_text()).notifications
    said = subprocess.run([MIB_NAMES, module], capture_output=True, text=True, check=True)
    code = ModuleText(said.stdout).notifications
    assert {name: one.objects for name, one in code.items()} == {
        name: one.objects for name, one in text.items()}
    numbers = f".{MIB_ROOT}.0." if module == "HVNET-MIB" else ".1.3.6.1.6.3.1.1.5."
    for name, one in code.items():
        number = one.place.split()[-1]
        assert text[name].place.split()[-1] == number
        assert "." + ".".join(["1", *one.place.split()[1:]]) == f"{numbers}{number}", name


def test_the_expected_objects_know_every_object_served(served):
    code = objects(smi.tree(MIB_ROOT, **served("HVNET-MIB")))
    assert {oid: node.name for oid, node in code.items()}.items() <= {
        oid: name for oid, (name, _) in expected.OBJECTS.items()}.items()
