"""The root test: HVNET-MIB moves to another root whole, and is still a good module there."""

import os
import subprocess
from pathlib import Path

import smi

CMAKE = os.environ.get("HVNET_CMAKE", "cmake")
BUILD = Path(os.environ.get("HVNET_BUILD", smi.ROOT / "build" / "dev"))
OTHER_ROOT = "1.3.6.1.4.1.99999.7"


def write_mib(root, file):
    return subprocess.run([CMAKE, "-D", f"ROOT={root}", "-D", f"TO={file}", "-P",
                           smi.ROOT / "cmake" / "hvnet_mib.cmake"],
                          capture_output=True, text=True, timeout=60)


def written_at(root, tmp_path):
    file = tmp_path / "HVNET-MIB.txt"
    done = write_mib(root, file)
    assert done.returncode == 0, done.stderr
    return file


def test_at_the_default_root_the_text_is_the_committed_one(tmp_path):
    file = written_at(smi.DEFAULT_ROOT, tmp_path)
    assert file.read_text() == (smi.OURS / "HVNET-MIB.txt").read_text()


def test_at_another_root_the_module_is_clean(tmp_path):
    assert smi.lint(written_at(OTHER_ROOT, tmp_path), smi.BASE) == []


def test_at_another_root_every_number_below_it_is_the_same(tmp_path):
    written_at(OTHER_ROOT, tmp_path)
    capabilities = smi.OURS / "HVNET-AGENT-CAPABILITIES.txt"
    (tmp_path / capabilities.name).write_text(capabilities.read_text())
    moved = smi.tree(OTHER_ROOT, folders=(smi.BASE, tmp_path))
    assert len(moved) > 90
    assert moved == smi.tree(smi.DEFAULT_ROOT)


def test_the_capabilities_are_clean_beside_a_moved_module(tmp_path):
    written_at(OTHER_ROOT, tmp_path)
    assert smi.lint(smi.OURS / "HVNET-AGENT-CAPABILITIES.txt", smi.BASE, tmp_path) == []


def test_a_root_that_is_no_oid_is_refused(tmp_path):
    for root in ("", "1.3.6.1.4.1.", "enterprises 7", "1.3.06", "2.16.840"):
        done = write_mib(root, tmp_path / "HVNET-MIB.txt")
        assert done.returncode != 0 and "HVNET_MIB_ROOT" in done.stderr, root
    assert list(tmp_path.iterdir()) == []


def test_both_modules_are_installed_where_net_snmp_looks(tmp_path):
    done = subprocess.run([CMAKE, "--install", BUILD, "--component", "mibs", "--prefix", tmp_path],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    installed = sorted((tmp_path / "share" / "snmp" / "mibs").iterdir())
    assert [file.stem for file in installed] == sorted(smi.MODULES)
    text = (BUILD / "mibs" / "HVNET-MIB.txt").read_text()
    assert installed[-1].read_text() == text
