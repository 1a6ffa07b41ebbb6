"""The tables beyond ifTable: that the systems which graph and alert find what they look for, and
that what is published is what the kernel says (design.md §7 and §9, facts.md §6)."""

import re
import subprocess

import mib
import pytest
import tools
import wire
from lab import adapter, run
from mib import OIDS, instance
from polling import SLOW, eventually

MODES = ("agentx", "standalone")
LAN0 = adapter("lan0", number=1, relid=10)
LAN1 = adapter("lan1", number=2, relid=20)


@pytest.fixture
def router(lab):
    for one in (LAN0, LAN1):
        lab.plug(one)
    lab.cable("mgmt0")
    return lab


def served(router, mode, conf=""):
    return router.product(conf, snmpd=router.snmpd() if mode == "agentx" else None)


def column(product, name):
    """{instance: value}, in the order of the walk; of an empty one the tool shows an exception."""
    oid = OIDS[name]
    return {vb.oid[len(oid) :]: vb.value for vb in product.walk(oid) if vb.value is not None}


def our_subtrees():
    roots = {mib.INTERFACES, mib.DOT3, mib.MIB2 + (26,), mib.MIB2 + (31,), mib.HVNET}
    return sorted(roots)


# What others look up


@pytest.mark.parametrize("mode", MODES)
def test_zabbix_finds_the_duplex_of_every_ethernet_interface(router, mode):
    """Its EtherLike discovery: dot3StatsDuplexStatus, and for each row of it these columns."""
    product = served(router, mode)
    duplex = column(product, "dot3StatsDuplexStatus")
    ethernet = [index for index, kind in column(product, "ifType").items() if kind == 6]
    assert list(duplex) == ethernet and len(ethernet) >= 3
    assert (duplex[(1,)], duplex[(2,)]) == (3, 3)
    for name in ("ifOperStatus", "ifAlias", "ifName", "ifDescr"):
        assert set(duplex) <= set(column(product, name)), name


CACTI_INPUTS = ("ifIndex", "ifDescr", "ifName", "ifAlias", "ifType", "ifSpeed", "ifPhysAddress")
CACTI_OUTPUTS = (
    "ifInOctets", "ifOutOctets", "ifHCInOctets", "ifHCOutOctets", "ifInDiscards", "ifOutDiscards",
    "ifInUcastPkts", "ifOutUcastPkts", "ifInErrors", "ifOutErrors",
)  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_cactis_interface_query_finds_all_of_its_columns(router, mode):
    """interface.xml: the count from ifNumber.0, the index from ifIndex, then each column."""
    product = served(router, mode)
    indexes = column(product, "ifIndex")
    assert product.ask(mib.IF_NUMBER) == len(indexes)
    for name in CACTI_INPUTS + CACTI_OUTPUTS:
        assert list(column(product, name)) == list(indexes), name
    # A veth and the loopback do not count multicast. Of what is sent, nobody here does.
    assert list(column(product, "ifInNUcastPkts")) == [(1,), (2,)]
    assert not column(product, "ifOutNUcastPkts")


def listed_modules(port):
    """{sysORID: sysORDescr}"""
    walk = tools.snmpwalk(port, mib.SYS_OR_ENTRY)
    ids = {vb.oid[-1]: vb.value for vb in walk if vb.oid[-2] == 2}
    texts = {vb.oid[-1]: vb.value.decode() for vb in walk if vb.oid[-2] == 3}
    return [(ids[row], texts[row]) for row in ids]


def lists_our_modules(port):
    listed = listed_modules(port)
    ours = [(oid, text) for oid, text in listed if text.split(":")[0] in mib.MODULES]
    return {text.split(":")[0]: oid for oid, text in ours} == mib.MODULES and len(ours) == 4


@pytest.mark.parametrize("mode", MODES)
def test_sysortable_lists_every_module_that_is_served(router, mode):
    product = served(router, mode)
    assert lists_our_modules(product.port), listed_modules(product.port)


def test_sysortable_follows_the_product_and_its_master(router):
    snmpd = router.snmpd()
    before = listed_modules(snmpd.port)
    product = router.product(snmpd=snmpd)
    snmpd.stop()
    snmpd.start()
    eventually(lambda: lists_our_modules(snmpd.port), within=5)
    product.stop()
    eventually(lambda: listed_modules(snmpd.port) == before, within=5)


# The whole tree


@pytest.mark.parametrize("mode", MODES)
def test_every_table_is_walked_once_in_order_and_get_agrees(router, mode):
    product = served(router, mode)
    client = product.client()
    for subtree in our_subtrees():
        walk = product.walk(subtree)
        assert walk and tools.in_order_and_once(walk), mib.to_text(subtree)
        for varbind in walk:
            mib.object_of(varbind.oid)  # nothing that no module has
        for at in range(0, len(walk), 50):
            got = client.get(*(vb.oid for vb in walk[at : at + 50]))
            assert [(vb.oid, vb.kind) for vb in got] == [
                (vb.oid, vb.kind) for vb in walk[at : at + 50]
            ]


@pytest.mark.parametrize("mode", MODES)
def test_getbulk_over_all_of_it_agrees_with_getnext(router, mode):
    product = served(router, mode, "dropAlarm window 2\n")
    # The last objects to appear, after a whole window of drops.
    product.wait_until(lambda: product.ask(OIDS["hvnetAlarmBaseline"] + (2,)) is not None)
    for size in (1, 10, 60):
        for subtree in our_subtrees():
            bulk = tools.snmpbulkwalk(product.port, subtree, f"-Cr{size}")
            single = product.walk(subtree)
            assert [vb.oid for vb in bulk] == [vb.oid for vb in single]


@pytest.mark.parametrize("mode", MODES)
def test_holes_and_indexes_are_told_from_objects_that_do_not_exist(router, mode):
    client = served(router, mode).client()
    holes = (
        mib.DOT3 + (2, 1, 7, 1),  # dot3StatsDeferredTransmissions: Linux does not count it
        OIDS["dot3StatsLateCollisions"] + (256,),  # loopback is not Ethernet
        OIDS["ifMauType"] + (1, 2),  # the second MAU of an adapter that has one
        OIDS["hvnetAdapterDriver"] + (257,),  # not an adapter
        OIDS["hvnetIpkts"] + (99,),
        OIDS["ifStackStatus"] + (1,),
        OIDS["hvnetAgentVersion"] + (1,),
    )
    assert [vb.kind for vb in client.get(*holes)] == ["noSuchInstance"] * len(holes)
    nothing = (
        mib.DOT3 + (2, 1, 12, 1),
        mib.IF_MIB_OBJECTS + (2, 1, 1, 0, 1),  # ifStackHigherLayer is not accessible
        mib.HVNET + (1, 4, 1, 1, 1, 0),  # nor is hvnetQueueIndex
        mib.HVNET + (1, 8),
    )
    assert [vb.kind for vb in client.get(*nothing)] == ["noSuchObject"] * len(nothing)


def test_a_set_is_refused_as_not_writable(router):
    access = "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n"
    product = served(router, "standalone", access)
    for name, where, kind, value in (
        ("ifMauStatus", (1, 1), "INTEGER", 6),
        ("ifStackStatus", (1, 0), "INTEGER", 6),
        ("hvnetAgentSampleInterval", (0,), "Gauge32", 1),
        ("hvnetDriverStatValue", (1, 1), "Counter64", 0),
    ):
        response = product.client("private").set(OIDS[name] + where, kind, value)
        assert response.error_status == wire.NOT_WRITABLE, name


def test_an_answer_that_no_datagram_holds_is_too_big_and_the_next_one_is_served(router):
    """RFC 3416 §4.2.1: tooBig, with no variable bindings. (snmpd says nothing at all then.)"""
    product = served(router, "standalone")
    client, descr = product.client(), mib.instance("ifDescr", 1)
    response = client.request(wire.GET, [(descr, None, None)] * 1500)
    assert response == wire.Response(wire.TOO_BIG, 0, [])
    assert client.value(descr) is not None
    client.close()


@pytest.mark.parametrize("mode", MODES)
def test_version_1_hears_no_such_name_of_what_is_not_there(router, mode):
    """RFC 3584 §4.2.2.1: it has no exceptions."""
    product = served(router, mode)
    there, missing = (mib.to_text(mib.instance("ifDescr", n)) for n in (1, 99))
    command = ["snmpget", "-v1", "-c", "public", "-r0", "-t5", f"udp:127.0.0.1:{product.port}"]
    environment = tools.HERMETIC | {"LC_ALL": "C"}

    def get(*oids):
        return subprocess.run(
            [*command, *oids], capture_output=True, text=True, timeout=60, env=environment
        )

    assert get(there).returncode == 0
    refused = get(there, missing)
    assert refused.returncode == 2 and "noSuchName" in refused.stderr, refused


# What the kernel says


def ethtool_lines(name):
    """[(name, value)] of `ethtool -S`, in its order."""
    lines = run("/usr/sbin/ethtool", "-S", name).splitlines()[1:]
    parts = (re.fullmatch(r"\s*(.*): (\d+)", line) for line in lines)
    return [(part[1].strip(), int(part[2])) for part in parts]


@pytest.mark.parametrize("mode", MODES)
def test_ethtools_statistics_and_the_drivers_table_agree_line_for_line(lab, mode):
    lab.cable("wan0")
    lab.cable("wan1")
    product = served_real(lab, mode)
    index = product.numbers()["wan0"]
    names = column(product, "hvnetDriverStatName")
    values = column(product, "hvnetDriverStatValue")
    assert list(names) == list(values)
    lines = [(names[at].decode(), values[at]) for at in names if at[0] == index]
    assert lines == ethtool_lines("wan0") and lines
    assert [at[1] for at in names if at[0] == index] == list(range(1, len(lines) + 1))


def served_real(lab, mode):
    return lab.product(
        "adapterDriver veth\n", sysfs=False, snmpd=lab.snmpd() if mode == "agentx" else None
    )


def test_a_bridge_stands_on_its_ports(router):
    product = served(router, "standalone")
    before = product.ask(mib.IF_STACK_LAST_CHANGE)
    # A TimeStamp counts hundredths: let some pass, so that the change can be told from the start.
    eventually(lambda: product.ask(mib.SYS_UP_TIME) > before + 10)
    router.router.ip("link", "add", "br0", "type", "bridge")
    router.router.ip("link", "set", "mgmt0", "master", "br0")
    numbers = eventually(lambda: "br0" in product.numbers() and product.numbers(), within=2)
    bridge, port = numbers["br0"], numbers["mgmt0"]
    eventually(lambda: (bridge, port) in column(product, "ifStackStatus"), within=2)
    stack = column(product, "ifStackStatus")
    assert set(stack.values()) == {1}
    assert (0, bridge) in stack and (port, 0) in stack
    assert (0, port) not in stack and (bridge, 0) not in stack
    assert before < product.ask(mib.IF_STACK_LAST_CHANGE) <= product.ask(mib.SYS_UP_TIME)
    router.router.ip("link", "set", "mgmt0", "nomaster")
    eventually(lambda: (0, port) in column(product, "ifStackStatus"), within=2)
    assert (bridge, port) not in column(product, "ifStackStatus")


def address(text):
    octets = tuple(int(part, 16) for part in text.split(":"))
    return (len(octets), *octets)


def test_an_interface_receives_its_own_address_and_broadcast(router):
    product = served(router, "standalone")
    received = column(product, "ifRcvAddressType")
    links = router.router.links()
    for name, index in product.numbers().items():
        if links[name]["link_type"] == "ether":
            assert received[(index, *address(links[name]["address"]))] == 3, name
            assert received[(index, *address("ff:ff:ff:ff:ff:ff"))] == 3, name
    assert set(column(product, "ifRcvAddressStatus").values()) == {1}


def test_a_group_that_is_joined_is_received_until_it_is_left(router):
    """The kernel sends no event of it; the product looks every ten seconds."""
    product = served(router, "standalone")
    group = (1, *address("33:33:00:00:00:42"))
    assert group not in column(product, "ifRcvAddressType")
    router.router.ip("maddr", "add", "33:33:00:00:00:42", "dev", "lan0")
    eventually(lambda: column(product, "ifRcvAddressType").get(group) == 2, within=15)
    router.router.ip("maddr", "del", "33:33:00:00:00:42", "dev", "lan0")
    eventually(lambda: group not in column(product, "ifRcvAddressType"), within=15)


def test_every_device_of_the_vmbus_is_listed(router):
    product = served(router, "standalone")
    classes = column(product, "hvnetVmbusClassName")
    assert classes == {(2,): b"heartbeat", (10,): b"network", (20,): b"network"}
    assert column(product, "hvnetVmbusConfigured") == {(2,): 2, (10,): 1, (20,): 1}
    assert column(product, "hvnetVmbusDriver")[(2,)] == b""
    assert column(product, "hvnetVmbusInstance")[(10,)] == LAN0.guid.encode()


def test_the_mau_says_whether_a_network_is_assigned(router):
    product = served(router, "standalone")
    assert column(product, "ifMauMediaAvailable") == {(1, 1): 3, (2, 1): 3}
    router.carrier("lan1", "down")
    eventually(lambda: column(product, "ifMauMediaAvailable") == {(1, 1): 3, (2, 1): 4}, within=2)
    assert column(product, "ifMauStatus") == {(1, 1): 3, (2, 1): 3}


# The agent itself


def test_the_agent_tells_how_its_source_does(router):
    product = served(router, "standalone")
    agent = {mib.object_of(vb.oid)[0]: vb.value for vb in product.walk(mib.HVNET_AGENT)}
    assert len(agent) == 9
    assert agent["hvnetAgentHypervisor"] == b"Hyper-V"
    assert agent["hvnetAgentSource"] == b"linux"
    assert agent["hvnetAgentSourceState"] == 1
    assert agent["hvnetAgentSourceErrors"] == 0
    assert agent["hvnetAgentSampleAge"] < 1000 * SLOW
    samples = OIDS["hvnetAgentSamples"] + (0,)
    eventually(lambda: product.ask(samples) > agent["hvnetAgentSamples"], within=3)


def test_the_vendors_counters_are_those_of_the_interface(router):
    product = served(router, "standalone")
    pairs = {
        "hvnetInOctets": "ifHCInOctets",
        "hvnetOutOctets": "ifHCOutOctets",
        "hvnetIerrs": "ifInErrors",
        "hvnetOerrs": "ifOutErrors",
        "hvnetInDrops": "ifInDiscards",
        "hvnetOutDiscards": "ifOutDiscards",
    }
    for ours, standard in pairs.items():
        answer = product.client().get(
            *(oid for index in (1, 2) for oid in (OIDS[ours] + (index,), instance(standard, index)))
        )
        assert answer[0].value == answer[1].value, ours
        assert answer[2].value == answer[3].value, ours
    assert set(column(product, "hvnetColls")) == {(1,), (2,)}
    assert set(column(product, "hvnetColls").values()) == {0}
