"""When memory runs out inside a call of Net-SNMP's, that request fails and the process goes on: no
exception crosses a C function."""

import os
from pathlib import Path

import mib
import pytest
import wire
from lab import adapter
from mib import instance

MODES = ("agentx", "standalone")
GEN_ERR = 5  # RFC 3416 §3, error-status
ACCESS = "rocommunity public 127.0.0.1\nrwcommunity private 127.0.0.1\n"
# Built beside the product (tests/netns/CMakeLists.txt), but not with sanitizers, which have a `new`
# of their own.
PRELOADED = Path(os.environ["HVNET_BINARY"]).parents[1] / "tests/netns/libfailing_new.so"


@pytest.fixture
def no_memory(lab):
    return lab.folder / "no-memory"


@pytest.fixture
def router(lab):
    lab.plug(adapter("lan0", number=1, relid=10))
    return lab


def started(router, mode, no_memory):
    preloaded = router.folder / "failing_new.so"
    preloaded.write_bytes(PRELOADED.read_bytes())
    preloaded.chmod(0o755)
    snmpd = router.snmpd() if mode == "agentx" else None
    product = router.prepare("" if snmpd else ACCESS, snmpd=snmpd)
    product.environment |= {"LD_PRELOAD": str(preloaded), "HVNET_NO_MEMORY": str(no_memory)}
    return product.start()


@pytest.mark.parametrize("mode", MODES)
def test_a_request_without_memory_is_a_general_error_and_the_next_one_is_served(
    router, mode, no_memory
):
    product = started(router, mode, no_memory)
    client = product.client("private")
    alias, name = instance("ifAlias", 1), instance("ifName", 1)
    # More variables than there is room for without `new`; a walk; a SET.
    asks = {
        "get": lambda: client.request(wire.GET, [(name, None, None)] * 90),
        "get_next": lambda: client.request(wire.GET_NEXT, [(name, None, None)]),
        "get_bulk": lambda: client.request(wire.GET_BULK, [(name, None, None)], 0, 5),
        "set": lambda: client.set(alias, "STRING", b"new"),
    }
    for ask in asks.values():
        assert ask().error_status == wire.NO_ERROR
    no_memory.touch()
    try:
        failed = {how: ask().error_status for how, ask in asks.items()}
        again = [ask().error_status for ask in asks.values()]
    finally:
        no_memory.unlink()
    # Over AgentX a GET and a walk need no `new` at all.
    wanted = asks if mode == "standalone" else {"set"}
    assert {how for how, status in failed.items() if status == GEN_ERR} >= set(wanted), failed
    assert again == list(failed.values())
    for ask in asks.values():
        assert ask().error_status == wire.NO_ERROR
    told = [line for line in product.log_lines if "was given up" in line]
    assert 1 <= len(told) <= 2 and "std::bad_alloc" in told[0], product.log
    assert client.value(mib.IF_NUMBER) == len(product.numbers())


def test_a_master_that_comes_and_goes_without_memory_ends_nothing(router, no_memory):
    product = started(router, "agentx", no_memory)
    no_memory.touch()
    product.snmpd.stop()
    product.snmpd.start()
    product.wait_until(product.serves, within=8)
    no_memory.unlink()
    assert product.running and product.names()[1] == "lan0"
