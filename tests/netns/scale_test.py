"""A thousand interfaces, at rest and while links come and go."""

import os
import re
import subprocess
import threading
from pathlib import Path

import mib
import pytest
import tools
from polling import eventually_equal

PAIRS = 500
MODES = ("agentx", "standalone")


def many(lab, pairs=PAIRS):
    """Twice `pairs` interfaces: both ends stay on the router."""
    lab.router.batch(
        f"link add a{n} address 02:00:00:00:{n // 256:02x}:{n % 256:02x} type veth "
        f"peer name b{n} address 02:00:00:01:{n // 256:02x}:{n % 256:02x}"
        for n in range(pairs)
    )
    lab.router.batch(f"link set {end}{n} up" for n in range(pairs) for end in "ab")


def both_tables(port, walk, *options):
    return walk(port, mib.IF_TABLE, *options) + walk(port, mib.IF_X_TABLE, *options)


def rows_by_column(varbinds):
    found = {}
    for varbind in varbinds:
        found.setdefault(varbind.oid[:-1], []).append(varbind.oid[-1])
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_full_walk_of_a_thousand_interfaces_is_complete_and_in_order(lab, mode):
    many(lab)
    product = lab.product(snmpd=lab.snmpd() if mode == "agentx" else None)
    expected = set(lab.router.links())
    assert len(expected) >= 2 * PAIRS
    for walk in (tools.snmpwalk, tools.snmpbulkwalk):
        found = both_tables(product.port, walk)
        assert tools.in_order_and_once(found)
        names = mib.rows(found, "ifName")
        assert {name.decode() for name in names.values()} == expected
        assert all(rows == list(names) for rows in rows_by_column(found).values())
    assert product.ask(mib.IF_NUMBER) == len(expected)


def test_adapters_beyond_255_take_numbers_from_256_up(lab):
    many(lab, pairs=150)
    product = lab.product("adapterDriver veth\n", sysfs=False)
    numbers = product.numbers()
    by_mac = [f"a{n}" for n in range(150)] + [f"b{n}" for n in range(150)]
    assert [numbers[name] for name in by_mac[:255]] == list(range(1, 256))
    assert all(numbers[name] >= 256 for name in by_mac[255:])
    assert set(numbers) == set(lab.router.links())


class Churn:
    """Links that come and go in another thread for as long as the block lasts."""

    def __init__(self, lab):
        self.lab, self.rounds, self.error = lab, 0, None
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.go)

    def go(self):
        try:
            while not self.done.is_set():
                self.lab.router.batch(f"link add x{n} type veth peer name y{n}" for n in range(5))
                self.lab.router.batch(f"link set x{n} up" for n in range(5))
                self.lab.router.batch(f"link del x{n}" for n in range(5))
                self.rounds += 1
        except (AssertionError, subprocess.SubprocessError) as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_served_twice_or_missed_while_links_come_and_go(lab, mode):
    many(lab)
    product = lab.product(snmpd=lab.snmpd() if mode == "agentx" else None)
    stable = {name: index for name, index in product.numbers().items()}
    with Churn(lab) as churn:
        for _ in range(10):
            found = both_tables(product.port, tools.snmpbulkwalk, "-Cr25")
            assert tools.in_order_and_once(found)
            names = mib.rows(found, "ifName")
            assert {name: names[index].decode() for name, index in stable.items()} == {
                name: name for name in stable
            }
            for column, rows in rows_by_column(found).items():
                missing = set(stable.values()) - set(rows)
                assert not missing, f"{mib.NAMES[column]}: {sorted(missing)}"
    assert churn.error is None and churn.rounds >= 1
    # When it is quiet again exactly the stable ones are left, with their numbers.
    eventually_equal(product.numbers, stable, within=2)


def test_a_thousand_links_that_appear_at_once_all_get_a_row(lab):
    """More link events at once than the event socket may hold (ENOBUFS): a fresh dump follows."""
    product = lab.product()
    many(lab)
    expected = set(lab.router.links())
    eventually_equal(lambda: set(product.numbers()), expected, within=3)
    numbers = product.numbers()
    assert len(set(numbers.values())) == len(expected)
    assert product.ask(mib.IF_NUMBER) == len(expected)


# What a service manager lets the product have.
UNIT = Path(__file__).resolve().parents[2] / "packaging/hvnet-subagent.service"


def most_memory_kb(product):
    """The most that it has had at once."""
    status = Path(f"/proc/{product.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


@pytest.mark.parametrize("mode", MODES)
def test_ten_thousand_interfaces_in_bursts_of_200_fit_the_units_limit(lab, mode):
    """With HVNET_LONG=1 all of them; else as many as show what each costs."""
    pairs = 5_000 if os.environ.get("HVNET_LONG") == "1" else 1_000
    limit_kb = int(re.search(r"MemoryMax=(\d+)M", UNIT.read_text())[1]) * 1024
    product = lab.product(snmpd=lab.snmpd() if mode == "agentx" else None)
    few_kb, few = most_memory_kb(product), product.ask(mib.IF_NUMBER)
    for burst in range(0, pairs, 100):
        lab.router.batch(
            f"link add a{n} type veth peer name b{n}" for n in range(burst, burst + 100)
        )
    eventually_equal(lambda: product.ask(mib.IF_NUMBER), few + 2 * pairs, within=60)
    found = tools.snmpbulkwalk(product.port, mib.IF_TABLE)
    assert len(mib.rows(found, "ifDescr")) == few + 2 * pairs
    each_kb = (most_memory_kb(product) - few_kb) / (2 * pairs)
    print(f"{mode}: {few_kb} kB, and {each_kb:.1f} kB for each of {2 * pairs} interfaces")
    assert few_kb + 10_000 * each_kb < limit_kb
