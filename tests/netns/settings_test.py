"""Speed, duplex and the number of queues change without an event of the kernel, and are published
all the same, at most 10 s later."""

import json
import signal

import mib
import pytest
from lab import run
from polling import SLOW, eventually_equal

LATEST_S = 10 * SLOW
HALF, FULL = 2, 3  # dot3StatsDuplexStatus


@pytest.fixture
def tap(lab):
    """A tap has the speed that somebody gives it."""
    lab.router.ip("tuntap", "add", "tap7", "mode", "tap")
    lab.router.ip("link", "set", "tap7", "up")
    return lab


def facts_of(product, name):
    index = product.numbers()[name]
    return (
        product.ask(mib.instance("ifHighSpeed", index)),
        product.ask(mib.instance("dot3StatsDuplexStatus", index)),
    )


def facts_shown(lab, state, name, conf=""):
    product = lab.prepare(conf, state=state, sysfs=False, options=["--show", "--json"])
    assert product.run() == 0, product.log
    rows = json.loads(product.output)["interfaces"]
    return next(row for row in rows if row["ifName"] == name)


def test_a_speed_that_is_set_without_an_event_is_published_within_10_s(tap):
    state = tap.folder / "state"
    product = tap.product(sysfs=False, state=state)
    assert facts_of(product, "tap7")[0] == 10_000
    run("ethtool", "-s", "tap7", "speed", "2500", "duplex", "full")
    eventually_equal(lambda: facts_of(product, "tap7")[0], 2500, within=LATEST_S)
    assert facts_shown(tap, state, "tap7")["ifHighSpeed"] == 2500
    product.process.send_signal(signal.SIGHUP)
    product.await_line("reloaded")
    assert facts_of(product, "tap7")[0] == 2500


def test_the_duplex_of_an_interface_is_published_within_10_s(tap):
    product = tap.product(sysfs=False)
    assert facts_of(product, "tap7")[1] == FULL
    run("ethtool", "-s", "tap7", "speed", "10", "duplex", "half")
    eventually_equal(lambda: facts_of(product, "tap7")[1], HALF, within=LATEST_S)


def test_a_bridge_has_the_speed_of_a_new_port_at_once(lab):
    lab.cable("port0")
    lab.router.ip("link", "add", "br7", "type", "bridge")
    lab.router.ip("link", "set", "br7", "up")
    product = lab.product(sysfs=False)
    assert facts_of(product, "br7")[0] == 0
    lab.router.ip("link", "set", "port0", "master", "br7")
    eventually_equal(lambda: facts_of(product, "br7")[0], 10_000, within=2 * SLOW)


def test_the_number_of_queues_is_published_within_10_s(lab):
    state = lab.folder / "state"
    lab.router.ip(
        "link", "add", "lan7", "numrxqueues", "4", "numtxqueues", "4", "type", "veth",
        "peer", "name", "far7", "numrxqueues", "4", "numtxqueues", "4",
    )  # fmt: skip
    for name in ("lan7", "far7"):
        run("ethtool", "-L", name, "rx", "1", "tx", "1")
        lab.router.ip("link", "set", name, "up")
    conf = "adapterDriver veth\nexclude far7\n"
    product = lab.product(conf, sysfs=False, state=state)
    queues = lambda: product.ask(mib.instance("hvnetAdapterQueues", product.numbers()["lan7"]))
    assert queues() == 1
    run("ethtool", "-L", "lan7", "rx", "3", "tx", "3")
    eventually_equal(queues, 3, within=LATEST_S)
    assert facts_shown(lab, state, "lan7", conf)["facts"]["queues"] == 3
