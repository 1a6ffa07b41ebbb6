"""When things break: one clear line that says what and where, and the promised behaviour
(design.md §6, §12 and §14)."""

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import mib
import pytest
import wire
from daemons import give_away
from lab import adapter
from polling import SLOW, eventually

LAN0 = adapter("lan0", number=1, relid=20)
LAN1 = adapter("lan1", number=2, relid=10)
ADAPTERS = {1: "lan1", 2: "lan0"}
ACCESS = "rocommunity public 127.0.0.1\n"  # without one there is a second line, about that


@pytest.fixture
def router(lab):
    lab.plug(LAN0)
    lab.plug(LAN1)
    return lab


@pytest.fixture
def saved(router):
    """A state folder with a map that the product itself wrote."""
    state = router.folder / "state"
    router.product(state=state).stop()
    return state


def must_refuse(product, *patterns):
    """Ends by itself, not by a signal, with one line on stderr that has all the patterns."""
    code = product.run()
    assert code > 0, f"exit code {code}: {product.log}"
    assert len(product.log_lines) == 1, product.log
    for pattern in patterns:
        assert re.search(pattern, product.log_lines[0]), product.log


def files_of(folder):
    """Everything in the state folder, for what must not write at all."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def maps_of(folder):
    """The map and whatever was made of it; not counters nor the library's engine boots."""
    return {path.name: path.read_bytes() for path in folder.glob("ifindex.map*")}


def entry_lines(text):
    """(line number, text) of the lines of a map that hold an entry."""
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if re.search(r"lan\d", line)]


# The map


def break_map(kind, text):
    """The broken text, and the number of the line at fault."""
    lines = text.splitlines(keepends=True)
    (first, _), (second, _), *_ = entry_lines(text)
    if kind == "torn":  # in the middle of the last line, as by a disk that was full
        return text[: -len(lines[-1]) // 2], len(lines)
    if kind == "garbage":
        lines[first - 1] = "}{ not a map \x01\x02\n"
        return "".join(lines), first
    if kind == "duplicate":  # the same line again
        lines.insert(second, lines[first - 1])
        return "".join(lines), second + 1
    raise ValueError(kind)


@pytest.mark.parametrize("kind", ("torn", "garbage", "duplicate"))
def test_a_broken_map_stops_the_start_and_is_left_alone(router, saved, kind):
    map_file = saved / "ifindex.map"
    text, line = break_map(kind, map_file.read_text())
    map_file.write_text(text)
    before = maps_of(saved)
    must_refuse(router.prepare(ACCESS, state=saved), rf"ifindex\.map:{line}\b")
    assert maps_of(saved) == before


def test_a_map_of_random_bytes_stops_the_start_and_is_left_alone(router, saved):
    (saved / "ifindex.map").write_bytes(bytes(range(256)) * 16)
    before = maps_of(saved)
    must_refuse(router.prepare(ACCESS, state=saved), r"ifindex\.map:1\b")
    assert maps_of(saved) == before


def test_an_empty_map_file_stops_the_start_and_is_left_alone(router, saved):
    """A file system that lost the data of a file but not its name: not "no map yet"."""
    (saved / "ifindex.map").write_bytes(b"")
    must_refuse(router.prepare(ACCESS, state=saved), r"ifindex\.map")
    assert maps_of(saved) == {"ifindex.map": b""}


def test_rebuild_map_moves_the_broken_one_aside_and_starts_a_new_one(router, saved):
    (saved / "ifindex.map").write_bytes(b"garbage\n")
    product = router.product(state=saved, options=["--rebuild-map"])
    assert {n: name for n, name in product.names().items() if n < 256} == ADAPTERS
    found = maps_of(saved)
    assert found.pop("ifindex.map") != b"garbage\n"
    aside = [name for name, content in found.items() if content == b"garbage\n"]
    assert len(aside) == 1 and aside[0] in product.log
    product.stop()
    router.product(state=saved)  # and without the option the new one is good


def test_rebuild_map_keeps_every_older_map_that_was_moved_aside(router, saved):
    for text in (b"first\n", b"second\n"):
        (saved / "ifindex.map").write_bytes(text)
        router.product(state=saved, options=["--rebuild-map"]).stop()
    assert {b"first\n", b"second\n"} <= set(maps_of(saved).values())


# The configuration


BAD_LINES = (
    "indexOrder sideways",
    "indexOrder",
    "ifIndex 0 mac 00:15:5d:00:00:01",
    "ifIndex 2147483648 mac 00:15:5d:00:00:01",
    "ifIndex three mac 00:15:5d:00:00:01",
    "ifIndex 3 mac 00:15:5d:00:00",
    "ifIndex 3 guid 6f1d9b1c",
    "ifIndex 3 serial 77",
    "ifIndex 3",
    "adapterDriver",
    "adapterDriver veth nosuchprofile",
    "media loud",
    "nameFormat",
    "exclude",
    "sampleInterval -1",
    "sampleInterval soon",
    "frobnicate 1",
    "agentXPingIntervall 5",
)


@pytest.mark.parametrize("bad", BAD_LINES)
def test_a_bad_line_in_the_configuration_stops_the_start(router, bad):
    product = router.prepare(f"{ACCESS}indexOrder hypervisor\n{bad}\n")
    must_refuse(product, r"agent\.conf:3\b")
    assert not product.map_file.exists()


@pytest.mark.parametrize(
    "second", ("ifIndex 7 mac 00:15:5d:00:00:02", f"ifIndex 8 guid {LAN0.guid}")
)
def test_two_pins_that_collide_stop_the_start(router, second):
    product = router.prepare(f"{ACCESS}ifIndex 7 guid {LAN0.guid}\n\n{second}\n")
    must_refuse(product, r"agent\.conf:4\b")


def test_every_bad_line_is_named(router):
    product = router.prepare(f"{ACCESS}indexOrder sideways\nindexOrder kernel\nfrobnicate 1\n")
    assert product.run() > 0
    assert re.findall(r"agent\.conf:(\d+)", product.log) == ["2", "4"], product.log


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_one_file_with_tokens_of_net_snmp_serves_both_ways(router, mode):
    """design.md §12: every token of the library. Who tries both modes edits one file."""
    conf = f"{ACCESS}agentXSocket unix:/run/nowhere\nagentXPingInterval 5\n"
    product = router.product(conf, snmpd=router.snmpd() if mode == "agentx" else None)
    assert product.ask(mib.IF_NUMBER) == 2 + len(router.found_links)
    assert product.serves()  # --agentx wins over agentXSocket


def test_a_configuration_file_that_does_not_exist_stops_the_start(router):
    product = router.prepare()
    product.configuration.unlink()
    must_refuse(product, re.escape(str(product.configuration)))


def test_without_a_configuration_file_everything_is_as_by_default(router):
    product = router.prepare()
    at = product.command.index("-c")
    del product.command[at : at + 2]
    product.start()
    assert {n: name for n, name in product.names().items() if n < 256} == ADAPTERS


def test_check_says_what_it_found_and_touches_nothing(router, saved):
    before = files_of(saved)
    product = router.prepare(f"ifIndex 1 guid {LAN1.guid}\n", state=saved, options=["--check"])
    assert product.run() == 0, product.log
    said = product.output + product.log
    assert str(product.configuration) in said and "ifindex.map" in said
    assert files_of(saved) == before


def test_check_refuses_a_bad_configuration(router):
    product = router.prepare(f"{ACCESS}indexOrder sideways\n", options=["--check"])
    must_refuse(product, r"agent\.conf:2\b")


def test_check_of_the_configuration_alone_looks_at_nothing_else(router, saved):
    (saved / "ifindex.map").write_text("not a map\n")
    good = router.prepare(ACCESS, state=saved, options=["--check", "config"])
    assert good.run() == 0
    assert good.output == f"configuration: {good.configuration}\n"
    bad = router.prepare("media of-its-own\n", state=saved, options=["--check", "config"])
    must_refuse(bad, r"agent\.conf:1: media: 'of-its-own'")


def test_check_refuses_a_bad_map(router, saved):
    (saved / "ifindex.map").write_bytes(b"garbage\n")
    must_refuse(router.prepare(ACCESS, state=saved, options=["--check"]), r"ifindex\.map:1\b")


# The state folder


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


@pytest.fixture
def read_only(router):
    """A state folder that is read-only for whoever runs the product: an ordinary user, or the
    root of a user namespace."""
    state = router.folder / "read-only"
    state.mkdir()
    mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", state)
    give_away(state)
    mount("-o", "remount,bind,ro", state)
    yield state
    subprocess.run(["umount", "-l", state], check=True)


def test_a_state_folder_that_cannot_be_written_is_named_once_and_the_product_serves(
    router, read_only
):
    product = router.product(state=read_only)
    assert {n: name for n, name in product.names().items() if n < 256} == ADAPTERS

    def lines_about_it():
        return [line for line in product.log_lines if str(read_only) in line]

    assert len(lines_about_it()) == 1, product.log
    # It retries, but does not repeat itself; and what comes later is served too.
    router.plug(adapter("lan2", number=3, relid=1))
    eventually(lambda: product.names().get(3) == "lan2", within=0.5)
    eventually(lambda: product.ask(mib.SYS_UP_TIME) > 300, within=10)
    assert len(lines_about_it()) == 1, product.log


def test_the_map_is_written_as_soon_as_the_state_folder_can_be_written(router, read_only):
    router.product(state=read_only)
    mount("-o", "remount,bind,rw", read_only)
    eventually((read_only / "ifindex.map").exists, within=70, every=0.1)


def test_a_state_folder_that_is_not_a_folder_is_named(router):
    state = router.folder / "state"
    state.write_text("")
    product = router.prepare(state=state)
    product.spawn()
    eventually(lambda: str(state) in product.log, within=5)
    product.kill()


def test_a_second_product_on_one_state_folder_is_refused_and_names_the_first(router, saved):
    first = router.product(ACCESS, state=saved)
    files = files_of(saved)
    must_refuse(
        router.prepare(ACCESS, state=saved),
        rf"{saved} is in use by process {first.process.pid}; .*--state",
    )
    assert files_of(saved) == files
    assert {n: name for n, name in first.names().items() if n < 256} == ADAPTERS
    first.kill()
    router.product(ACCESS, state=saved)


def test_a_state_folder_that_does_not_exist_is_made(router):
    parent = router.folder / "var"
    parent.mkdir()
    give_away(parent)
    product = router.prepare()
    product.command[product.command.index("--state") + 1] = str(parent / "lib/hvnet-subagent")
    product.start()
    assert (parent / "lib/hvnet-subagent/ifindex.map").exists()


# Sockets


def test_without_a_master_it_names_the_socket_once_goes_on_and_joins_when_there_is_one(router):
    snmpd = router.snmpd()
    snmpd.stop()
    product = router.prepare(snmpd=snmpd)
    product.spawn()
    line = product.await_line(re.escape(snmpd.agentx))
    eventually(lambda: product.map_file.exists(), within=5)  # it samples meanwhile
    assert [one for one in product.log_lines if snmpd.agentx in one] == [line]
    snmpd.start()
    product.wait_until(product.serves, within=5)


def test_a_master_socket_that_may_not_be_used_is_named_with_the_reason(router):
    """Debian's default: /var/agentx/master is for root only."""
    snmpd = router.snmpd()
    snmpd.stop()
    blocked = router.folder / "not-a-socket"
    blocked.write_text("")
    product = router.prepare(snmpd=snmpd)
    product.command[product.command.index("--agentx") + 1] = f"unix:{blocked}"
    product.spawn()
    product.await_line(re.escape(str(blocked)))
    assert product.running


def test_a_port_in_use_is_named_with_the_reason_and_stops_the_start(router):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        product = router.prepare(ACCESS, port=port)
        must_refuse(product, rf"127\.0\.0\.1:{port}\b", r"(?i)in use")


def test_an_address_that_is_none_is_named_and_stops_the_start(router):
    product = router.prepare(ACCESS)
    product.command[product.command.index("--standalone") + 1] = "udp:127.0.0.1:http?"
    must_refuse(product, r"udp:127\.0\.0\.1:http\?", "(?!.*Success)")


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_a_good_start_has_no_error_to_report(router, mode):
    product = router.product(ACCESS, snmpd=router.snmpd() if mode == "agentx" else None)
    assert not re.search("error|fail|denied", product.log, re.IGNORECASE), product.log


def test_it_listens_on_the_port_that_it_was_told_and_nowhere_else(router):
    """Also as root, who may bind what an ordinary user may not."""
    of_others = listening_ports()  # a client library of another test may have kept some
    product = router.prepare(ACCESS)
    product.user = "root"
    product.start()
    assert listening_ports() - of_others == {("udp", product.port)}


def listening_ports():
    """{(protocol, port)} of all unconnected sockets of this namespace."""
    found = set()
    for table in ("tcp", "udp", "tcp6", "udp6"):
        path = Path("/proc/net") / table
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        for _, local, remote, *_ in map(str.split, lines):
            if int(remote.split(":")[1], 16) == 0:
                found.add((table, int(local.split(":")[1], 16)))
    return found


def test_standalone_without_an_access_line_serves_public_to_loopback_only_and_says_so(router):
    product = router.prepare()
    product.command[product.command.index("--standalone") + 1] = f"udp:0.0.0.0:{product.port}"
    product.start()
    product.await_line("public.*(loopback|127)")
    product.must_not_answer(asker(product, "private"), mib.IF_NUMBER)
    router.router.ip("addr", "add", "10.9.0.1/24", "dev", "lan0")
    router.peer.ip("addr", "add", "10.9.0.2/24", "dev", "p-lan0")
    product.must_not_answer(peer_asker(router, product), mib.IF_NUMBER)


def test_standalone_with_an_access_line_of_its_own_serves_whom_it_names(router):
    product = router.prepare("rocommunity plant 10.9.0.0/24\nrocommunity local 127.0.0.1\n")
    product.command[product.command.index("--standalone") + 1] = f"udp:0.0.0.0:{product.port}"
    product.spawn()
    router.router.ip("addr", "add", "10.9.0.1/24", "dev", "lan0")
    router.peer.ip("addr", "add", "10.9.0.2/24", "dev", "p-lan0")
    plant = peer_asker(router, product, "plant")
    product.wait_until(lambda: plant.answers(mib.IF_NUMBER))
    for refused in peer_asker(router, product), peer_asker(router, product, "local"), \
            asker(product), asker(product, "plant"):
        product.must_not_answer(refused, mib.IF_NUMBER, community="local")
    assert plant.value(mib.IF_NUMBER) is not None
    plant.close()


def asker(product, community="public", host="127.0.0.1"):
    """Whoever is refused hears nothing at all, so this waits no longer than it must."""
    return wire.Client(product.port, community, host, timeout_s=0.3)


def peer_asker(router, product, community="public"):
    with router.peer.entered():
        return asker(product, community, host="10.9.0.1")


# --show


def shown(router, state, *options):
    product = router.prepare(state=state, options=["--show", *options])
    assert product.run() == 0, product.log
    return product.output


@pytest.mark.parametrize("fresh", (False, True))
def test_show_prints_the_numbers_of_the_walk_and_writes_nothing(router, saved, fresh):
    state = router.folder / "empty" if fresh else saved
    if fresh:
        state.mkdir()
        give_away(state)
    before = files_of(state)
    table = shown(router, state)
    as_json = json.loads(shown(router, state, "--json"))["interfaces"]
    assert files_of(state) == before

    expected = router.product(state=state).names()
    assert {one["ifIndex"]: one["ifName"] for one in as_json} == expected
    rows = [line.split() for line in table.splitlines()[1:]]
    assert {int(row[0]): row[1] for row in rows} == expected


def test_show_says_why_an_interface_has_its_number(router, saved):
    router.plug(adapter("lan2", number=3, relid=1))
    as_json = json.loads(shown(router, saved, "--json"))["interfaces"]
    by_name = {one["ifName"]: one for one in as_json}
    assert by_name["lan0"]["indexOrigin"] == "persisted"
    assert by_name["lan2"]["indexOrigin"] == "appended"
    assert by_name["lan0"]["position"] == "relid 20"


def test_show_needs_neither_the_master_nor_the_port_and_runs_beside_the_daemon(router):
    state = router.folder / "state"
    daemon = router.product(state=state)
    before = files_of(state)
    product = router.prepare(state=state, port=daemon.port, options=["--show", "--json"])
    assert product.run() == 0, product.log
    as_json = json.loads(product.output)["interfaces"]
    assert {one["ifIndex"]: one["ifName"] for one in as_json} == daemon.names()
    assert files_of(state) == before


def test_control_c_ends_it_as_the_service_manager_does(router):
    product = router.product(ACCESS)
    assert product.signal_and_wait(signal.SIGINT, 10) == 0, product.log
    assert product.map_file.exists()


def test_it_starts_again_with_what_the_library_saved(router):
    """As started by hand: without SNMPCONFPATH, which would hide the saved engine ID."""
    product = router.prepare(ACCESS)
    del product.environment["SNMPCONFPATH"]
    for _ in range(3):
        product.start()
        product.stop()
        assert "error" not in product.log, product.log
    assert (product.state / "snmp/hvnet-subagent.conf").exists()


# The command line


@pytest.mark.parametrize("option", ("--help", "--version"))
def test_help_and_version_need_nothing_and_succeed(lab, option):
    done = subprocess.run([lab.binary, option], capture_output=True, text=True, timeout=10 * SLOW)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hvnet-subagent" in done.stdout


@pytest.mark.parametrize(
    "options", (["--bogus"], ["--standalone", "--agentx", "unix:/x"], ["--log", "loud"], ["extra"])
)
def test_a_command_line_that_makes_no_sense_is_refused(lab, options):
    done = subprocess.run([lab.binary, *options], capture_output=True, text=True, timeout=10 * SLOW)
    assert done.returncode > 0
    assert options[0] in done.stderr
    assert "Sanitizer" not in done.stderr


def test_show_takes_a_second_whatever_the_sample_interval(router):
    product = router.prepare("sampleInterval 60000\n", options=["--show"])
    before = time.monotonic()
    assert product.run() == 0, product.log
    assert 1 <= time.monotonic() - before < 5 * SLOW


def test_watch_draws_it_anew_each_second(router):
    product = router.prepare("sampleInterval 60000\n", options=["--show", "--watch"])
    product.spawn()
    product.wait_until(lambda: product.output.count("INDEX") >= 3, within=6, what="draws")
    product.kill()
