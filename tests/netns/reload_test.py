"""SIGHUP reads the configuration again: the good one is in force at once, a bad one changes
nothing, and what is served goes on without a break."""

import os
import re
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path

import mib
import pytest
import wire
from endurance_test import open_files
from lab import adapter, run
from mib import instance
from polling import SLOW, eventually_equal
from trap_receiver import TrapReceiver

ACCESS = "rocommunity public 127.0.0.1\n"
MODES = ("agentx", "standalone")
DONE = r"configuration reloaded: .*agent\.conf"


@pytest.fixture
def router(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    lab.plug(adapter("lan1", number=2, relid=11))
    lab.cable("docker7")
    return lab


def started(router, mode, conf=ACCESS):
    return router.product(conf, snmpd=router.snmpd() if mode == "agentx" else None)


def hang_up(product, conf):
    product.configuration.write_text(conf)
    product.process.send_signal(signal.SIGHUP)


def reload(product, conf):
    """Until it is done; what it said meanwhile."""
    before = len(product.log_lines)
    hang_up(product, conf)
    said = product.wait_until(lambda: next(
        (product.log_lines[before:] for line in product.log_lines[before:]
         if "configuration " in line and "reloaded" in line), None), what="reads its configuration")  # fmt: skip
    return said


@pytest.mark.parametrize("mode", MODES)
def test_a_new_configuration_is_in_force_at_once_and_nothing_else_has_changed(router, mode):
    product = started(router, mode)
    numbers = product.numbers()
    pid, client = product.process.pid, product.client()
    uptime = client.value(mib.SYS_UP_TIME)
    said = reload(product, ACCESS + "exclude docker*\ndropAlarm rising 77\n")
    assert len(said) == 1 and re.search(DONE, said[0]), said
    without = {name: index for name, index in numbers.items() if name != "docker7"}
    eventually_equal(product.numbers, without, within=2)
    assert client.value(instance("hvnetAlarmRising", 1)) == 77
    assert client.value(mib.SYS_UP_TIME) > uptime
    assert product.process.pid == pid and product.running

    reload(product, ACCESS)
    eventually_equal(product.numbers, numbers, within=2)
    assert client.value(instance("hvnetAlarmRising", 1)) == 50


@pytest.mark.parametrize("mode", MODES)
def test_a_bad_configuration_is_named_by_file_and_line_and_changes_nothing(router, mode):
    product = started(router, mode, ACCESS + "dropAlarm rising 77\n")
    numbers = product.numbers()
    said = reload(product, "rocommunity other\nexclude docker*\nmedia of-its-own\n")
    assert re.search(r"agent\.conf:3: media: 'of-its-own' is neither", said[0]), said
    assert re.search(r"not reloaded: it has errors; the old one stays active", said[1]), said
    assert product.numbers() == numbers
    assert product.ask(instance("hvnetAlarmRising", 1)) == 77
    assert len(said) == 2

    hang_up(product, ACCESS + "dropAlarm rising 78\n")
    product.await_line(DONE)
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 1)), 78, within=2)


def state_of(process):
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def hold_while_it_is_checked(product, conf):
    """Another process checks the file. Until it has read it, and nobody knows yet."""
    pid = product.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for _ in range(20):  # it may have been too quick
        hang_up(product, conf)
        deadline = time.monotonic() + SLOW
        while not children.read_text() and time.monotonic() < deadline:
            pass
        product.process.send_signal(signal.SIGSTOP)
        eventually_equal(lambda: state_of(pid), "T", within=2)
        if child := children.read_text().strip():
            eventually_equal(lambda: state_of(child), "Z", within=5)
            return
        product.process.send_signal(signal.SIGCONT)
    raise AssertionError("no process that checks the file was seen")


def test_a_file_that_is_broken_after_it_was_checked_changes_nothing(router):
    conf = ACCESS + "dropAlarm rising 77\n"
    product = started(router, "standalone", conf)
    hold_while_it_is_checked(product, conf)
    product.configuration.write_text(ACCESS + "dropAlarm rising 78\nmedia of-its-own\n")
    product.process.send_signal(signal.SIGCONT)
    product.await_line("not reloaded: it was changed while it was read, and has errors now; the old")
    assert product.ask(instance("hvnetAlarmRising", 1)) == 77
    assert "media: 'of-its-own' is neither" in "\n".join(product.log_lines)


def test_a_configuration_that_is_gone_changes_nothing(router):
    product = started(router, "standalone")
    product.configuration.unlink()
    product.process.send_signal(signal.SIGHUP)
    product.await_line("agent.conf: No such file or directory")
    product.await_line("the old one stays active")
    assert len(product.numbers()) == 4


def test_who_may_ask_is_as_the_new_configuration_says(router):
    product = started(router, "standalone")
    must_serve_only(product, "public", "other")
    reload(product, "rocommunity other 127.0.0.1\n")
    must_serve_only(product, "other", "public")
    reload(product, "# nobody is named\n")
    must_serve_only(product, "public", "other")


def must_serve_only(product, served, refused):
    client = wire.Client(product.port, refused, timeout_s=0.3)
    product.must_not_answer(client, mib.IF_NUMBER, community=served)


def test_who_is_told_is_as_the_new_configuration_says(router):
    receivers = [router.keep(TrapReceiver(router.new_folder("snmptrapd"))).start() for _ in "12"]
    sinks = [f"trap2sink udp:127.0.0.1:{receiver.port} public\n" for receiver in receivers]
    product = started(router, "standalone", ACCESS + sinks[0])
    router.carrier("lan0", "down")
    receivers[0].await_trap(("linkDown", 1))
    reload(product, ACCESS + sinks[1])
    router.carrier("lan1", "down")
    receivers[1].await_trap(("linkDown", 2))
    assert [trap.about for trap in receivers[0].heard] == [("linkDown", 1)]


@pytest.mark.parametrize("mode", MODES)
def test_what_would_move_a_number_waits_for_a_restart_and_is_named(router, mode):
    product = started(router, mode)
    numbers = product.numbers()
    said = reload(product, ACCESS + "ifIndex 9 name lan0\nindexOrder kernel\nadapterDriver veth\n")
    waiting = [re.sub(r"^.*warning: ", "", line) for line in said[:-1]]
    assert waiting == [f"{name} has changed; restart to apply it"
                       for name in ("adapterDriver", "ifIndex", "indexOrder")]  # fmt: skip
    assert product.numbers() == numbers


@pytest.mark.parametrize("mode", MODES)
def test_reading_it_again_and_again_leaves_nothing_behind(router, mode):
    product = started(router, mode)
    reload(product, ACCESS)
    files, tasks = open_files(product), len(os.listdir(f"/proc/{product.process.pid}/task"))
    for number in range(20):
        reload(product, ACCESS + f"dropAlarm rising {100 + number}\n")
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 2)), 119, within=2)
    assert open_files(product) == files
    assert len(os.listdir(f"/proc/{product.process.pid}/task")) == tasks
    children = Path(f"/proc/{product.process.pid}/task/{product.process.pid}/children")
    assert children.read_text() == ""


@pytest.fixture
def silent_name_server(router):
    """Of every name it is asked for it says nothing."""
    resolver = router.folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\n")
    resolver.chmod(0o644)
    run("mount", "--bind", str(resolver), os.path.realpath("/etc/resolv.conf"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        yield server
    run("umount", os.path.realpath("/etc/resolv.conf"))


@pytest.mark.parametrize("line", ("rocommunity other router.example", "trap2sink sink.example"))
@pytest.mark.parametrize("mode", MODES)
def test_a_name_server_that_is_silent_holds_up_nobody(router, silent_name_server, mode, line):
    product = started(router, mode)
    client, slowest_s = product.client(), 0.0
    hang_up(product, ACCESS + line + "\n")
    deadline = time.monotonic() + 20 * SLOW
    while "not reloaded" not in product.log:
        assert time.monotonic() < deadline, product.log
        before = time.monotonic()
        assert client.value(mib.IF_NUMBER) == 4
        slowest_s = max(slowest_s, time.monotonic() - before)
        time.sleep(0.02)
    assert slowest_s < 1 * SLOW
    refusals = [line for line in product.log_lines if "not reloaded" in line]
    assert len(refusals) == 1 and "could not be checked within 5 s" in refusals[0], refusals
    assert silent_name_server.recv(512), "nobody asked it"
    said = reload(product, ACCESS + "dropAlarm rising 78\n")
    assert re.search(DONE, said[-1]), said
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 1)), 78, within=2)


def test_two_hangups_in_a_row_end_with_what_the_file_says_last(router):
    product = started(router, "standalone")
    for number in range(100, 110):
        hang_up(product, ACCESS + f"dropAlarm rising {number}\n")
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 1)), 109, within=5)


def without_agentx_option(router, conf):
    """The master's address is what the file says."""
    product = router.prepare(conf, snmpd=router.snmpd())
    at = product.command.index("--agentx")
    del product.command[at : at + 2]
    return product


def test_another_master_takes_a_restart_and_the_joined_one_stays(router):
    product = without_agentx_option(router, "")
    here = f"agentXSocket {product.snmpd.agentx}\n"
    product.configuration.write_text(here)
    product.start()
    numbers = product.numbers()
    for conf in ("agentXSocket unix:/run/another/master\n", ""):
        said = reload(product, conf + "dropAlarm rising 79\n")
        assert "warning: agentXSocket has changed; restart to apply it" in said[0], said
        assert len(said) == 2 and product.numbers() == numbers
    said = reload(product, here)
    assert len(said) == 1 and re.search(DONE, said[0]), said
    product.snmpd.stop()
    product.snmpd.start()
    product.wait_until(product.serves, within=5)


def test_a_master_given_as_an_option_does_not_mind_the_file(router):
    product = started(router, "agentx")
    said = reload(product, ACCESS + "agentXSocket unix:/run/another/master\n")
    assert len(said) == 1 and re.search(DONE, said[0]), said


UNIT = Path(__file__).resolve().parents[2] / "packaging" / "hvnet-subagent.service"


def reload_as_the_unit_does(product):
    """ExecReload= as systemd runs it: line by line, and the first that fails is the last. Returns
    its exit status."""
    for line in re.findall(r"^ExecReload=(.+)$", UNIT.read_text(), re.MULTILINE):
        words = [word.replace("$MAINPID", str(product.process.pid)) for word in shlex.split(line)]
        if words[0].endswith("/hvnet-subagent"):
            words = [str(product.command[0]), *words[1:], "-c", str(product.configuration)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            return done.returncode
    return 0


def test_systemctl_reload_fails_on_a_bad_file_and_tells_the_daemon_nothing(router):
    product = started(router, "standalone")
    product.configuration.write_text(ACCESS + "media of-its-own\n")
    before = product.log
    assert reload_as_the_unit_does(product) != 0
    product.configuration.write_text(ACCESS + "dropAlarm rising 80\n")
    assert product.log == before
    assert reload_as_the_unit_does(product) == 0
    product.await_line(DONE)
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 1)), 80, within=2)
