"""SET: what can be SET, holds and lasts; all else is refused, and nothing changes (RFC 3416 §4.2.5).

Every test asks the product by itself and through a real snmpd, with the real snmpset where a
manager's own view matters."""

import re
import subprocess

import mib
import pytest
import tools
import wire
from daemons import Snmpd, give_away
from lab import adapter
from mib import instance, to_text
from polling import SLOW, eventually_equal

MODES = ("standalone", "agentx")
ACCESS = "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n"
ENABLED, DISABLED = 1, 2
ALIAS, TRAPS = "ifAlias", "ifLinkUpDownTrapEnable"
ALARM = {name: mib.HVNET + (1, 6, 1, number)
         for name, number in (("state", 1), ("rising", 7), ("falling", 8), ("ratio", 9))}  # fmt: skip

# RFC 3416 §3, error-status
NO_ACCESS, WRONG_TYPE, WRONG_LENGTH, WRONG_VALUE, NO_CREATION = 6, 7, 8, 10, 11
INCONSISTENT_VALUE, COMMIT_FAILED, AUTHORIZATION_ERROR = 12, 14, 16


@pytest.fixture
def router(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    lab.plug(adapter("lan1", number=2, relid=20))
    lab.cable("mgmt0")
    return lab


@pytest.fixture(params=MODES)
def product(router, request):
    return prepared(router, request.param).start()


def prepared(router, mode, **more):
    snmpd = router.snmpd() if mode == "agentx" else None
    return router.prepare("" if snmpd else ACCESS, snmpd=snmpd, **more)


def alarm(name, index):
    return ALARM[name] + (index,)


def ask(product, *oids):
    client = product.client("private")
    try:
        return [varbind.value for varbind in client.get(*oids)]
    finally:
        client.close()


def set_all(product, *bindings, community="private"):
    """(error-status, error-index) of one PDU."""
    client = product.client(community)
    try:
        response = client.request(wire.SET, bindings)
        return response.error_status, response.error_index
    finally:
        client.close()


def alias(text, index=1):
    return instance(ALIAS, index), "STRING", text


def traps(value, index=1):
    return instance(TRAPS, index), "INTEGER", value


def threshold(name, value, index=1):
    return alarm(name, index), "Gauge32", value


def snmpset(port, *arguments, community="private", version="2c"):
    """The real tool: whether it worked, and what it said."""
    done = subprocess.run(
        ["snmpset", f"-v{version}", "-c", community, "-On", "-r0", f"-t{int(5 * SLOW)}",
         f"udp:127.0.0.1:{port}", *arguments],
        env=tools.HERMETIC, capture_output=True, text=True, timeout=60 * SLOW,
    )  # fmt: skip
    return done.returncode == 0, done.stdout + done.stderr


def settable(product):
    """Everything that can be SET, as it is now."""
    return ask(product, *(instance(name, index) for name in (ALIAS, TRAPS) for index in (1, 2)),
               *(alarm(name, index) for name in ALARM for index in (1, 2)))  # fmt: skip


# What is SET, holds


def test_the_real_snmpset_sets_and_the_next_get_reads_it(product):
    done, said = snmpset(
        product.port,
        to_text(instance(ALIAS, 1)), "s", "uplink north",
        to_text(instance(TRAPS, 2)), "i", "2",
        to_text(alarm("rising", 1)), "u", "700",
    )  # fmt: skip
    assert done, said
    assert ask(product, instance(ALIAS, 1), instance(TRAPS, 2), alarm("rising", 1)) == [
        b"uplink north", DISABLED, 700,
    ]  # fmt: skip
    assert ask(product, instance(ALIAS, 2), instance(TRAPS, 1), alarm("rising", 2)) == [
        b"", ENABLED, 50,
    ]  # fmt: skip


def test_every_value_is_there_in_the_very_next_get(product):
    for number in range(50):
        text = b"round %d" % number
        assert set_all(product, alias(text), threshold("ratio", number)) == (0, 0)
        assert ask(product, instance(ALIAS, 1), alarm("ratio", 1)) == [text, number]


def test_a_set_moves_no_time_of_last_change(product):
    times = (mib.IF_TABLE_LAST_CHANGE, instance("ifLastChange", 1),
             instance("ifCounterDiscontinuityTime", 1))  # fmt: skip
    before = ask(product, *times)
    assert set_all(product, alias(b"x"), traps(DISABLED)) == (0, 0)
    assert ask(product, *times) == before


def test_an_interface_that_is_no_adapter_has_its_settings_too(product):
    index = product.numbers()["mgmt0"]
    assert ask(product, instance(TRAPS, index)) == [DISABLED]
    assert set_all(product, alias(b"management", index), traps(ENABLED, index)) == (0, 0)
    assert ask(product, instance(ALIAS, index), instance(TRAPS, index)) == [b"management", ENABLED]


def test_an_alias_that_was_set_wins_until_it_is_set_to_nothing(router, product):
    router.router.ip("link", "set", "lan0", "alias", "the kernel's")
    assert set_all(product, alias(b"the manager's")) == (0, 0)
    router.router.ip("link", "set", "lan0", "alias", "the kernel's own")
    assert ask(product, instance(ALIAS, 1)) == [b"the manager's"]
    assert set_all(product, alias(b"")) == (0, 0)
    assert ask(product, instance(ALIAS, 1)) == [b"the kernel's own"]


def test_an_alias_is_any_64_octets(product):
    for text in (b"x" * 64, bytes(range(64)), "Büro, 2. Stock %".encode()):
        assert set_all(product, alias(text)) == (0, 0)
        assert ask(product, instance(ALIAS, 1)) == [text]


@pytest.mark.parametrize("end", ("stop", "kill"))
def test_what_was_set_lasts_over_a_restart_and_follows_the_adapter(router, product, end):
    bindings = alias(b"uplink %", 2), traps(DISABLED), threshold("rising", 90), threshold("ratio", 0)
    assert set_all(product, *bindings) == (0, 0)
    before = settable(product)
    getattr(product, end)()
    router.rename(adapter("lan1", number=2, relid=20), "wan")
    product.start()
    assert settable(product) == before
    assert product.names()[2] == "wan"
    text = (product.state / "settings.saved").read_text()
    assert "ifIndex 2 alias uplink%20%25\n" in text
    assert "ifIndex 1 trapEnable disabled rising 90 ratio 0\n" in text


def test_a_rebuilt_map_gives_no_setting_to_another(router):
    product = prepared(router, "standalone").start()
    assert set_all(product, alias(b"lan0's")) == (0, 0)
    product.stop()
    router.plug(adapter("first", number=3, relid=1))
    product.command.append("--rebuild-map")
    product.start()
    assert product.names()[1] == "first"
    assert ask(product, instance(ALIAS, 1)) == [b""]
    assert "settings.saved.old-1" in product.log


# What is refused, changes nothing


READ_ONLY = (
    (instance("ifIndex", 1), "INTEGER", 1),
    (instance("ifAdminStatus", 1), "INTEGER", mib.DOWN),
    (instance("ifHCInOctets", 1), "Counter64", 0),
    (instance("ifName", 1), "STRING", b"mine"),
    (mib.IF_NUMBER, "INTEGER", 1),
    (mib.DOT3 + (2, 1, 1, 1), "INTEGER", 1),
    (mib.HVNET + (1, 3, 1, 5, 1), "Counter64", 1),  # hvnetColls
    (alarm("state", 1), "INTEGER", 1),
    (mib.HVNET + (1, 6, 1, 99, 1), "INTEGER", 1),  # no such column
)


def test_what_is_not_writable_is_refused_so(product):
    before = settable(product)
    for oid, kind, value in READ_ONLY:
        assert set_all(product, (oid, kind, value)) == (wire.NOT_WRITABLE, 1), to_text(oid)
        assert set_all(product, alias(b"x"), (oid, kind, value)) == (wire.NOT_WRITABLE, 2)
    assert settable(product) == before


WRITABLE = {"ifAlias", "ifLinkUpDownTrapEnable",
            "hvnetAlarmRising", "hvnetAlarmFalling", "hvnetAlarmRatio"}
SERVED = (mib.INTERFACES, mib.IF_MIB_OBJECTS, mib.DOT3, mib.MIB2 + (26,), mib.HVNET)


def test_of_all_that_is_served_only_what_is_said_to_be_writable_can_be_set(product):
    """To the very value that it has, so that nothing but the access can be the reason."""
    taken, refused = set(), set()
    for oid, kind, value in [vb for subtree in SERVED for vb in product.walk(subtree)]:
        name, _ = mib.object_of(oid)
        answer = set_all(product, (oid, kind, value))
        assert answer in ((0, 0), (wire.NOT_WRITABLE, 1)), (to_text(oid), answer)
        (taken if answer == (0, 0) else refused).add(name)
    assert taken == WRITABLE
    assert len(refused) > 90 and not taken & refused


REFUSED = (
    (WRONG_TYPE, (instance(ALIAS, 1), "INTEGER", 1)),
    (WRONG_TYPE, (instance(ALIAS, 1), "OID", (1, 3, 6))),
    (WRONG_TYPE, (instance(TRAPS, 1), "STRING", b"1")),
    (WRONG_TYPE, (instance(TRAPS, 1), "Gauge32", 1)),
    (WRONG_TYPE, (alarm("rising", 1), "INTEGER", 60)),
    (WRONG_TYPE, (alarm("rising", 1), "Counter64", 60)),
    (WRONG_LENGTH, (instance(ALIAS, 1), "STRING", b"x" * 65)),
    (WRONG_VALUE, (instance(TRAPS, 1), "INTEGER", 0)),
    (WRONG_VALUE, (instance(TRAPS, 1), "INTEGER", 3)),
    (WRONG_VALUE, (instance(TRAPS, 1), "INTEGER", -1)),
    (WRONG_VALUE, (alarm("rising", 1), "Gauge32", 0)),
    (NO_CREATION, (instance(ALIAS, 99), "STRING", b"x")),
    (NO_CREATION, (instance(ALIAS, 0), "STRING", b"x")),
    (NO_CREATION, (instance(ALIAS, 1) + (1,), "STRING", b"x")),
    (NO_CREATION, (alarm("rising", 256), "Gauge32", 60)),  # no adapter
    (INCONSISTENT_VALUE, (alarm("falling", 1), "Gauge32", 51)),
    (INCONSISTENT_VALUE, (alarm("rising", 1), "Gauge32", 4)),
)


def test_a_wrong_value_is_refused_for_what_it_is(product):
    before = settable(product)
    for error, binding in REFUSED:
        assert set_all(product, binding) == (error, 1), binding
    assert settable(product) == before
    assert not (product.state / "settings.saved").exists()


def test_the_checks_come_in_the_protocols_order(product):
    """RFC 3416 §4.2.5: type, length and value before whether the row is there."""
    assert set_all(product, (instance(ALIAS, 99), "INTEGER", 1)) == (WRONG_TYPE, 1)
    assert set_all(product, alias(b"x" * 65, index=99)) == (WRONG_LENGTH, 1)
    assert set_all(product, traps(3, index=99)) == (WRONG_VALUE, 1)


def test_one_wrong_variable_leaves_all_as_they_were(product):
    before = settable(product)
    good = alias(b"new"), traps(DISABLED), threshold("ratio", 7), alias(b"new", 2)
    for error, bad in REFUSED:
        for at in (0, 2, 4):
            bindings = [*good[:at], bad, *good[at:]]
            assert set_all(product, *bindings) == (error, at + 1), (bad, at)
    assert settable(product) == before


def test_thresholds_are_judged_by_what_the_whole_pdu_leaves(product):
    assert set_all(product, threshold("falling", 80), threshold("rising", 90)) == (0, 0)
    assert set_all(product, threshold("rising", 9), threshold("falling", 9)) == (0, 0)
    refused, _ = set_all(product, threshold("rising", 30), threshold("falling", 31))
    assert refused == INCONSISTENT_VALUE
    assert ask(product, alarm("rising", 1), alarm("falling", 1)) == [9, 9]
    # Over two PDUs, the second one is refused; the other adapter is not asked.
    assert set_all(product, threshold("falling", 5), threshold("rising", 6)) == (0, 0)
    assert set_all(product, threshold("falling", 7)) == (INCONSISTENT_VALUE, 1)
    assert ask(product, alarm("falling", 1), alarm("falling", 2)) == [5, 5]


def test_the_highest_thresholds_there_are(product):
    most = 2**32 - 1
    assert set_all(product, threshold("rising", most), threshold("falling", most),
                   threshold("ratio", most)) == (0, 0)  # fmt: skip
    assert ask(product, *(alarm(name, 1) for name in ("rising", "falling", "ratio"))) == [most] * 3


def test_an_old_manager_hears_the_old_errors(product):
    """RFC 3584 §4.4: SNMPv1 has badValue and noSuchName."""
    done, said = snmpset(
        product.port, to_text(instance(ALIAS, 1)), "s", "x" * 65, version="1"
    )
    assert not done and "badValue" in said, said
    done, said = snmpset(
        product.port, to_text(instance("ifMtu", 1)), "i", "900", version="1"
    )
    assert not done and re.search("noSuchName|readOnly", said), said
    assert snmpset(product.port, to_text(instance(ALIAS, 1)), "s", "old", version="1")[0]
    assert ask(product, instance(ALIAS, 1)) == [b"old"]


def test_a_community_that_may_only_read_changes_nothing(product):
    before = settable(product)
    done, said = snmpset(
        product.port, to_text(instance(ALIAS, 1)), "s", "x", community="public"
    )
    assert not done and re.search("noAccess|authorizationError|Timeout", said), said
    assert settable(product) == before


def test_without_an_access_line_nothing_can_be_set(router):
    product = router.product("")
    done, said = snmpset(
        product.port, to_text(instance(ALIAS, 1)), "s", "x", community="public"
    )
    assert not done and re.search("noAccess|authorizationError|Timeout", said), said
    assert product.ask(instance(ALIAS, 1)) == b""


# What cannot be kept, is not SET


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


@pytest.fixture
def small_disk(router):
    """A state folder on a disk of its own, with room for a page or two."""
    state = router.folder / "small"
    state.mkdir()
    mount("-t", "tmpfs", "-o", "mode=0755,size=128k", "tmpfs", state)
    give_away(state)
    yield state
    subprocess.run(["umount", "-l", state], check=True)


@pytest.mark.parametrize("mode", MODES)
def test_a_state_folder_that_is_read_only_refuses_and_heals(router, small_disk, mode):
    product = prepared(router, mode, state=small_disk).start()
    assert set_all(product, alias(b"before")) == (0, 0)
    text = (small_disk / "settings.saved").read_text()
    mount("-o", "remount,bind,ro", small_disk)
    for _ in range(2):
        refused = set_all(product, alias(b"after"), threshold("rising", 60))
        assert refused == (COMMIT_FAILED, 1)
    assert ask(product, instance(ALIAS, 1), alarm("rising", 1)) == [b"before", 50]
    assert (small_disk / "settings.saved").read_text() == text
    assert len([line for line in product.log_lines if "settings.saved" in line]) == 1, product.log
    mount("-o", "remount,bind,rw", small_disk)
    assert set_all(product, alias(b"after"), threshold("rising", 60)) == (0, 0)
    assert ask(product, instance(ALIAS, 1), alarm("rising", 1)) == [b"after", 60]


def test_a_full_disk_refuses_and_keeps_the_old_file(router, small_disk):
    product = prepared(router, "standalone", state=small_disk).start()
    assert set_all(product, alias(b"before")) == (0, 0)
    text = (small_disk / "settings.saved").read_text()
    filler = small_disk / "filler"
    with pytest.raises(OSError), open(filler, "wb", buffering=0) as out:
        while True:
            out.write(b"x" * 4096)
    assert set_all(product, alias(b"after"))[0] == COMMIT_FAILED
    assert ask(product, instance(ALIAS, 1)) == [b"before"]
    assert (small_disk / "settings.saved").read_text() == text
    filler.unlink()
    assert set_all(product, alias(b"after")) == (0, 0)


def test_what_another_agent_fails_to_do_is_undone_here(router):
    """RFC 2741 §7.2.4.3: the master has us commit, another one fails to, and so we undo."""
    script = router.folder / "never"
    script.write_text("#!/bin/sh\necho not-writable\n")
    script.chmod(0o755)
    snmpd = router.keep(Snmpd(router.new_folder("snmpd")))
    theirs = mib.to_oid("1.3.6.1.4.1.8072.9999.9999.7777")
    with open(snmpd.configuration, "a") as conf:
        conf.write(f"pass {to_text(theirs)} {script}\n")
    product = router.product("", snmpd=snmpd.start())
    assert set_all(product, alias(b"before")) == (0, 0)
    written = (product.state / "settings.saved").stat().st_ino
    bindings = alias(b"after"), threshold("rising", 60), (theirs + (1, 0), "INTEGER", 1)
    assert set_all(product, *bindings) == (wire.NOT_WRITABLE, 3)
    eventually_equal(lambda: ask(product, instance(ALIAS, 1), alarm("rising", 1)), [b"before", 50],
                     within=1, what="the settings")  # fmt: skip
    text = (product.state / "settings.saved").read_text()
    assert "alias before\n" in text
    assert (product.state / "settings.saved").stat().st_ino != written, "it was never written"
    # And the next one is none the worse for it.
    assert set_all(product, *bindings[:2]) == (0, 0)
    assert ask(product, instance(ALIAS, 1), alarm("rising", 1)) == [b"after", 60]


def test_settings_that_cannot_be_read_stop_the_start_and_stay(router):
    product = prepared(router, "standalone")
    saved = product.state / "settings.saved"
    saved.write_text("hvnet-settings 1\nifIndex 1 rising ten\nend\n")
    assert product.run() == 1
    assert f'{saved}:2: rising "ten" is not a number' in product.log
    assert saved.read_text() == "hvnet-settings 1\nifIndex 1 rising ten\nend\n"
