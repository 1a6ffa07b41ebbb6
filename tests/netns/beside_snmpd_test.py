"""Beside a stock snmpd that has an IF-MIB of its own, and alone: the same rows, whatever the way
of asking (design.md §7 and §8, facts.md §5)."""

import contextlib
import os
import signal

import mib
import pytest
import tools
import wire
from lab import adapter
from mib import IF_ENTRY, IF_X_ENTRY, instance
from polling import eventually, eventually_equal

LAN0 = adapter("lan0", number=1, relid=30)
LAN1 = adapter("lan1", number=2, relid=20)
LAN2 = adapter("lan2", number=3, relid=10)
OURS = {1: "lan2", 2: "lan1", 3: "lan0"}
POLLED = ("ifDescr", "ifPhysAddress", "ifOperStatus", "ifSpecific", "ifName", "ifAlias")
MODES = ("agentx", "standalone")


@pytest.fixture
def router(lab):
    """Kernel indexes 11, 12 and 13: none of them is ours, so a stock row would show."""
    for one in (LAN0, LAN1, LAN2):
        lab.plug(one)
    lab.router.ip("link", "set", "lan1", "alias", "uplink to the core, room 2, rack 17, port 33")
    return lab


def served(router, mode):
    return router.product(snmpd=router.snmpd() if mode == "agentx" else None)


def expected_names(router):
    others = sorted(router.found_links, key=lambda n: router.router.links()[n]["ifindex"])
    return OURS | dict(enumerate(others, start=256))


def whole_walk(product):
    return product.walk(mib.INTERFACES) + product.walk(mib.IF_MIB_OBJECTS)


def static(varbinds):
    return [vb for vb in varbinds if mib.is_static(vb.oid)]


def instances(varbinds):
    """Only columns of the two tables."""
    return [vb for vb in varbinds if mib.column_of(vb.oid)]


def in_batches(items, size):
    return (items[at : at + size] for at in range(0, len(items), size))


@pytest.mark.parametrize("mode", MODES)
def test_a_walk_shows_our_rows_only_and_each_object_once_in_order(router, mode):
    product = served(router, mode)
    for subtree in (mib.INTERFACES, mib.IF_TABLE, mib.IF_X_TABLE):
        walk = product.walk(subtree)
        assert walk and tools.in_order_and_once(walk)
    rows = expected_names(router)
    walk = instances(whole_walk(product))
    assert {vb.oid[-1] for vb in walk} == set(rows)
    for column in ("ifIndex", "ifDescr", "ifHCInOctets", "ifName", "ifAlias"):
        assert list(mib.rows(walk, column)) == sorted(rows), column
    assert product.names() == rows
    assert product.ask(mib.IF_NUMBER) == len(rows)


@pytest.mark.parametrize("mode", MODES)
def test_every_value_has_the_syntax_that_if_mib_gives_its_column(router, mode):
    for varbind in instances(whole_walk(served(router, mode))):
        assert varbind.kind == mib.SYNTAX[varbind.oid[:-1]], varbind


def test_the_stock_rows_are_back_after_a_sigterm(router):
    snmpd = router.snmpd()
    kernel = {link["ifindex"]: name for name, link in router.router.links().items()}
    assert names_at(snmpd) == kernel
    product = router.product(snmpd=snmpd)
    assert names_at(snmpd) == expected_names(router)
    product.stop()
    # The stock tables are cached for a few seconds.
    eventually_equal(lambda: names_at(snmpd), kernel, within=10)
    assert tools.in_order_and_once(tools.snmpwalk(snmpd.port, mib.IF_MIB_OBJECTS))


def names_at(snmpd):
    """{ifIndex: ifName}; of rows that are in ifTable only, the name is None."""
    rows = mib.rows(tools.snmpwalk(snmpd.port, mib.IF_TABLE), "ifIndex")
    names = mib.rows(tools.snmpwalk(snmpd.port, mib.IF_X_TABLE), "ifName")
    return dict.fromkeys(rows) | {index: name.decode() for index, name in names.items()}


@pytest.mark.parametrize("mode", MODES)
def test_get_gives_what_the_walk_gave(router, mode):
    product = served(router, mode)
    client = product.client()
    walk = static(whole_walk(product))
    for batch in in_batches(walk, 50):
        assert client.get(*(vb.oid for vb in batch)) == batch
    for varbind in walk:
        assert client.get(varbind.oid) == [varbind]


@pytest.mark.parametrize("mode", MODES)
def test_getnext_of_any_oid_gives_the_next_one_of_the_walk(router, mode):
    """Also from OIDs that do not exist: holes, absent rows, half and overlong indexes."""
    product = served(router, mode)
    client = product.client()
    for subtree in (mib.IF_TABLE, mib.IF_X_TABLE):
        walk = product.walk(subtree)
        for batch in in_batches(probes(walk), 40):
            answer = client.get_next(*batch)
            assert len(answer) == len(batch)
            for probe, got in zip(batch, answer):
                wanted = next((vb for vb in walk if vb.oid > probe), None)
                if wanted is None:
                    assert got.oid[: len(subtree)] != subtree, mib.to_text(probe)
                else:
                    assert got.oid == wanted.oid, mib.to_text(probe)
                    assert not mib.is_static(got.oid) or got == wanted


def probes(walk):
    entry = walk[0].oid[:-2]
    columns = [entry + (number,) for number in range(0, 25)]
    tails = ((), (0,), (2,), (3, 0), (100,), (255,), (256, 1), (2**31,), (2**32 - 1,))
    made_up = [column + tail for column in columns for tail in tails]
    beyond = [vb.oid + (0,) for vb in walk]
    return [entry[:-1], entry, *made_up, *(vb.oid for vb in walk), *beyond]


@pytest.mark.parametrize("max_repetitions", (1, 7, 50, 200))
@pytest.mark.parametrize("mode", MODES)
def test_getbulk_of_several_columns_gives_the_rows_of_the_walk(router, mode, max_repetitions):
    product = served(router, mode)
    walk = whole_walk(product)
    columns = [mib.COLUMNS[name] for name in POLLED]
    scalars = (mib.SYS_UP_TIME, mib.IF_NUMBER)
    for non_repeaters in ((), scalars):
        found = wire.walk_in_bulk(product.client(), columns, max_repetitions, non_repeaters)
        for column in columns:
            assert found[column] == [vb for vb in walk if vb.oid[:-1] == column]


@pytest.mark.parametrize("mode", MODES)
def test_getbulk_of_every_column_gives_the_rows_of_the_walk_holes_included(router, mode):
    product = served(router, mode)
    walk = whole_walk(product)
    found = wire.walk_in_bulk(product.client(), list(mib.NAMES), 7)
    for column, varbinds in found.items():
        expected = [vb for vb in walk if vb.oid[:-1] == column]
        assert [vb.oid for vb in varbinds] == [vb.oid for vb in expected], mib.NAMES[column]
        if mib.is_static(column):
            assert varbinds == expected


@pytest.mark.parametrize("mode", MODES)
def test_snmpbulkwalk_agrees_with_snmpwalk(router, mode):
    product = served(router, mode)
    expected = static(whole_walk(product))
    for size in (1, 10, 100):
        got = [
            varbind
            for subtree in (mib.INTERFACES, mib.IF_MIB_OBJECTS)
            for varbind in tools.snmpbulkwalk(product.port, subtree, f"-Cr{size}")
        ]
        assert static(got) == expected


@pytest.mark.parametrize("mode", MODES)
def test_an_absent_row_and_a_hole_are_no_such_instance(router, mode):
    product = served(router, mode)
    absent = (
        instance("ifDescr", 99),
        instance("ifName", 2**31),
        instance("ifInOctets", 0),
        instance("ifInBroadcastPkts", 1),  # the driver does not tell broadcasts apart
        instance("ifHCInBroadcastPkts", 1),
        instance("ifDescr", 1) + (0,),
        mib.COLUMNS["ifDescr"],
    )
    # RFC 3416 §4.2.1: there are variables with this prefix, but not this one.
    assert [vb.kind for vb in product.client().get(*absent)] == ["noSuchInstance"] * len(absent)


@pytest.mark.parametrize("mode", MODES)
def test_an_oid_that_no_column_has_is_no_such_object(router, mode):
    product = served(router, mode)
    outside = (
        IF_ENTRY + (23, 1),
        IF_ENTRY + (0, 1),
        IF_X_ENTRY + (20, 1),
        IF_ENTRY,
        IF_X_ENTRY,
    )
    # RFC 3416 §4.2.1: no variable can have this prefix.
    assert [vb.kind for vb in product.client().get(*outside)] == ["noSuchObject"] * len(outside)


@pytest.mark.parametrize("mode", MODES)
def test_exceptions_and_values_stand_side_by_side_in_one_answer(router, mode):
    client = served(router, mode).client()
    answer = client.get(
        instance("ifName", 1), instance("ifName", 9), IF_ENTRY + (23, 1), instance("ifIndex", 3)
    )
    assert [vb.value for vb in answer] == [b"lan2", None, None, 3]
    assert [vb.kind for vb in answer] == ["STRING", "noSuchInstance", "noSuchObject", "INTEGER"]


@pytest.mark.parametrize("mode", MODES)
def test_a_set_is_refused_as_not_writable_and_changes_nothing(router, mode):
    snmpd = router.snmpd() if mode == "agentx" else None
    conf = "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n"
    product = router.product("" if snmpd else conf, snmpd=snmpd)
    before = static(whole_walk(product))
    writer = product.client("private")
    for oid, kind, value in (
        (instance("ifDescr", 1), "STRING", b"mine"),
        (instance("ifMtu", 1), "INTEGER", 900),
        (instance("ifHCInOctets", 1), "Counter64", 0),
        (instance("ifAdminStatus", 1), "INTEGER", mib.DOWN),
        (mib.IF_NUMBER, "INTEGER", 1),
    ):
        response = writer.set(oid, kind, value)
        refusal = (response.error_status, response.error_index)
        assert refusal == (wire.NOT_WRITABLE, 1), (mib.to_text(oid), response)
    assert static(whole_walk(product)) == before


def test_the_rows_are_back_with_the_same_numbers_when_snmpd_was_restarted(router):
    snmpd = router.snmpd()
    product = router.product(snmpd=snmpd)
    before = product.numbers()
    snmpd.stop()
    snmpd.start()
    eventually(product.serves, within=5)
    assert product.numbers() == before


def test_the_rows_are_back_with_the_same_numbers_when_snmpd_has_crashed(router):
    snmpd = router.snmpd()
    product = router.product(snmpd=snmpd)
    before = product.numbers()
    for _ in range(2):
        snmpd.kill()
        router.carrier("lan1", "down")  # life goes on meanwhile
        snmpd.start()
        eventually(product.serves, within=5)
        assert product.numbers() == before
        assert product.column("ifOperStatus")[2] == mib.DOWN
    assert [line for line in product.log_lines if "error:" in line] == []


def test_the_product_may_start_before_snmpd(router):
    snmpd = router.snmpd()
    snmpd.stop()
    product = router.prepare(snmpd=snmpd)
    product.spawn()
    product.await_line("agentx/master")
    snmpd.start()
    product.wait_until(product.serves, within=5)
    assert product.names() == expected_names(router)


def test_a_request_whose_master_is_gone_before_the_answer_does_no_harm(router):
    """The answer goes into a closed socket: EPIPE, which must be no more than a reconnect."""
    snmpd = router.snmpd()
    product = router.product(snmpd=snmpd)
    before = product.numbers()
    for _ in range(3):
        product.process.send_signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            wire.Client(snmpd.port, timeout_s=0.2).get(instance("ifDescr", 1))
        snmpd.kill()
        product.process.send_signal(signal.SIGCONT)
        snmpd.start()
        product.wait_until(product.serves, within=5)
        assert product.numbers() == before


def test_the_product_leaves_in_good_order_while_snmpd_is_away(router):
    """Its farewell goes into a closed socket. Stopped meanwhile, so that it learns of both the
    signal and the master's end at once; `stop` asserts exit code 0."""
    snmpd = router.snmpd()
    product = router.product(snmpd=snmpd)
    product.process.send_signal(signal.SIGSTOP)
    snmpd.kill()
    product.tell_to_end()
    product.process.send_signal(signal.SIGCONT)
    product.stop()
    snmpd.start()
    product.start()
    snmpd.kill()
    product.wait_until(lambda: "is gone" in product.log, what="has noticed")
    product.stop()


@pytest.fixture
def deep(router):
    """A link whose kernel index is above every number of ours: a stock row for it, if it showed,
    would stand behind our last one."""
    router.router.ip("link", "add", "name", "deep", "index", "5000", "type", "veth",
                     "peer", "name", "p-deep", "netns", "peer")  # fmt: skip
    return router


def numbers_with_the_deep_one(deep):
    others = set(expected_names(deep))
    return others | {max(others) + 1}


TABLES_OF_BOTH = (mib.IF_TABLE, mib.IF_X_TABLE, mib.DOT3 + (2,))


@pytest.mark.parametrize("mode", MODES)
def test_no_walk_goes_on_into_a_row_of_the_built_in_table(deep, mode):
    snmpd = deep.snmpd()
    for table in TABLES_OF_BOTH:
        assert 5000 in {vb.oid[-1] for vb in tools.snmpwalk(snmpd.port, table)}, table
    product = deep.product(snmpd=snmpd if mode == "agentx" else None)
    numbers = numbers_with_the_deep_one(deep)
    for table in TABLES_OF_BOTH:
        walk = product.walk(table)
        assert walk and tools.in_order_and_once(walk)
        assert {vb.oid[-1] for vb in walk} <= numbers, mib.to_text(table)
        for size in (1, 10, 100):
            in_bulk = tools.snmpbulkwalk(product.port, table, f"-Cr{size}")
            assert [vb.oid for vb in in_bulk] == [vb.oid for vb in walk]
        last = product.client().get_next(walk[-1].oid)[0]
        assert last.oid[: len(table)] != table, last


@pytest.mark.parametrize("mode", MODES)
def test_a_column_without_a_row_of_ours_is_no_hole_for_others_rows(deep, mode):
    """Every column by itself, instantiated or not: what is behind its last row is the next column's
    first one, or outside the table."""
    product = served(deep, mode)
    client, numbers = product.client(), numbers_with_the_deep_one(deep)
    for entry, columns in ((IF_ENTRY, range(0, 25)), (IF_X_ENTRY, range(0, 22)),
                           (mib.DOT3 + (2, 1), range(0, 25))):  # fmt: skip
        for number in columns:
            for tail in ((), (4999,), (5000,), (2**31,)):
                (got,) = client.get_next(entry + (number, *tail))
                assert got.oid[: len(entry)] != entry or got.oid[-1] in numbers, got
    absent = client.get(*(entry + (2, 5000) for entry in (IF_ENTRY, IF_X_ENTRY)))
    assert [vb.kind for vb in absent] == ["noSuchInstance"] * 2


def test_a_pass_line_for_one_column_does_not_win_over_ours(router):
    """Routers ship such a line for ifAlias."""
    script = router.folder / "alias"
    first = mib.to_text(instance("ifAlias", 1))
    script.write_text("#!/bin/sh\n"
                      f'[ "$1" = -n ] && [ "$2" = {first} ] && exit 0\n'
                      f"echo {first}; echo string; echo passed\n")  # fmt: skip
    script.chmod(0o755)
    column = mib.COLUMNS["ifAlias"]
    snmpd = router.prepare_snmpd(f"pass {mib.to_text(column)} {script}\n").start()
    assert snmpd.client().value(instance("ifAlias", 1)) == b"passed"
    product = router.product(snmpd=snmpd)
    aliases = product.column("ifAlias")
    assert list(aliases) == sorted(expected_names(router))
    assert b"passed" not in aliases.values() and b"uplink to the core" in aliases[2]
    assert product.ask(instance("ifAlias", 1)) == b""
    walk = product.walk(mib.IF_X_TABLE)
    assert tools.in_order_and_once(walk) and b"passed" not in {vb.value for vb in walk}


def test_a_table_is_registered_at_its_root_and_again_for_each_column(router):
    """design.md §7: with priority 100, so that it wins over what the master has itself."""
    snmpd = router.snmpd()
    router.product(snmpd=snmpd)
    ours = {oid for oid, priority in snmpd.registrations() if priority == 100}
    roots = (mib.IF_TABLE, mib.IF_X_TABLE, mib.IF_MIB_OBJECTS + (2,), mib.IF_MIB_OBJECTS + (4,),
             mib.DOT3 + (2,), mib.DOT3 + (11,), mib.IF_MAU_ENTRY[:-1])  # fmt: skip
    assert set(roots) <= ours
    assert {IF_ENTRY + (number,) for number in range(1, 23)} <= ours
    assert {IF_X_ENTRY + (number,) for number in range(1, 20)} <= ours


# Text from outside (RFC 2579 DisplayString, RFC 2863 ifAlias, RFC 3411 SnmpAdminString).


def set_alias(router, name, octets):
    router.router.ip("link", "set", "dev", name, "alias", os.fsdecode(octets))


@contextlib.contextmanager
def links_with_bad_text(router, aliases, name):
    """Taken back in the end, for the test's own tools cannot read them either."""
    for link, octets in aliases.items():
        set_alias(router, link, octets)
    router.router.ip("link", "add", "name", os.fsdecode(name), "type", "veth",
                     "peer", "name", "p-tap", "netns", "peer")  # fmt: skip
    yield
    router.peer.ip("link", "del", "p-tap")
    for link in aliases:
        set_alias(router, link, b"")


@pytest.mark.parametrize("mode", MODES)
def test_text_is_utf_8_and_within_its_size(router, mode):
    aliases = {
        1: ("lan2", b"Z\xfcrich", b"Z?rich"),
        2: ("lan1", "\u2192".encode() * 80, "\u2192".encode() * 21),
        3: ("lan0", b"x" * 255, b"x" * 64),
    }
    given = {name: octets for name, octets, _ in aliases.values()}
    with links_with_bad_text(router, given, b"t\xe4p0"):
        product = served(router, mode)
        columns = {name: product.column(name) for name in ("ifAlias", "ifName", "ifDescr")}
    for index, (_, _, published) in aliases.items():
        assert columns["ifAlias"][index] == published
    for name in ("ifName", "ifDescr"):
        assert b"t?p0" in columns[name].values(), columns[name]
