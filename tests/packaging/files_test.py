"""The files that the package installs, without installing anything."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
BINARY = os.environ["HVNET_BINARY"]
UNIT = (PACKAGING / "hvnet-subagent.service").read_text()
CONFIGURATION = (PACKAGING / "hvnet-subagent.conf").read_text()


def run(*command):
    environment = os.environ | {"SYSTEMD_PAGER": "", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path):
    """The unit, starting the program from where it was built."""
    def written(text=UNIT):
        file = tmp_path / "hvnet-subagent.service"
        file.write_text(text.replace("/usr/sbin/hvnet-subagent", BINARY))
        return file

    return written


def test_systemd_has_nothing_to_say_of_the_unit(unit):
    assert run("systemd-analyze", "verify", "--man=no", unit()) == (0, "")


def test_systemd_would_say_what_it_does_not_understand(unit):
    code, said = run("systemd-analyze", "verify", "--man=no", unit(UNIT + "WantedBuy=nobody\n"))
    assert "WantedBuy" in said


def exposure(file):
    _, said = run("systemd-analyze", "security", "--offline=true", "--no-pager", file)
    return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])


def test_the_unit_leaves_little_exposed(unit):
    """Of 10; systemd 252 says 1.6, and 9.6 of a unit that takes nothing away."""
    assert exposure(unit()) <= 2.0
    assert exposure(unit("[Service]\nExecStart=/usr/sbin/hvnet-subagent\n")) > 9


# What systemd can take away and the product keeps, and why.
NEEDED = {
    "PrivateNetwork": "it publishes the machine's own interfaces",
    "RestrictAddressFamilies_AF_NETLINK": "links and counters",
    "RestrictAddressFamilies_AF_UNIX": "snmpd and the journal",
    "RestrictAddressFamilies_AF_INET_INET6": "ethtool's requests, and standalone",
    "IPAddressDeny": "standalone may listen on any address",
    "ProcSubset": "the boot ID",
    "SystemCallFilter_resources": "a part of what every service may do",
    "PrivateUsers": "the group of snmpd's socket",
    "UMask": "its group may read what it saves",
    # ProtectSystem and PrivateDevices do nearly the same.
    "RootDirectoryOrRootImage": "", "PrivateMounts": "", "DeviceAllow": "",
}  # fmt: skip


def test_the_unit_keeps_nothing_that_the_product_does_not_need(unit):
    command = ("systemd-analyze", "security", "--offline=true", "--no-pager", "--json=short")
    settings = json.loads(run(*command, unit())[1])
    kept = {one["json_field"] for one in settings if one.get("set") is False}
    assert len(settings) > 60 and kept - set(NEEDED) == set()


def says(name):
    """The value that systemd takes, of a setting that is there once; no text if it is not there."""
    values = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    assert len(values) <= 1, values
    return "".join(values)


def test_active_means_that_it_serves():
    """systemd waits for READY=1 of the process itself, longer than the first map may (30 s)."""
    assert says("Type") in ("notify", "notify-reload")
    assert says("NotifyAccess") in ("main", "all")
    assert int(says("TimeoutStartSec")) >= 2 * 30


def test_a_process_that_crashes_or_hangs_is_started_again_within_a_minute():
    assert says("Restart") in ("on-failure", "always")
    assert int(says("WatchdogSec")) > 0, "0 is never"
    assert int(says("WatchdogSec")) + int(says("RestartSec")) < 60


def test_a_mistake_in_a_file_ends_in_failed_and_not_in_starts_without_end():
    attempts, interval_s = int(says("StartLimitBurst")), int(says("StartLimitIntervalSec"))
    one_attempt_s = int(says("RestartSec")) + 1
    assert 3 <= attempts and attempts * one_attempt_s < interval_s


def test_what_it_keeps_is_for_nobody_else():
    """Neither its files nor a passphrase that was in memory when it crashed."""
    assert int(says("UMask"), 8) & 0o007 == 0o007
    assert int(says("StateDirectoryMode"), 8) & 0o007 == 0
    assert says("LimitCORE") == "0"


def test_a_system_call_that_is_refused_is_an_error_and_not_the_end():
    assert says("SystemCallErrorNumber") in ("EPERM", "EACCES")


def test_the_example_configuration_changes_nothing():
    assert [line for line in CONFIGURATION.splitlines() if line and line[0] != "#"] == []


def examples():
    """The lines that are directives in a comment: no blank behind the hash."""
    return [line[1:] for line in CONFIGURATION.splitlines() if re.match(r"#\w", line)]


def test_the_example_configuration_has_every_directive():
    _, said = run(BINARY, "--help")
    listed = said.split("Configuration")[1].split("Environment")[0]
    directives = re.findall(r"^  (\w+) ", listed, re.MULTILINE)
    assert len(directives) >= 8
    assert set(directives) <= {line.split()[0] for line in examples()}


def test_every_example_line_is_a_good_one(tmp_path):
    file = tmp_path / "all.conf"
    file.write_text("\n".join(examples()) + "\n")
    code, said = run(BINARY, "--check", "-c", file, "--state", tmp_path / "state")
    assert code == 0, said


SIMULATOR = os.environ["HVNET_SIM"]
SETUP = PACKAGING / "hvnet-setup-snmpd"


@pytest.mark.parametrize("program", (BINARY, SIMULATOR, SETUP), ids=lambda one: Path(one).name)
def test_the_shell_completes_the_options_that_there_are(program):
    _, said = run(program, "--help")
    options = set(re.findall(r"(?<=[\s,])--[a-z-]+", said)) | {"--help"}
    script = (f"source {PACKAGING}/completion.bash; COMP_WORDS=({Path(program).name} --); "
              "COMP_CWORD=1; _hvnet; printf '%s\\n' ${COMPREPLY[@]}")  # fmt: skip
    code, completed = run("bash", "-c", script)
    assert code == 0 and set(completed.split()) == options
