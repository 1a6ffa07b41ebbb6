"""The real product on the reports of the real hvnet-sim: what a scenario does is what SNMP says."""

import functools
import signal
import time

import pytest
from mib import DOWN, UP, instance
from polling import SLOW, eventually
from simulator import SIM, Simulator, simulated_router

COUNTERS = ("ifHCInOctets", "ifHCOutOctets", "ifHCInUcastPkts", "ifHCOutUcastPkts", "ifInDiscards")


@pytest.fixture
def simulate(lab):
    """simulate(scenario) → the simulator, and the product that reads its report."""
    return functools.partial(simulated_router, lab)


def named(product, column):
    """{ifName: value} of one column."""
    values = product.column(column)
    return {name: values[index] for index, name in product.names().items() if index in values}


def test_in_drops_over_snmp_rise_at_the_simulated_rate(simulate):
    _, product = simulate("at 2 spike lan1 InDrops 500 for 2")
    oid = instance("ifInDiscards", product.numbers()["lan1"])
    assert product.ask(oid) == 0
    seen = [0]

    def risen():
        seen.append(product.ask(oid))
        return seen[-1] >= 1000

    eventually(risen, within=10)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3, "it rose step by step"
    time.sleep(0.5)
    assert named(product, "ifInDiscards") == {"lan0": 0, "lan1": 1000, "lan2": 0}


def test_a_steady_rate_is_what_a_poller_measures(simulate):
    _, product = simulate("at 0 rate lan2 InOctets 12500000", "--interval", "50")
    oid = instance("ifHCInOctets", product.numbers()["lan2"])
    before, start = product.ask(oid), time.monotonic()
    time.sleep(4 * SLOW)
    octets, passed_s = product.ask(oid) - before, time.monotonic() - start
    assert octets / passed_s == pytest.approx(12_500_000, rel=0.1)


def test_an_unassigned_network_takes_down_that_adapter_only(simulate):
    _, product = simulate("at 2 unassign lan0\nat 4 assign lan0")
    assert named(product, "ifOperStatus") == {"lan0": UP, "lan1": UP, "lan2": UP}
    lan0_down = {"lan0": DOWN, "lan1": UP, "lan2": UP}
    eventually(lambda: named(product, "ifOperStatus") == lan0_down, within=5)
    assert set(named(product, "ifAdminStatus").values()) == {UP}
    eventually(lambda: named(product, "ifOperStatus")["lan0"] == UP, within=5)


def test_a_reset_never_lets_a_counter_go_down(simulate):
    simulator, product = simulate("at 3 reset lan1\nat 4 reset lan1\nat 5 reset lan0")
    columns = {name: named(product, name) for name in COUNTERS}
    before = columns["ifHCInOctets"]["lan1"]
    deadline = time.monotonic() + 30 * SLOW
    finished = None
    while finished is None or time.monotonic() < finished + 1:
        assert time.monotonic() < deadline
        for name in COUNTERS:
            now = named(product, name)
            assert all(now[adapter] >= columns[name][adapter] for adapter in now), (name, now)
            columns[name] = now
        if finished is None and "reset lan0" in (simulator.folder / "stdout").read_text():
            finished = time.monotonic()
    assert columns["ifHCInOctets"]["lan1"] > before
    assert columns["ifHCInOctets"]["lan1"] > simulator.value("lan1", "InOctets")


def test_a_32_bit_wrap_adds_on(simulate):
    simulator, product = simulate(
        "adapter lan3 width 32 InOctets 4294960000\n"
        "at 0 rate lan3 InOctets 0\nat 2 rate lan3 InOctets 4000\n"
    )
    oid = instance("ifHCInOctets", product.numbers()["lan3"])
    assert product.ask(oid) == 4294960000
    eventually(lambda: simulator.value("lan3", "InOctets") < 4294960000, within=10)
    eventually(lambda: product.ask(oid) >= 2**32, within=3)
    low = simulator.value("lan3", "InOctets")
    eventually(lambda: product.ask(oid) >= 2**32 + low, within=3)
    assert product.ask(oid) < 2**32 + 4000 * 60 * SLOW


def test_a_torn_report_keeps_the_last_good_values(simulate):
    simulator, product = simulate("at 2 torn\nat 2 pause 600")
    simulator.told("torn")
    eventually(lambda: not simulator.report.read_text().endswith("end\n"), within=2)
    product.await_line(r"hvnet\.report:\d+: ", within=5)
    before = {name: named(product, name) for name in COUNTERS}
    assert before["ifHCInOctets"].keys() == {"lan0", "lan1", "lan2"}
    assert all(value > 0 for value in before["ifHCInOctets"].values())
    time.sleep(1)
    assert {name: named(product, name) for name in COUNTERS} == before
    assert set(named(product, "ifOperStatus").values()) == {UP}


def test_adapters_come_and_go_and_return_with_their_numbers(simulate):
    _, product = simulate("at 2 add lan9\nat 4 remove lan2\nat 6 add lan2")
    first = product.numbers()
    assert first == {"lan0": 1, "lan1": 2, "lan2": 3}
    eventually(lambda: product.numbers() == first | {"lan9": 4}, within=5)
    without = {name: index for name, index in first.items() if name != "lan2"} | {"lan9": 4}
    eventually(lambda: product.numbers() == without, within=5)
    eventually(lambda: product.numbers() == first | {"lan9": 4}, within=5)


def test_it_ends_when_it_is_told_to_and_leaves_a_whole_report(lab):
    for number in (signal.SIGINT, signal.SIGTERM):
        simulator = lab.keep(Simulator(SIM, lab.new_folder("sim"), "", ["--interval", "1"]))
        simulator.user = "root"
        simulator.start()
        assert simulator.signal_and_wait(number, 5) == 0, simulator.log
        assert simulator.report.read_text().endswith("\nend\n")
        assert not list(simulator.folder.glob("*.new"))


def test_a_bad_scenario_is_named_by_file_and_line(lab):
    simulator = lab.keep(Simulator(SIM, lab.new_folder("sim"), "# one\nat 5 explode lan0\n"))
    simulator.user = "root"
    assert simulator.run() == 1
    assert "test.scenario:2: \"explode\" is not an event" in simulator.log
    assert not simulator.report.exists()
