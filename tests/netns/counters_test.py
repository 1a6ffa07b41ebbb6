"""What the kernel counted is what SNMP says, to the packet (design.md §5)."""

import contextlib
import os
import re
import socket
import threading

import mib
import pytest
from lab import adapter
from mib import instance
from polling import eventually, eventually_equal

ROUTER, PEER = "10.9.0.1", "10.9.0.2"
GROUP = "239.1.2.3"
LAN0 = adapter("lan0", number=1, relid=10)
LAN1 = adapter("lan1", number=2, relid=11)
COUNTERS = [name for name, oid in mib.COLUMNS.items() if not mib.is_static(oid)]


@pytest.fixture
def router(lab):
    lab.plug(LAN0)
    lab.plug(LAN1)
    connect(lab)
    return lab


def connect(lab):
    """lan0 with an address at both ends. The neighbours are permanent: no ARP afterwards."""
    peer_mac = lab.peer.links()["p-lan0"]["address"]
    lab.router.ip("addr", "add", f"{ROUTER}/24", "dev", "lan0")
    lab.peer.ip("addr", "add", f"{PEER}/24", "dev", "p-lan0")
    lab.router.ip("neigh", "add", PEER, "lladdr", peer_mac, "dev", "lan0", "nud", "permanent")
    lab.peer.ip("neigh", "add", ROUTER, "lladdr", LAN0.mac, "dev", "p-lan0", "nud", "permanent")


def blast(namespace, source, target, count, size):
    """`count` datagrams of `size` octets to a port where somebody listens and nobody reads: no
    ICMP comes back."""
    with namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, 0))
        for _ in range(count):
            sender.sendto(bytes(size), (target, 9999))


def sink(namespace, address):
    with namespace.entered():
        deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind((address, 9999))
    return deaf


def exchange(lab, received, sent):
    """(count, size) each way; numbers that differ, so that no column can pass for another."""
    with sink(lab.router, ROUTER), sink(lab.peer, PEER):
        blast(lab.peer, PEER, ROUTER, *received)
        blast(lab.router, ROUTER, PEER, *sent)


def kernel_counters(lab, name):
    """`ip -s -s -j link` in the words of IF-MIB (design.md §5); None where nobody counts, so the
    object is not instantiated. The adapters are hv_netvsc, which drops nothing that the kernel
    counts, and counts multicast and broadcast together. A veth counts neither."""
    stats = lab.router.links()[name]["stats64"]
    rx, tx = stats["rx"], stats["tx"]
    adapter = name in ("lan0", "lan1")
    both = rx["multicast"] if adapter or name == "br0" else None
    wide = {
        "InOctets": rx["bytes"],
        "InUcastPkts": rx["packets"] - rx["multicast"],
        "InMulticastPkts": None if adapter else both,
        "InBroadcastPkts": None,
        "OutOctets": tx["bytes"],
        "OutUcastPkts": tx["packets"],
        "OutMulticastPkts": None,
        "OutBroadcastPkts": None,
    }
    narrow = wide | {
        "InNUcastPkts": both,
        "InDiscards": rx["missed_errors"] + (0 if adapter else rx["dropped"]),
        "InErrors": rx["errors"],
        "InUnknownProtos": rx["dropped"] if adapter else None,
        "OutNUcastPkts": None,
        "OutDiscards": tx["dropped"],
        "OutErrors": tx["errors"],
    }
    low32 = {f"if{name}": None if n is None else n % 2**32 for name, n in narrow.items()}
    return low32 | {f"ifHC{name}": n for name, n in wide.items()}


def snmp_counters(product, index):
    client = product.client()
    answer = client.get(*(instance(column, index) for column in COUNTERS))
    client.close()
    return {column: varbind.value for column, varbind in zip(COUNTERS, answer)}


def must_agree(lab, product, *names):
    numbers = product.numbers()
    for name in names:
        eventually_equal(
            lambda: snmp_counters(product, numbers[name]), kernel_counters(lab, name), within=1
        )


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_every_counter_equals_the_kernels_after_traffic_both_ways(router, mode):
    product = router.product(snmpd=router.snmpd() if mode == "agentx" else None)
    must_agree(router, product, "lan0", "lan1")
    exchange(router, received=(3000, 700), sent=(1700, 1200))
    kernel = kernel_counters(router, "lan0")
    assert kernel["ifHCInUcastPkts"] == 3000 and kernel["ifHCInOctets"] == 3000 * 742
    assert kernel["ifHCOutUcastPkts"] == 1700 and kernel["ifHCOutOctets"] == 1700 * 1242
    must_agree(router, product, "lan0", "lan1")


def test_traffic_from_before_the_start_is_counted_too(router):
    exchange(router, received=(300, 100), sent=(170, 200))
    assert kernel_counters(router, "lan0")["ifHCInUcastPkts"] == 300
    must_agree(router, router.product(), "lan0")


def test_packets_that_the_stack_drops_on_receive_are_no_discards_of_an_adapter(router):
    """What is larger than the MTU of a veth is dropped when its peer sends it. The stack does that:
    a driver of this adapter counts nothing in rx_dropped."""
    product = router.product()
    router.router.ip("link", "set", "lan0", "mtu", "600")
    exchange(router, received=(23, 1400), sent=(5, 100))
    assert kernel_counters(router, "lan0")["ifInUnknownProtos"] == 23
    must_agree(router, product, "lan0")
    assert product.column("ifInDiscards")[1] == 0
    assert product.column("ifMtu")[1] == 600


def test_what_the_stack_dropped_before_the_start_is_no_loss_whatever_the_backlogs_dropped(router):
    """Of all that a machine's backlogs have dropped since its boot nobody knows whose it was."""
    router.router.ip("link", "set", "lan0", "mtu", "600")
    exchange(router, received=(23, 1400), sent=(5, 100))
    product = router.product()
    assert product.column("ifInDiscards")[1] == 0
    assert product.column("ifInUnknownProtos")[1] == 23


def test_packets_that_are_dropped_on_receive_by_whom_nobody_tells_are_discards(router):
    router.cable("tun7")
    product = router.product()
    router.router.ip("link", "set", "tun7", "mtu", "600")
    with router.peer.entered():
        sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    with sender:
        sender.bind(("p-tun7", 0))
        for _ in range(23):
            with contextlib.suppress(OSError):  # what a veth drops is ENOBUFS for who sends
                sender.send(bytes(1400))
    assert kernel_counters(router, "tun7")["ifInDiscards"] == 23
    must_agree(router, product, "tun7")


def test_packets_that_the_kernel_drops_on_send_are_discards(router):
    product = router.product()
    router.peer.ip("link", "set", "p-lan0", "mtu", "600")
    exchange(router, received=(5, 100), sent=(37, 1400))
    assert kernel_counters(router, "lan0")["ifOutDiscards"] == 37
    must_agree(router, product, "lan0")


def test_multicast_is_counted_apart_from_unicast(router):
    """A bridge counts multicast; a veth does not. Without snooping it sends nothing itself."""
    router.router.ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
    router.router.ip("link", "set", "lan1", "master", "br0")
    router.router.ip("link", "set", "br0", "up")
    router.peer.ip("addr", "add", "10.9.1.2/24", "dev", "p-lan1")
    product = router.product()
    with router.peer.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.1.2"))
        for _ in range(41):
            sender.sendto(bytes(500), (GROUP, 9999))
    assert kernel_counters(router, "br0")["ifHCInMulticastPkts"] == 41
    must_agree(router, product, "br0", "lan1")


def test_counters_are_never_older_than_a_quarter_second_however_seldom_one_samples(router):
    """design.md §2: a request that finds the snapshot older than 200 ms asks for a fresh one."""
    product = router.product("sampleInterval 60000\n")
    for _ in range(3):
        exchange(router, received=(50, 100), sent=(20, 200))
        eventually_equal(
            lambda: snmp_counters(product, 1), kernel_counters(router, "lan0"), within=0.3
        )


def test_columns_of_one_answer_come_from_one_instant(router):
    """Octets and packets of one GET belong together while traffic flows: each datagram that is
    counted at all is counted with all its octets, in the 32-bit columns as in the 64-bit ones."""
    product = router.product()
    done = threading.Event()

    def traffic():
        while not done.is_set():
            blast_once.sendto(bytes(458), (PEER, 9999))

    with sink(router.peer, PEER), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as blast_once:
        thread = threading.Thread(target=traffic)
        thread.start()
        try:
            for _ in range(50):
                seen = snmp_counters(product, 1)
                assert seen["ifOutOctets"] == seen["ifHCOutOctets"] % 2**32
                assert seen["ifOutUcastPkts"] == seen["ifHCOutUcastPkts"] % 2**32
        finally:
            done.set()
            thread.join()
    must_agree(router, product, "lan0")
    seen = snmp_counters(product, 1)
    assert seen["ifHCOutOctets"] == 500 * seen["ifHCOutUcastPkts"] > 0


@pytest.mark.parametrize("order", ("hypervisor", "kernel"))
def test_an_interface_that_is_removed_and_returns_continues_from_its_totals(router, order):
    """With a new device, whose counters start from zero: an adapter, and what comes and goes."""
    router.cable("tun7")
    product = router.product(f"indexOrder {order}\n")
    exchange(router, received=(300, 100), sent=(170, 200))
    must_agree(router, product, "lan0", "tun7")
    before = {name: snmp_counters(product, product.numbers()[name]) for name in ("lan0", "tun7")}
    router.unplug(LAN0)
    router.router.ip("link", "del", "tun7")
    eventually(lambda: not {"lan0", "tun7"} & set(product.numbers()), within=2)
    router.plug(LAN0)
    router.cable("tun7")
    connect(router)
    exchange(router, received=(40, 100), sent=(30, 200))
    eventually(lambda: {"lan0", "tun7"} <= set(product.numbers()), within=2)
    for name in ("lan0", "tun7"):
        index = product.numbers()[name]
        kernel = kernel_counters(router, name)
        expected = before[name]["ifHCOutOctets"] + kernel["ifHCOutOctets"]
        eventually_equal(
            lambda: snmp_counters(product, index)["ifHCOutOctets"], expected, within=1
        )
        assert product.ask(instance("ifCounterDiscontinuityTime", index)) > 0


def test_an_interface_that_was_replaced_while_the_agent_was_down_continues(router):
    """Below a master, whose uptime goes on: the discontinuity is found at the agent's very start,
    which is time 0 where the agent has an uptime of its own."""
    product = router.product(snmpd=router.snmpd())
    exchange(router, received=(300, 100), sent=(170, 200))
    must_agree(router, product, "lan0")
    before = snmp_counters(product, 1)
    product.stop()
    router.unplug(LAN0)
    router.plug(LAN0)
    connect(router)
    exchange(router, received=(40, 100), sent=(30, 200))
    kernel = kernel_counters(router, "lan0")
    product.start()
    expected = before["ifHCInOctets"] + kernel["ifHCInOctets"]
    eventually_equal(lambda: snmp_counters(product, 1)["ifHCInOctets"], expected, within=1)
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) > 0


@pytest.mark.parametrize("how", ("deleted", "broken", "of another namespace", "rebuilt"))
def test_counters_that_were_lost_while_the_agent_was_down_are_a_discontinuity(router, how):
    product = router.product(snmpd=router.snmpd())
    exchange(router, received=(300, 100), sent=(170, 200))
    must_agree(router, product, "lan0")
    assert product.ask(instance("ifCounterDiscontinuityTime", 1)) == 0
    product.stop()
    saved = product.map_file.parent / "counters.saved"
    if how == "deleted":
        saved.unlink()
    elif how == "broken":
        saved.write_text("nonsense\n")
    elif how == "of another namespace":
        saved.write_text(re.sub(r"net:\S+", "net:[1]", saved.read_text(), count=1))
    else:
        product.command.append("--rebuild-map")
    product.start()
    must_agree(router, product, "lan0")
    for index in product.numbers().values():
        assert product.ask(instance("ifCounterDiscontinuityTime", index)) > 0


def test_counters_never_decrease_while_traffic_flows_and_the_mtu_changes(router):
    product = router.product()
    last = snmp_counters(product, 1)
    for mtu in (1400, 1500, 1300):
        exchange(router, received=(100, 100), sent=(100, 200))
        router.router.ip("link", "set", "lan0", "mtu", str(mtu))
        seen = snmp_counters(product, 1)
        assert all(n is None or n >= last[column] for column, n in seen.items())
        last = seen
    must_agree(router, product, "lan0")


def test_32_bit_columns_are_the_low_32_bits_beyond_four_gigabytes(lab):
    """Over the loopback interface, where four gigabytes take two seconds."""
    product = lab.product()
    index = product.numbers()["lo"]
    octets = 4400 << 20
    transfer(octets)
    wide, narrow = eventually(lambda: loopback_octets(product, index, octets), within=0.5)
    assert narrow == wide % 2**32


def loopback_octets(product, index, at_least):
    """Both columns in one answer, once the transfer is in them."""
    wide, narrow = (
        varbind.value
        for varbind in product.client().get(
            instance("ifHCInOctets", index), instance("ifInOctets", index)
        )
    )
    return (wide, narrow) if wide > at_least else None


def transfer(octets):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drain, args=(server,))
        thread.start()
        blank = os.memfd_create("blank")
        os.truncate(blank, 1 << 26)
        with socket.create_connection(server.getsockname()) as sender:
            while octets > 0:
                octets -= os.sendfile(sender.fileno(), blank, 0, min(octets, 1 << 26))
        os.close(blank)
        thread.join()


def drain(server):
    connection, _ = server.accept()
    buffer = bytearray(1 << 20)
    with connection:
        while connection.recv_into(buffer):
            pass


def test_an_adapter_of_a_driver_that_only_the_configuration_names_has_no_made_up_multicasts(lab):
    one = adapter("eth0", 1, 21)
    lab.cable(one.name, one.mac)
    product = lab.product("adapterDriver veth\n", sysfs=False)
    (number,) = (index for name, index in product.numbers().items() if name == "eth0")
    assert number < 256
    assert number in product.column("ifInUcastPkts")
    for name in ("ifInMulticastPkts", "ifHCInMulticastPkts", "ifInNUcastPkts"):
        assert number not in product.column(name), name
