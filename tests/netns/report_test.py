"""Adapters and counters out of a report instead of the kernel (docs/hvnet-report.md)."""

import contextlib
import re
import threading
import time

import mib
import pytest
import wire
from mib import instance
from polling import eventually, eventually_equal

COUNTERS = (
    "Ipkts", "Ierrs", "Opkts", "Oerrs", "InOctets", "OutOctets", "InDrops", "OutDiscards",
)  # fmt: skip
COLUMN_OF = {
    "Ipkts": "ifHCInUcastPkts", "Ierrs": "ifInErrors", "Opkts": "ifHCOutUcastPkts",
    "Oerrs": "ifOutErrors", "InOctets": "ifHCInOctets", "OutOctets": "ifHCOutOctets",
    "InDrops": "ifInDiscards", "OutDiscards": "ifOutDiscards",
}  # fmt: skip
UNKNOWN = 4  # RFC 2863, ifOperStatus
STALE_S, FAILED_S = 5, 30


class Producer:
    """The driver's side: writes whole reports by rename."""

    def __init__(self, folder):
        folder.mkdir()
        self.file = folder / "hvnet.report"

    @property
    def options(self):
        return ["--source", f"report:{self.file}"]

    def write(self, *lines):
        fresh = self.file.with_suffix(".new")
        fresh.write_text("\n".join(("hvnet-report 1", *lines, "end")) + "\n")
        fresh.rename(self.file)

    def count(self, number, adapters=("lan0", "lan1"), network="assigned"):
        """A report in which every counter of every adapter is this number."""
        pairs = " ".join(f"{name} {number}" for name in COUNTERS)
        lines = []
        for name in adapters:
            relid = 10 + int(name[3:])
            mac = f"00:15:5d:00:00:{relid}"
            lines.append(f"adapter {name} relid {relid} mac {mac} network {network}")
            lines.append(f"stats {name} {pairs}")
        self.write(*lines)

    @contextlib.contextmanager
    def counting(self, first, each_s):
        """Counts up by one in a report every `each_s` seconds, for as long as the block runs."""
        done = threading.Event()

        def work():
            number = first
            while not done.wait(each_s):
                number += 1
                self.count(number)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@pytest.fixture
def producer(lab):
    return Producer(lab.folder / "in")


def product_of(lab, producer, conf="", **more):
    return lab.product(conf, sysfs=False, options=producer.options, **more)


def counters(product, index):
    """{report's name of a counter: its value over SNMP}, in one answer."""
    client = product.client()
    answer = client.get(*(instance(COLUMN_OF[name], index) for name in COUNTERS))
    client.close()
    return {name: varbind.value for name, varbind in zip(COUNTERS, answer)}


def row(product, index, *columns):
    client = product.client()
    answer = client.get(*(instance(column, index) for column in columns))
    client.close()
    return tuple(varbind.value for varbind in answer)


def all_equal(number):
    return dict.fromkeys(COUNTERS, number)


def test_every_object_is_as_the_report_says(lab, producer):
    wanted = {name: 2**33 + n for n, name in enumerate(COUNTERS)}
    producer.write(
        "adapter lan1 relid 12 mac 00:15:5d:00:00:02 network unassigned mtu 1400 alias to%20core",
        "stats lan1 Ipkts 5 InDrops 3",
        "adapter lan0 relid 11 mac 00:15:5d:00:00:01 network assigned",
        "stats lan0 " + " ".join(f"{name} {number}" for name, number in wanted.items()),
        "adapter lan2 relid 13 network assigned admin down",
    )
    product = product_of(lab, producer)
    assert product.names() == {1: "lan0", 2: "lan1", 3: "lan2"}  # and not this machine's lo
    narrow = ("Ierrs", "Oerrs", "InDrops", "OutDiscards")  # Counter32
    expected = {n: v % 2**32 if n in narrow else v for n, v in wanted.items()}
    assert counters(product, 1) == expected
    assert counters(product, 2) == dict.fromkeys(COUNTERS) | {"Ipkts": 5, "InDrops": 3}
    what = ("ifDescr", "ifMtu", "ifPhysAddress", "ifAdminStatus", "ifOperStatus", "ifAlias")
    assert row(product, 1, *what) == (
        b"Hyper-V hvnet adapter lan0", 1500, bytes.fromhex("00155d000001"), mib.UP, mib.UP, b"",
    )  # fmt: skip
    assert row(product, 2, *what) == (
        b"Hyper-V hvnet adapter lan1", 1400, bytes.fromhex("00155d000002"), mib.UP, mib.DOWN,
        b"to core",
    )  # fmt: skip
    assert row(product, 3, "ifAdminStatus", "ifOperStatus", "ifHighSpeed") == (2, mib.DOWN, 1000)


def test_adapters_come_and_go_with_the_report_and_keep_their_numbers(lab, producer):
    producer.count(1, ["lan0", "lan1"])
    product = product_of(lab, producer)
    producer.count(2, ["lan1"])
    eventually_equal(product.names, {2: "lan1"}, within=0.5)
    producer.count(3, ["lan0", "lan1", "lan2"])
    eventually_equal(product.names, {1: "lan0", 2: "lan1", 3: "lan2"}, within=0.5)
    assert product.ask(mib.IF_NUMBER) == 3
    producer.count(4, ["lan0", "lan1", "lan2"], network="unassigned")
    eventually_equal(lambda: row(product, 1, "ifOperStatus"), (mib.DOWN,), within=0.5)


def test_no_row_is_ever_torn_while_a_producer_replaces_the_report_100_times_a_second(lab, producer):
    producer.count(1)
    product = product_of(lab, producer)
    client = product.client()
    oids = [instance(column, index) for index in (1, 2) for column in COLUMN_OF.values()]
    seen = [1]
    with producer.counting(1, each_s=0.01):
        end = time.monotonic() + 3
        while time.monotonic() < end:
            values = {varbind.value for varbind in client.get(*oids)}
            assert len(values) == 1, f"one answer out of two reports: {values}"
            assert values.pop() >= seen[-1] or pytest.fail("a counter decreased")
            seen.append(client.value(oids[0]))
            check_walk(client, seen[-1])
    client.close()
    # It really followed the producer: about 300 reports, of which a sample takes the newest.
    assert len(set(seen)) > 20 and seen[-1] > 100, (len(set(seen)), seen[-1])


def check_walk(client, at_least):
    """Each column of a walk may be of another report, but none is older than what was seen."""
    columns = [mib.COLUMNS[column] for column in COLUMN_OF.values()]
    for column, varbinds in wire.walk_in_bulk(client, columns, max_repetitions=1).items():
        assert [varbind.oid[-1] for varbind in varbinds] == [1, 2], mib.NAMES[column]
        assert all(varbind.value >= at_least for varbind in varbinds), mib.NAMES[column]


def test_a_refused_report_is_named_once_and_the_last_good_one_stands(lab, producer):
    producer.count(41)
    product = product_of(lab, producer)
    producer.write("adapter lan0 relid 10", "stats lan0 Ipkts 42 Ierrs many")
    line = product.await_line(re.escape(f'{producer.file}:3: "many" is not a number of 64 bits'))
    assert row(product, 1, "ifOperStatus") == (mib.UP,)
    for _ in range(3):  # said once, not at every sample
        assert counters(product, 1) == all_equal(41)
        time.sleep(0.3)
    assert [one for one in product.log_lines if ":3: " in one] == [line]
    assert product.names() == {1: "lan0", 2: "lan1"}
    producer.count(43)
    eventually_equal(lambda: counters(product, 1), all_equal(43), within=0.5)


def test_a_torn_report_is_refused_and_the_last_good_one_stands(lab, producer):
    producer.count(41)
    product = product_of(lab, producer)
    text = producer.file.read_text().replace("41", "42")
    for length in (0, len(text) // 2, len(text) - 2):
        producer.file.write_text(text[:length])  # in place, as nobody should
        assert counters(product, 1) == all_equal(41), length
    eventually(lambda: "incomplete" in product.log, within=2)
    producer.file.write_text(text)
    eventually_equal(lambda: counters(product, 1), all_equal(42), within=0.5)


def test_a_report_of_random_octets_harms_nobody(lab, producer):
    producer.count(41)
    product = product_of(lab, producer)
    producer.file.write_bytes(bytes(range(256)) * 400)
    product.await_line(re.escape(f"{producer.file}:1: "))
    assert counters(product, 2) == all_equal(41)


def test_it_starts_before_there_is_a_report(lab, producer):
    product = lab.prepare(sysfs=False, options=producer.options)
    product.spawn()
    product.await_line(re.escape(f"{producer.file}: no such file"))
    product.wait_until(lambda: product.ask_once(mib.IF_NUMBER))
    assert product.ask(mib.IF_NUMBER) == 0
    producer.count(1)
    eventually_equal(product.names, {1: "lan0", 2: "lan1"}, within=0.5)


def test_when_the_producer_is_gone_the_links_are_unknown_and_the_counters_stand(lab, producer):
    """Takes 35 s: the limits themselves, 5 s to stale and 30 s to failed."""
    producer.count(41)
    product = product_of(lab, producer)
    started = time.monotonic()
    product.await_line(re.escape(f"{producer.file}: no new report for 5 s"), within=STALE_S + 3)
    assert time.monotonic() - started > STALE_S - 1.5  # read just before it served
    assert row(product, 1, "ifOperStatus") == (mib.UP,)  # stale: as it was last
    assert counters(product, 1) == all_equal(41)

    def unknown():
        return row(product, 1, "ifOperStatus") == row(product, 2, "ifOperStatus") == (UNKNOWN,)

    eventually(unknown, within=FAILED_S + 5, every=0.2)
    assert time.monotonic() - started > FAILED_S - 1.5
    assert counters(product, 1) == counters(product, 2) == all_equal(41)
    assert product.names() == {1: "lan0", 2: "lan1"}
    assert product.log.count("no new report") == 1, product.log

    producer.count(45)
    eventually_equal(lambda: row(product, 1, "ifOperStatus"), (mib.UP,), within=1)
    assert counters(product, 1) == all_equal(45)


def test_counters_go_on_over_resets_and_over_a_restart(lab, producer):
    state = lab.folder / "state"
    producer.count(1000)
    product = product_of(lab, producer, state=state)
    producer.count(5)  # the driver was reset
    eventually_equal(lambda: counters(product, 1), all_equal(1005), within=0.5)
    product.stop()
    producer.count(15)
    product = product_of(lab, producer, state=state)
    assert counters(product, 1) == all_equal(1015)
    # And these totals are this report's alone.
    assert f"report:{producer.file}" in (state / "counters.saved").read_text()


def discontinuity(product):
    return row(product, 1, "ifCounterDiscontinuityTime")[0]


def test_a_total_of_which_one_part_started_again_adds_nothing_that_was_not_there(lab, producer):
    """An MTU change of an adapter with a VF (facts.md §8): most of the sum stays."""

    def write(octets):
        producer.write("adapter lan0", f"stats lan0 InOctets {octets}")

    write(50_020_000_000)
    product = product_of(lab, producer)
    assert discontinuity(product) == 0
    write(50_000_001_000)
    eventually(lambda: discontinuity(product) > 0, within=2)
    assert row(product, 1, "ifHCInOctets") == (50_020_000_000,)
    write(50_000_003_000)
    eventually_equal(lambda: row(product, 1, "ifHCInOctets"), (50_020_002_000,), within=0.5)


def test_zeros_while_a_link_is_down_are_no_reset(lab, producer):
    producer.count(1000)
    product = product_of(lab, producer)
    producer.count(0)
    time.sleep(0.5)
    assert counters(product, 1) == all_equal(1000)
    producer.count(1000)
    time.sleep(0.5)
    assert counters(product, 1) == all_equal(1000)
    assert discontinuity(product) == 0
    producer.count(0)
    time.sleep(0.5)
    producer.count(7)  # this time the driver was reset
    eventually_equal(lambda: counters(product, 1), all_equal(1007), within=0.5)


def test_an_adapter_that_leaves_the_report_and_returns_continues(lab, producer):
    producer.count(1000)
    product = product_of(lab, producer)
    producer.count(1000, adapters=("lan1",))
    eventually(lambda: product.names() == {2: "lan1"}, within=1)
    producer.count(5)
    eventually(lambda: product.names() == {1: "lan0", 2: "lan1"}, within=1)
    eventually_equal(lambda: counters(product, 1), all_equal(1005), within=0.5)
    assert discontinuity(product) > 0


def test_a_32_bit_producer_that_wraps_is_carried_on(lab, producer):
    def write(octets):
        producer.write("adapter lan0 width 32", f"stats lan0 InOctets {octets}")

    write(2**32 - 10)
    product = product_of(lab, producer)
    write(30)
    eventually_equal(lambda: row(product, 1, "ifHCInOctets"), (2**32 + 30,), within=0.5)


def test_a_boot_log_adds_places_and_names(lab, producer):
    log = lab.folder / "dmesg"
    log.write_text(
        "hvnet0 at hv0 relid 9 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
        "hvnet0: Ethernet address 00:15:5d:01:02:03 rename hvnet0 to lan1\n"
        "hvnet1 at hv0 relid 3 instance 6f1d9b1c-0102-0304-0506-0708090a0b0d\n"
        "hvnet1: Ethernet address 00:15:5d:01:02:04 rename hvnet1 to lan0\n"
    )
    producer.write("adapter hvnet0 network assigned", "adapter hvnet1 network assigned")
    product = product_of(lab, producer, f"bootLog {log}\n")
    assert product.names() == {1: "lan0", 2: "lan1"}  # in the order of the relids
    assert row(product, 2, "ifPhysAddress") == (bytes.fromhex("00155d010203"),)


def test_a_boot_log_that_cannot_be_read_stops_the_start_and_names_the_line(lab, producer):
    log = lab.folder / "dmesg"
    log.write_text("hv0 at mainbus0\nhvnet0 at hv0 relid nine instance x\n")
    product = lab.prepare(
        f"rocommunity public 127.0.0.1\nbootLog {log}\n", sysfs=False, options=producer.options
    )
    assert product.run() > 0
    (line,) = product.log_lines
    assert f'{log}:2: "nine" is not a relid' in line


def test_check_refuses_a_bad_report_and_counts_the_adapters_of_a_good_one(lab, producer):
    producer.write("adapter lan0 mtu 9")
    bad = lab.prepare(sysfs=False, options=[*producer.options, "--check"])
    assert bad.run() > 0
    assert f'{producer.file}:2: "9" is not an MTU' in bad.log
    producer.count(1)
    good = lab.prepare(sysfs=False, options=[*producer.options, "--check"])
    assert good.run() == 0, good.log
    assert "2 adapters" in good.output
