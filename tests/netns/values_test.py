"""What an interface publishes, and that it follows the kernel (design.md §7)."""

from pathlib import Path

import pytest
from lab import adapter
from polling import eventually_equal

LAN0 = adapter("lan0", number=1, relid=20)
LAN1 = adapter("lan1", number=2, relid=10)


@pytest.fixture
def product(lab):
    lab.plug(LAN0)
    lab.plug(LAN1)
    lab.cable("mgmt0")
    return lab.product()


def follows(product, column, index, value):
    eventually_equal(lambda: product.column(column)[index], value, within=0.5, what=column)


def test_an_adapter_is_described_by_its_hypervisor_and_driver_at_the_nominal_speed(product):
    assert product.column("ifDescr")[1] == b"Hyper-V hv_netvsc adapter lan1"
    assert product.column("ifSpeed")[1] == 1_000_000_000
    assert product.column("ifHighSpeed")[1] == 1000
    assert product.column("ifType")[1] == 6
    assert product.column("ifConnectorPresent")[1] == 2
    assert product.column("ifPhysAddress")[1] == bytes.fromhex(LAN1.mac.replace(":", ""))


def test_every_description_and_every_name_is_unique(product):
    for column in ("ifDescr", "ifName"):
        values = list(product.column(column).values())
        assert len(set(values)) == len(values)


def test_traps_are_enabled_for_adapters_only(product):
    enabled = product.column("ifLinkUpDownTrapEnable")
    assert enabled == {index: 1 if index < 256 else 2 for index in product.names()}


def test_an_interface_without_an_address_has_an_empty_one(product):
    """RFC 2863, ifPhysAddress: "an octet string of zero length"."""
    assert product.column("ifPhysAddress")[product.numbers()["lo"]] == b""


@pytest.mark.parametrize("alias", ("uplink", "Büro, 2. Stock", "x" * 64, ""))
def test_the_alias_follows_the_kernels(lab, product, alias):
    lab.router.ip("link", "set", "lan0", "alias", "before")
    follows(product, "ifAlias", 2, b"before")
    lab.router.ip("link", "set", "lan0", "alias", alias)
    follows(product, "ifAlias", 2, alias.encode())


def test_mtu_address_and_promiscuous_mode_follow_the_kernels(lab, product):
    lab.router.ip("link", "set", "lan0", "mtu", "1400")
    follows(product, "ifMtu", 2, 1400)
    lab.router.ip("link", "set", "lan0", "address", "02:00:00:00:00:77")
    follows(product, "ifPhysAddress", 2, bytes.fromhex("020000000077"))
    lab.router.ip("link", "set", "lan0", "promisc", "on")
    follows(product, "ifPromiscuousMode", 2, 1)
    lab.router.ip("link", "set", "lan0", "promisc", "off")
    follows(product, "ifPromiscuousMode", 2, 2)
    assert product.numbers()["lan0"] == 2


@pytest.mark.parametrize(
    ("configuration", "nominal"),
    (
        ("adapterDriver veth\n", False),
        ("adapterDriver veth hv_netvsc\n", True),
        ("adapterDriver veth hv_netvsc\nmedia driver\n", False),
    ),
)
def test_the_speed_is_nominal_or_the_drivers_as_profile_and_media_say(lab, configuration, nominal):
    lab.cable("a", "02:00:00:00:00:01")
    told = int(Path("/sys/class/net/a/speed").read_text())
    assert told == 10000  # a veth's word: too fast for the 32 bits of ifSpeed
    product = lab.product(configuration, sysfs=False)
    assert product.column("ifHighSpeed")[1] == (1000 if nominal else told)
    assert product.column("ifSpeed")[1] == (1_000_000_000 if nominal else 2**32 - 1)
