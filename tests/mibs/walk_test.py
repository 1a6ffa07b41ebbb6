"""The walk test: snmpwalk asks the agent by our names, and prints them, as the README shows."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import smi

BUILD = Path(os.environ.get("HVNET_BUILD", smi.ROOT / "build" / "dev"))
START_SECONDS = 20


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_serves(process, log):
    deadline = time.monotonic() + START_SECONDS
    while " serving " not in log.read_text():
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


@pytest.fixture
def agent(tmp_path):
    """hvnet-subagent on loopback, alone, with this machine's interfaces."""
    address = f"127.0.0.1:{free_udp_port()}"
    configuration = tmp_path / "hvnet-subagent.conf"
    configuration.write_text("rocommunity public 127.0.0.1\n")
    log = tmp_path / "log"
    command = [BUILD / "subagent" / "hvnet-subagent", "-c", configuration, "--state",
               tmp_path / "state", "--standalone", f"udp:{address}"]
    environment = os.environ | {"MIBS": "", "SNMPCONFPATH": str(tmp_path),
                                "SNMP_PERSISTENT_DIR": str(tmp_path / "persistent")}
    with log.open("w") as stderr:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=stderr, stderr=stderr)
    try:
        wait_until_it_serves(process, log)
        yield address
        assert process.poll() is None, f"it ended by itself:\n{log.read_text()}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=START_SECONDS) == 0, log.read_text()
    finally:
        process.kill()  # nothing when it has ended
        process.wait()


def snmpwalk(agent, name, *options):
    """Folders in the README's order: where both have a module, the last one's text counts."""
    said = smi.tool("snmpwalk", *options, "-v2c", "-c", "public", agent, name,
                    folders=(BUILD / "mibs", smi.BASE), modules=("HVNET-MIB",))
    return dict(line.split(" = ", 1) for line in said.splitlines())


def test_the_agent_tells_of_itself_by_name(agent):
    said = snmpwalk(agent, "HVNET-MIB::hvnetAgent")
    assert said["HVNET-MIB::hvnetAgentSource.0"] == "STRING: linux"
    assert said["HVNET-MIB::hvnetAgentSourceState.0"] == "INTEGER: ok(1)"
    assert said["HVNET-MIB::hvnetAgentSampleInterval.0"] == "Gauge32: 1000 milliseconds"
    assert said["HVNET-MIB::hvnetAgentIndexOrder.0"] == "INTEGER: hypervisor(1)"


def test_standard_names_come_from_the_base_modules(agent):
    said = snmpwalk(agent, "IF-MIB::ifOperStatus")
    assert said and all(value.startswith("INTEGER: ") and "(" in value for value in said.values())
    types = snmpwalk(agent, "IF-MIB::ifType").values()
    assert "INTEGER: softwareLoopback(24)" in types


def test_every_object_of_ours_has_a_name(agent):
    for name in snmpwalk(agent, "HVNET-MIB::hvnetMIB"):
        assert name.startswith("HVNET-MIB::hvnet"), name


def test_sys_or_table_lists_the_module_by_its_name(agent):
    modules = snmpwalk(agent, "SNMPv2-MIB::sysORID").values()
    assert "OID: HVNET-MIB::hvnetMIB" in modules
