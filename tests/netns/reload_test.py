"""SIGHUP reads the configuration again: the good one is in force at once, a bad one changes
nothing, and what is served goes on without a break."""

import os
import re
import signal
from pathlib import Path

import mib
import pytest
import wire
from endurance_test import open_files
from lab import adapter
from mib import instance
from polling import eventually_equal
from trap_receiver import TrapReceiver

ACCESS = "rocommunity public 127.0.0.1\n"
MODES = ("agentx", "standalone")
DONE = r"the configuration is read again: .*agent\.conf"


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
         if "the configuration is " in line), None), what="reads its configuration")  # fmt: skip
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
    assert re.search(r"not read again: it is bad; the one in force stays", said[1]), said
    assert product.numbers() == numbers
    assert product.ask(instance("hvnetAlarmRising", 1)) == 77
    assert len(said) == 2

    hang_up(product, ACCESS + "dropAlarm rising 78\n")
    product.await_line(DONE)
    eventually_equal(lambda: product.ask(instance("hvnetAlarmRising", 1)), 78, within=2)


def test_a_configuration_that_is_gone_changes_nothing(router):
    product = started(router, "standalone")
    product.configuration.unlink()
    product.process.send_signal(signal.SIGHUP)
    product.await_line("agent.conf: No such file or directory")
    product.await_line("the one in force stays")
    assert len(product.numbers()) == 4


def test_who_may_ask_is_as_the_new_configuration_says(router):
    product = started(router, "standalone")
    assert asked_as(product, "public") and not asked_as(product, "other")
    reload(product, "rocommunity other 127.0.0.1\n")
    assert asked_as(product, "other") and not asked_as(product, "public")
    reload(product, "# nobody is named\n")
    assert asked_as(product, "public") and not asked_as(product, "other")


def asked_as(product, community):
    client = wire.Client(product.port, community, timeout_s=0.3)
    try:
        return client.answers(mib.IF_NUMBER)
    finally:
        client.close()


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
    assert waiting == [f"{name} has changed, which takes a restart"
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
