"""It needs no root and no capability: with all that packaging/hvnet-subagent.service takes away, as
far as that can be had without systemd (confined.py), it serves the same."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import daemons
import mib
import pytest
import tools
from counters_test import exchange, must_agree, router  # noqa: F401  (the fixture)
from polling import SLOW, eventually

HERE = Path(__file__).resolve().parent
UNIT = HERE.parents[1] / "packaging" / "hvnet-subagent.service"
HVNET = 61234  # stands for the package's group
NOGROUP = 65534

pytestmark = pytest.mark.skipif(
    not daemons.can_change_user(), reason="there is only one user here to be: run it as root"
)


def confine(product, group=HVNET):
    """The sanitizers' own needs (ptrace, executable memory) are not the product's."""
    product.user = "root"  # confined.py becomes nobody by itself
    product.command = [
        sys.executable, "-I", str(HERE / "confined.py"), str(UNIT), str(group),
        str(product.state), *product.command,
    ]  # fmt: skip
    product.environment["ASAN_OPTIONS"] = "detect_leaks=0:abort_on_error=0"
    return product


def confined(lab, code):
    """What Python code prints there."""
    command = [sys.executable, "-I", HERE / "confined.py", UNIT, str(HVNET), lab.folder / "state",
               "/usr/bin/python3", "-I", "-c", code]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()


ATTEMPTS = """
import ctypes, mmap, socket
def tried(what):
    try:
        what()
        return "done"
    except OSError as error:
        return error.strerror
libc = ctypes.CDLL(None, use_errno=True)
print(tried(lambda: open("{state}/file", "w")))
print(tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)))
print(tried(lambda: open("/run/file", "w")), "|", tried(lambda: open("/var/tmp/file", "w")))
print(tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)))
print(tried(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)))
print(libc.unshare(0x10000000), ctypes.get_errno())
"""


def test_the_confinement_is_one(lab):
    """Or the other tests here would prove nothing."""
    state = lab.folder / "state"
    state.mkdir()
    daemons.give_away(state)
    assert confined(lab, ATTEMPTS.format(state=state)).splitlines() == [
        "done", "done", "Read-only file system | Read-only file system",
        "Operation not permitted", "Operation not permitted", "-1 1",
    ]  # fmt: skip


def snmpd_for_the_group(lab):
    """With the line of packaging/snmpd.conf."""
    snmpd = lab.keep(daemons.Snmpd(lab.new_folder("snmpd")))
    snmpd.user = "root"
    conf = snmpd.configuration
    conf.write_text(conf.read_text().replace("0777 0777", f"0660 0755 root {HVNET}"))
    return snmpd.start()


def privileges(product):
    """What the kernel says of the process: capability sets, users, filters."""
    status = Path(f"/proc/{product.process.pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_all_counters_are_right_without_any_privilege(router, mode):  # noqa: F811
    snmpd = snmpd_for_the_group(router) if mode == "agentx" else None
    product = confine(router.prepare(snmpd=snmpd)).start()
    has = privileges(product)
    assert {has[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert has["Uid"].split() == [str(daemons.NOBODY)] * 4
    assert (has["NoNewPrivs"], has["Seccomp"]) == ("1", "2")
    exchange(router, received=(3000, 700), sent=(1700, 1200))
    must_agree(router, product, "lan0", "lan1")
    assert product.map_file.exists()
    # `ethtool -S` of a veth; then: links and queues are all read, too, or it would say so.
    assert tools.snmpbulkwalk(product.port, mib.HVNET_DRIVER_STAT_ENTRY)
    assert [line for line in product.log_lines if "error:" in line] == []


def test_a_link_that_goes_is_seen_without_any_privilege(router):  # noqa: F811
    product = confine(router.prepare()).start()
    number = product.numbers()["lan0"]
    router.carrier("lan0", "down")
    eventually(lambda: product.column("ifOperStatus")[number] == 2)


def test_whoever_is_not_in_the_group_is_told_so(router):  # noqa: F811
    product = confine(router.prepare(snmpd=snmpd_for_the_group(router)), group=NOGROUP)
    product.spawn()
    line = product.await_line("no master agent at")
    assert "Permission denied (is this user in the group of the socket? see agentXPerms)" in line


def test_whoever_may_not_look_into_the_folder_of_the_socket_is_told_that(router):  # noqa: F811
    """As the first start of Debian's snmpd leaves it, whatever agentXPerms says later."""
    snmpd = snmpd_for_the_group(router)
    folder = snmpd.folder / "agentx"
    folder.chmod(0o700)
    product = confine(router.prepare(snmpd=snmpd))
    product.spawn()
    line = product.await_line("no master agent at")
    assert f"Permission denied (the folder {folder} is closed to this user" in line


def test_a_configuration_that_it_may_not_read_is_not_taken_for_an_empty_one(lab):
    product = lab.prepare("exclude *\n")
    product.configuration.chmod(0o600)
    assert product.run() == 1
    assert f"configuration {product.configuration}: Permission denied" in product.log


class Manager:
    """What systemd would hear."""

    def __init__(self, folder):
        self.path = Path(folder) / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.path.chmod(0o777)
        self.socket.settimeout(10 * SLOW)

    def environment(self, watchdog_s):
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}

    def hears(self):
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def hears_in_the_end(self, name):
        """The next that it hears of this."""
        while name not in (heard := self.hears()):
            pass
        return heard[name]


@pytest.fixture
def manager(lab):
    one = Manager(lab.new_folder("manager"))
    os.chmod(one.path.parent, 0o755)
    yield one
    one.socket.close()


def test_the_service_manager_hears_when_it_is_ready_and_that_it_lives(router, manager):  # noqa: F811
    snmpd = router.snmpd()
    product = confine(router.prepare(snmpd=snmpd), group=NOGROUP)
    product.environment |= manager.environment(watchdog_s=0.4)
    product.start()
    heard = manager.hears()
    rows = len(router.found_links) + 2
    assert heard["READY"] == "1"
    assert heard["STATUS"] == f"{rows} interfaces, source linux ok, joined {snmpd.agentx}"
    for _ in range(5):
        assert manager.hears() == {"WATCHDOG": "1"}
    snmpd.process.send_signal(signal.SIGSTOP)
    for _ in range(10):  # a master that hangs does not hold us up
        assert manager.hears() == {"WATCHDOG": "1"}
    snmpd.process.send_signal(signal.SIGCONT)
    product.process.send_signal(signal.SIGHUP)
    assert manager.hears_in_the_end("RELOADING") == "1"
    assert manager.hears_in_the_end("READY") == "1"
    product.await_line("configuration reloaded")
    snmpd.stop()
    assert manager.hears_in_the_end("STATUS").endswith(f"no master agent at {snmpd.agentx}")
    snmpd.start()
    assert manager.hears_in_the_end("STATUS").endswith(f"joined {snmpd.agentx}")
    product.tell_to_end()
    assert manager.hears_in_the_end("STOPPING") == "1"


def test_a_process_that_does_nothing_does_not_feed_the_watchdog(router, manager):  # noqa: F811
    product = confine(router.prepare(), group=NOGROUP)
    product.environment |= manager.environment(watchdog_s=0.4)
    product.start()
    assert manager.hears_in_the_end("WATCHDOG") == "1"
    product.process.send_signal(signal.SIGSTOP)
    manager.socket.settimeout(2)
    with pytest.raises(TimeoutError):
        while True:
            manager.hears()
    product.process.send_signal(signal.SIGCONT)
    assert manager.hears_in_the_end("WATCHDOG") == "1"
