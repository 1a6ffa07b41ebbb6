"""The same faults again and again, at random moments: each test is short here, and long with
HVNET_LONG=1 (`scripts/test --long`). The moments follow from a seed that a failure shows."""

import contextlib
import os
import random
import re
import signal
import threading
import time

import mib
import pytest
import tools
import wire
from lab import adapter
from mib import DOWN, UP, instance
from polling import SLOW, eventually, eventually_equal
from traps_test import Switch, Teller

LONG = os.environ.get("HVNET_LONG") == "1"
SEED = int(os.environ.get("HVNET_SEED", "1"))
ACCESS = "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n"
BACK_WITHIN_S = 2.0
# A sanitizer holds back what was freed, 256 MiB of it, and names what leaked when the process ends.
GROWTH_KIB = 1024 if SLOW == 1 else 300 * 1024


def times(short, long):
    return long if LONG else short


@pytest.fixture
def dice():
    print(f"HVNET_SEED={SEED}")
    return random.Random(SEED)


def open_files(product):
    """The fewest of the looks of half a second: a file is open while a change is written down."""
    looks = []
    for _ in range(50):
        looks.append(len(os.listdir(f"/proc/{product.process.pid}/fd")))
        time.sleep(0.01)
    return min(looks)


def resident_kib(product):
    status = open(f"/proc/{product.process.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


# Killed


def numbers_in(map_file):
    """{"guid G" or "link KIND NAME": ifIndex} of every line of a map."""
    text = map_file.read_text()
    assert re.search(r"^end \d+\n\Z", text, re.MULTILINE), "whole"
    found = re.findall(r"^(\d+) (guid \S+|link \S+ \S+)", text, re.MULTILINE)
    return {who: int(number) for number, who in found}


class Topology:
    """Links that come, go and are renamed, a handful of names over and over."""

    def __init__(self, lab, dice):
        self.lab, self.dice, self.present = lab, dice, set()

    def change(self):
        name = f"x{self.dice.randrange(12)}"
        if name in self.present:
            self.lab.router.ip("link", "del", name)
            self.present.remove(name)
        else:
            self.lab.router.ip("link", "add", name, "type", "veth", "peer", "name", f"y{name}")
            self.present.add(name)


def test_killed_at_any_moment_it_keeps_every_number(lab, dice):
    for number in range(1, 5):
        lab.plug(adapter(f"lan{number}", number, relid=20 - number))
    state = lab.folder / "state"
    topology, known = Topology(lab, dice), {}
    for round_number in range(times(12, 200)):
        product = lab.product(ACCESS, state=state)
        for _ in range(dice.randrange(1, 5)):
            topology.change()
        time.sleep(dice.uniform(0, 0.1))
        product.kill()
        lab.daemons.remove(product)
        now = numbers_in(product.map_file)
        assert {who: now.get(who) for who in known} == known, f"round {round_number}"
        assert len(set(now.values())) == len(now), "no number twice"
        known = now
    survivor = lab.product(ACCESS, state=state)
    assert {name: n for name, n in survivor.numbers().items() if n < 256} == {
        "lan4": 1, "lan3": 2, "lan2": 3, "lan1": 4,
    }  # fmt: skip
    assert set(survivor.numbers()) == set(lab.router.links())


class Walker:
    """Somebody who never stops asking the master, whatever it answers.

    An snmpd that is told to end while a subagent has its question still answers (snmp_agent.c:
    handle_getnext_loop() does nothing more once netsnmp_running is 0, and check_delayed_request()
    sends what there is). So the last answer of a master may be cut short, and only that one.
    """

    def __init__(self, snmpd):
        self.snmpd, self.walks, self.cut_short, self.broken = snmpd, 0, 0, []
        self.ends, self.ending = 0, False  # of masters; written by the test alone
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.go)

    def go(self):
        client = wire.Client(self.snmpd.port, timeout_s=0.2 / SLOW)
        while not self.done.is_set():
            ends, ending = self.ends, self.ending
            try:
                rows = client.get_bulk(0, 20, mib.COLUMNS["ifName"])
            except (OSError, AssertionError, KeyError):
                continue  # no answer, or that of a master with nothing to say
            self.walks += 1
            names = [vb for vb in rows if vb.oid[:-1] == mib.COLUMNS["ifName"]]
            if (ending or self.ends != ends) and is_cut_short(names):
                self.cut_short += 1
            elif not tools.in_order_and_once(names):
                self.broken.append(names)
        client.close()

    @contextlib.contextmanager
    def while_the_master_ends(self):
        self.ending = True
        self.ends += 1  # second: go() reads it first
        yield
        self.ending = False

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def is_cut_short(names):
    """Good rows, one empty cell where the master stopped, and nothing behind it."""
    kinds = [vb.kind for vb in names]
    if "NULL" not in kinds:
        return False
    stop = kinds.index("NULL")
    return tools.in_order_and_once(names[:stop]) and set(kinds[stop + 1 :]) <= {"endOfMibView"}


def end_of(snmpd, dice):
    """One of the ways in which a master goes; a socket file in the way does not matter either."""
    way = dice.choice(("stop", "kill", "replaced"))
    if way == "stop":
        snmpd.stop()
    else:
        snmpd.kill()
    if way == "replaced":
        socket_file = snmpd.folder / "agentx/master"
        socket_file.unlink(missing_ok=True)
        socket_file.write_text("no socket")
    return way


def test_a_master_that_goes_again_and_again_has_its_rows_back_within_2_s(lab, dice):
    for number in range(1, 4):
        lab.plug(adapter(f"lan{number}", number, relid=20 - number))
    snmpd = lab.snmpd()
    product = lab.product(snmpd=snmpd)
    numbers, files, memory, took = product.numbers(), 0, 0, []
    with Walker(snmpd) as walker:
        for round_number in range(times(8, 500)):
            time.sleep(dice.uniform(0, 0.3))
            with walker.while_the_master_ends():
                way = end_of(snmpd, dice)
            time.sleep(dice.choice((0, 0, 0.5)))
            snmpd.start()
            start = time.monotonic()
            eventually(lambda: back(product, numbers), within=BACK_WITHIN_S, what=f"back ({way})")
            took.append(time.monotonic() - start)
            if round_number == times(2, 20):
                files, memory = open_files(product), resident_kib(product)
    took.sort()
    print(f"back after {took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s at most; "
          f"{walker.walks} walks, {walker.cut_short} cut short; "
          f"{memory} to {resident_kib(product)} KiB")  # fmt: skip
    assert not walker.broken
    assert walker.walks > times(8, 500)
    assert open_files(product) == files
    assert resident_kib(product) < memory + GROWTH_KIB


def back(product, numbers):
    client = product.client()
    client.socket.settimeout(0.2 * SLOW)
    try:
        names = {name: client.value(instance("ifName", n)) for name, n in numbers.items()}
    except OSError:
        return False
    finally:
        client.close()
    return names == {name: name.encode() for name in numbers}


def test_a_master_that_hangs_stops_neither_the_sampling_nor_the_end(lab):
    """Not even with more to tell it than its socket holds."""
    lab.plug(adapter("lan1", 1, relid=10))
    snmpd = lab.snmpd()
    product = lab.product("adapterDriver veth\n", snmpd=snmpd)
    samples = mib.HVNET + (1, 1, 7, 0)
    before, start = product.ask(samples), time.monotonic()
    snmpd.process.send_signal(signal.SIGSTOP)
    for _ in range(times(2, 10)):
        appear(lab)
        lab.router.ip("link", "del", "group", "78")
    time.sleep(times(2, 30))
    snmpd.process.send_signal(signal.SIGCONT)
    eventually(lambda: product.serves() and product.ask(samples), within=10, every=0.1)
    hung_s = time.monotonic() - start
    assert product.ask(samples) - before >= hung_s * 0.7, "one a second"
    snmpd.process.send_signal(signal.SIGSTOP)
    appear(lab)
    time.sleep(2)
    product.stop()
    snmpd.process.send_signal(signal.SIGCONT)


def appear(lab):
    """600 adapters, each of them worth a notification."""
    lab.router.batch(f"link add z{n} group 78 type veth peer name w{n}" for n in range(300))


# Flapping


def test_thousands_of_flaps_end_in_the_true_states_and_traps_that_balance(lab, dice):
    """Bursts over 64 adapters, with the process held now and then, so that the event socket runs
    over (ENOBUFS)."""
    count, flaps = 64, times(1_000, 10_000)
    for number in range(count):
        lab.plug(adapter(f"lan{number}", number + 1, relid=10 + number))
    teller = Teller(lab, "standalone", options=["--log", "debug"])
    product, switches = teller.product, [lab.keep(Switch()) for _ in range(4)]
    up = [True] * count
    done = 0
    while done < flaps:
        held = done // 200 % 3 == 1
        if held:
            product.process.send_signal(signal.SIGSTOP)
            overrun(lab, count)
        for _ in range(min(200, flaps - done)):
            number = dice.randrange(count)
            up[number] = not up[number]
            switches[number % len(switches)].turn(f"lan{number}", "up" if up[number] else "down")
            done += 1
        settled(lab, up)
        if held:
            product.process.send_signal(signal.SIGCONT)
    start = time.monotonic()
    wanted = [UP if one else DOWN for one in up]

    client, oids = product.client(), [instance("ifOperStatus", n + 1) for n in range(count)]

    def states():
        return [vb.value for vb in client.get(*oids)]

    eventually_equal(states, wanted, within=0.2)
    took = time.monotonic() - start
    product.await_line("events were lost")  # it did run over
    time.sleep(1.2 + 0.3 * SLOW)  # what is held back is told within a second
    heard = [trap.about for trap in teller.receiver.heard]
    print(f"{flaps} flaps, {len(heard)} told, right {took * 1000:.0f} ms after the last")
    for number in range(count):
        told = [name for name, row in heard if row == number + 1]
        assert told == (["linkDown", "linkUp"] * len(told))[: len(told)], "in turn"
        assert len(told) % 2 == (0 if up[number] else 1), f"lan{number}: the last is the truth"


def overrun(lab, count):
    """More events at once than the socket of a process that is held can take."""
    lab.router.batch(f"link set lan{number} alias held" for number in range(count)
                         for _ in range(40))


def settled(lab, up):
    """Until the kernel has done all that it was told."""
    def done():
        states = {name: "LOWER_UP" in link["flags"] for name, link in lab.router.links().items()}
        return all(states[f"lan{number}"] == one for number, one in enumerate(up))

    eventually(done, within=20, what="the last flap", every=0.002)


# Hostile


def hostile(dice, honest):
    """One datagram that no honest client sends."""
    kind = dice.randrange(6)
    if kind == 0:  # cut short
        return honest[: dice.randrange(len(honest))]
    if kind == 1:  # some octets are others
        octets = bytearray(honest)
        for _ in range(dice.randrange(1, 5)):
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        return bytes(octets)
    if kind == 2:  # lengths that promise what does not come
        return bytes((0x30, 0x84, *dice.randbytes(4))) + honest[2:]
    if kind == 3:  # a name of more arcs than there may be, and huge ones
        return message(wire.GET_NEXT, tuple(
            [1, 3] + [dice.choice((0, 1, 2**32 - 1)) for _ in range(dice.randrange(2, 200))]
        ))  # fmt: skip
    if kind == 4:  # more of everything than fits into an answer
        return message(wire.GET_BULK, mib.IF_ENTRY, second=2**31 - 1, times=dice.randrange(1, 30))
    return message(wire.SET, dice.choice((instance("ifAlias", 1), mib.IF_NUMBER)),
                   value=dice.choice((b"\x02\x01\x01", b"\x04\x82\xff\xff", b"\x06\x00",
                                      b"\x04\x81\x90" + b"x" * 144, b"\x46\x01\x01")),
                   community=b"private")  # fmt: skip


def message(pdu_type, oid, second=0, times=1, value=b"\x05\x00", community=b"public"):
    binding = wire.tlv(wire.SEQUENCE, wire.encode_oid(oid) + value)
    head = wire.encode_integer(1) + wire.encode_integer(0) + wire.encode_integer(second)
    pdu = wire.tlv(pdu_type, head + wire.tlv(wire.SEQUENCE, binding * times))
    return wire.tlv(wire.SEQUENCE, wire.encode_integer(1) + wire.tlv(wire.OCTETS, community) + pdu)


def test_hostile_datagrams_change_nothing_and_cost_no_memory(lab, dice):
    lab.plug(adapter("lan1", 1, relid=10))
    lab.plug(adapter("lan2", 2, relid=11))
    product = lab.product(ACCESS)
    client = product.client()
    honest = message(wire.GET, instance("ifDescr", 2))
    names, files, memory = product.names(), 0, 0
    count = times(5_000, 100_000)
    for number in range(count):
        client.socket.send(hostile(dice, honest))
        if number % 100 == 0:  # in step with it, and what it answered is out of the way
            assert ask_through_noise(client, instance("ifDescr", 2)).endswith(b"adapter lan2")
        if number == count // 5:
            files, memory = open_files(product), resident_kib(product)
    assert product.names() == names
    assert product.ask(instance("ifAlias", 1)) == b""
    assert len(product.log_lines) == 2, "nobody can fill the log from outside"
    assert open_files(product) == files
    print(f"{memory} to {resident_kib(product)} KiB")
    assert resident_kib(product) < memory + GROWTH_KIB


def ask_through_noise(client, oid):
    """The answers to the noise come first, and are thrown away."""
    client.request_id = 1_000_000 + client.request_id % 1_000_000
    return eventually(lambda: value_or_none(client, oid), within=20, what="an honest answer")


def value_or_none(client, oid):
    try:
        return client.value(oid)
    except (AssertionError, ValueError, OSError, KeyError):
        return None  # an answer to something else


# Soak


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_hundreds_of_thousands_of_requests_leave_nothing_behind(lab, dice, mode):
    for number in range(1, 9):
        lab.plug(adapter(f"lan{number}", number, relid=20 - number))
    product = lab.product(ACCESS, snmpd=lab.snmpd() if mode == "agentx" else None)
    client, topology, numbers = product.client(), Topology(lab, dice), product.numbers()
    gets = [instance(column, row) for column in ("ifName", "ifHCInOctets", "ifInDiscards")
            for row in range(1, 9)]  # fmt: skip
    files, memory = 0, 0
    count = times(3_000, 500_000)
    for number in range(count):
        answer = client.get(*gets) if number % 3 else client.get_bulk(0, 10, mib.COLUMNS["ifAlias"])
        assert len(answer) >= 10
        if number % 200 == 0:
            topology.change()
        if number == count // 5:
            files, memory = open_files(product), resident_kib(product)
    print(f"{memory} to {resident_kib(product)} KiB")
    assert resident_kib(product) < memory + GROWTH_KIB
    assert open_files(product) == files
    assert {name: n for name, n in product.numbers().items() if n < 256} == {
        name: n for name, n in numbers.items() if n < 256
    }
