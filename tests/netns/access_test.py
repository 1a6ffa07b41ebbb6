"""Net-SNMP's access control holds for every way of asking, the direct answers to a GET included."""

import mib
import pytest
from lab import adapter
from mib import instance

ACCESS = """\
rocommunity everything 127.0.0.1
view names included .1.3.6.1.2.1.2.2.1.2
view names included .1.3.6.1.2.1.31.1.1.1.1
rocommunity names 127.0.0.1 -V names
rocommunity elsewhere 10.99.0.0/16
com2sec -Cn other somebody 127.0.0.1 foreign
group everybody v2c somebody
view all included .1
access everybody "" v2c noauth prefix all none none
"""
DESCR, OCTETS = instance("ifDescr", 1), instance("ifInOctets", 1)
NAME = instance("ifName", 1)


@pytest.fixture
def product(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    product = lab.prepare("rocommunity public 127.0.0.1\n" + ACCESS)
    return product.start()


def get(product, community, *oids):
    client = product.client(community)
    try:
        return [varbind.value for varbind in client.get(*oids)]
    finally:
        client.close()


def test_whoever_may_see_everything_gets_it(product):
    assert None not in get(product, "everything", DESCR, OCTETS, NAME)


def test_a_view_hides_the_rest_of_a_table_in_one_get(product):
    descr, octets, name = get(product, "names", DESCR, OCTETS, NAME)
    assert (descr, octets, name) == (b"Hyper-V hv_netvsc adapter lan0", None, b"lan0")


def test_a_view_hides_the_rest_of_a_table_in_a_walk(product):
    client = product.client("names")
    answer = client.get_next(instance("ifDescr", 256))
    client.close()
    assert answer[0].oid[: len(mib.COLUMNS["ifName"])] == mib.COLUMNS["ifName"]


@pytest.mark.parametrize("community", ("nobody", "elsewhere"))
def test_a_community_that_is_not_allowed_gets_no_answer(product, community):
    with pytest.raises(TimeoutError):
        get(product, community, DESCR)


def test_a_community_of_another_context_gets_nothing_of_ours(product):
    """RFC 3413 §3.2: a request for a context that is not there is dropped."""
    with pytest.raises(TimeoutError):
        get(product, "foreign", DESCR, OCTETS)
