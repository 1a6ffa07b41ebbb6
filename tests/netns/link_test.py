"""The state of a link is true within 100 ms (design.md §7 and §14). Timing-sensitive: CTest runs
these with nothing beside them."""

import time

import mib
import pytest
from lab import adapter
from mib import DOWN, UP, instance
from polling import SLOW, eventually

LAN0 = adapter("lan0", number=1, relid=10)
LAN1 = adapter("lan1", number=2, relid=11)
OPER, ADMIN = instance("ifOperStatus", 1), instance("ifAdminStatus", 1)
LIMIT_S = 0.1 * SLOW
MODES = ("agentx", "standalone")


@pytest.fixture
def router(lab):
    lab.plug(LAN0)
    lab.plug(LAN1)
    return lab


def seconds_until(client, oid, wanted):
    """Asks again and again until the answer is `wanted`; gives up well past the limit."""
    start = time.monotonic()
    while client.value(oid) != wanted:
        if time.monotonic() - start > 20 * LIMIT_S:
            return float("inf")
    return time.monotonic() - start


@pytest.mark.parametrize("mode", MODES)
def test_oper_status_follows_carrier_within_100_ms(router, mode):
    client = router.product(snmpd=router.snmpd() if mode == "agentx" else None).client()
    assert client.value(OPER) == UP
    took = []
    for _ in range(20):
        for state, wanted in (("down", DOWN), ("up", UP)):
            router.carrier("lan0", state)
            took.append(seconds_until(client, OPER, wanted))
    assert max(took) <= LIMIT_S, [f"{one * 1000:.0f} ms" for one in took]


@pytest.mark.parametrize("mode", MODES)
def test_a_hot_added_row_appears_and_goes_within_100_ms(router, mode):
    client = router.product(snmpd=router.snmpd() if mode == "agentx" else None).client()
    newcomer = adapter("lan2", number=3, relid=12)
    took = []
    for _ in range(5):
        router.plug(newcomer)
        took.append(seconds_until(client, instance("ifName", 3), b"lan2"))
        router.unplug(newcomer)
        took.append(seconds_until(client, instance("ifName", 3), None))
    assert max(took) <= LIMIT_S, [f"{one * 1000:.0f} ms" for one in took]


def test_an_adapter_that_is_set_down_is_not_told_to_have_no_network(router):
    """veth, like most drivers, has no carrier while it is down, whatever the host does."""
    client = router.product().client()
    assigned = instance("hvnetAdapterNetworkAssigned", 1)
    media = mib.OIDS["ifMauMediaAvailable"] + (1, 1)
    assert (client.value(assigned), client.value(media)) == (1, 3)
    router.router.ip("link", "set", "lan0", "down")
    eventually(lambda: client.value(ADMIN) == DOWN, within=LIMIT_S)
    assert (client.value(OPER), client.value(assigned), client.value(media)) == (DOWN, None, 2)
    router.router.ip("link", "set", "lan0", "up")
    eventually(lambda: client.value(assigned) == 1, within=LIMIT_S)
    router.carrier("lan0", "down")
    eventually(lambda: client.value(OPER) == DOWN, within=LIMIT_S)
    assert (client.value(assigned), client.value(media)) == (2, 4)


def test_a_change_of_carrier_touches_no_other_row(router):
    product = router.product()
    router.carrier("lan0", "down")
    eventually(lambda: product.ask(OPER) == DOWN, within=0.5)
    assert product.column("ifOperStatus")[2] == UP
    assert product.column("ifAdminStatus")[1] == UP
    assert product.column("ifLastChange")[2] == 0


def test_admin_down_is_down_and_up_again(router):
    client = router.product().client()
    router.router.ip("link", "set", "lan0", "down")
    assert seconds_until(client, ADMIN, DOWN) <= LIMIT_S
    assert client.value(OPER) == DOWN
    router.router.ip("link", "set", "lan0", "up")
    assert seconds_until(client, ADMIN, UP) <= LIMIT_S
    assert seconds_until(client, OPER, UP) <= LIMIT_S


def test_a_link_that_is_down_at_the_start_is_down(router):
    router.carrier("lan0", "down")
    router.router.ip("link", "set", "lan1", "down")
    product = router.product()
    assert (product.ask(OPER), product.ask(ADMIN)) == (DOWN, UP)
    assert product.column("ifAdminStatus")[2] == product.column("ifOperStatus")[2] == DOWN


def test_an_adapter_named_in_the_configuration_without_carrier_is_down_not_lower_layer_down(lab):
    """Alerting templates fire on down(2) only (facts.md §6)."""
    # Both ends here: only then does the kernel see the lower layer, and says so.
    lab.router.batch(
        [
            "link add name a address 02:00:00:00:00:01 type veth peer name b",
            "link set dev a up",
            "link set dev b up",
        ]
    )
    client = lab.product("adapterDriver veth\n", sysfs=False).client()
    assert seconds_until(client, OPER, UP) <= LIMIT_S
    lab.router.ip("link", "set", "dev", "b", "down")
    assert seconds_until(client, OPER, DOWN) <= LIMIT_S
    eventually(lambda: lab.router.links()["a"]["operstate"] == "LOWERLAYERDOWN", within=2)
    assert client.value(OPER) == DOWN


def test_last_change_is_in_the_masters_sys_up_time(router):
    """The master is older than the product, so the two count from different zeros."""
    snmpd = router.snmpd()
    eventually(lambda: snmpd.client().value(mib.SYS_UP_TIME) > 200, within=5)
    client = router.product(snmpd=snmpd).client()
    last_change = instance("ifLastChange", 1)
    assert client.value(last_change) == 0  # RFC 2863: from before the agent was there
    for state, wanted in (("down", DOWN), ("up", UP)):
        before = client.value(mib.SYS_UP_TIME)
        router.carrier("lan0", state)
        seconds_until(client, OPER, wanted)
        after = client.value(mib.SYS_UP_TIME)
        # The two processes do not read their clocks in one instant: 50 ms either way.
        assert before - 5 <= client.value(last_change) <= after + 5
        assert client.value(instance("ifLastChange", 2)) == 0


def test_last_change_starts_anew_with_the_master(router):
    """RFC 2863: zero when the state was entered before the last re-initialisation."""
    snmpd = router.snmpd()
    eventually(lambda: snmpd.client().value(mib.SYS_UP_TIME) > 100, within=5)
    product = router.product(snmpd=snmpd)
    router.carrier("lan0", "down")
    eventually(lambda: product.ask(instance("ifLastChange", 1)) > 100, within=0.5)
    snmpd.stop()
    snmpd.start()
    eventually(product.serves, within=5)
    assert product.column("ifLastChange")[1] == 0
    assert product.ask(OPER) == DOWN


def test_a_burst_of_flaps_ends_with_the_true_state(router):
    product = router.product()
    router.peer.batch(["link set p-lan0 down", "link set p-lan0 up"] * 100)
    router.peer.batch(["link set p-lan0 down"])
    client = product.client()
    assert seconds_until(client, OPER, DOWN) <= LIMIT_S
    router.peer.batch(["link set p-lan0 up", "link set p-lan0 down"] * 100)
    router.peer.batch(["link set p-lan0 up"])
    assert seconds_until(client, OPER, UP) <= LIMIT_S
