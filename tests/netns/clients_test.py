"""Clients that nobody here wrote: Perl's Net::SNMP and Python's pysnmp."""

import subprocess
from pathlib import Path

import mib
import pytest
import tools
from lab import adapter
from mib import Varbind, to_oid
from polling import SLOW
from pysnmp import hlapi

MODES = ("agentx", "standalone")
TABLES = (mib.IF_TABLE, mib.IF_X_TABLE)
# ASN.1 tags, as Net::SNMP gives them.
PERL_KINDS = {
    2: "INTEGER", 4: "STRING", 6: "OID", 65: "Counter32", 66: "Gauge32", 67: "Timeticks",
    70: "Counter64",
}  # fmt: skip
PYSNMP_KINDS = {
    "Integer": "INTEGER", "Integer32": "INTEGER", "OctetString": "STRING",
    "ObjectIdentifier": "OID", "Counter32": "Counter32", "Gauge32": "Gauge32",
    "Unsigned32": "Gauge32", "TimeTicks": "Timeticks", "Counter64": "Counter64",
}  # fmt: skip


@pytest.fixture(params=MODES)
def product(lab, request):
    for number in range(1, 6):
        lab.plug(adapter(f"lan{number}", number, relid=30 - number))
    lab.router.ip("link", "set", "lan3", "alias", "Büro, 2. Stock")
    return lab.product(snmpd=lab.snmpd() if request.param == "agentx" else None)


def static(varbinds):
    return [vb for vb in varbinds if mib.is_static(vb.oid)]


def shape(varbinds):
    """OIDs and types: of counters too, whose values move."""
    return [(vb.oid, vb.kind) for vb in varbinds]


def must_agree(got, walk):
    assert shape(got) == shape(walk)
    assert static(got) == static(walk)


def perl(*arguments):
    script = Path(__file__).parent / "clients/read_table.pl"
    done = subprocess.run(
        ["/usr/bin/perl", script, *map(str, arguments)],
        capture_output=True, text=True, timeout=60 * SLOW,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [perl_varbind(*line.split(" ", 2)) for line in done.stdout.splitlines()]


def perl_varbind(oid, tag, text):
    kind = PERL_KINDS[int(tag)]
    readers = {"STRING": bytes.fromhex, "OID": to_oid}
    return Varbind(to_oid(oid), kind, readers.get(kind, int)(text))


@pytest.mark.parametrize("table", TABLES)
def test_perls_net_snmp_reads_the_tables(product, table):
    walk = tools.snmpwalk(product.port, table)
    for repetitions in (1, 12, 60):
        must_agree(perl(product.port, "table", mib.to_text(table), repetitions), walk)


def test_perls_net_snmp_reads_several_columns_in_one_getbulk(product):
    columns = [mib.COLUMNS[name] for name in ("ifIndex", "ifName", "ifHighSpeed")]
    got = perl(product.port, "bulk", 5, *map(mib.to_text, columns))
    by_column = [[vb for vb in product.walk(column)][:5] for column in columns]
    assert got == [vb for repetition in zip(*by_column) for vb in repetition]


def pysnmp_walk(command, port, table, *sizes):
    """All varbinds of a table, with MIB look-ups off."""
    answers = command(
        hlapi.SnmpEngine(),
        hlapi.CommunityData("public", mpModel=1),
        hlapi.UdpTransportTarget(("127.0.0.1", port), timeout=5 * SLOW, retries=0),
        hlapi.ContextData(),
        *sizes,
        hlapi.ObjectType(hlapi.ObjectIdentity(table)),
        lexicographicMode=False,
        lookupMib=False,
    )
    for error, status, _, varbinds in answers:
        assert not error and not status, (error, status)
        # Beyond the table pysnmp puts the last name again, as the end of the view.
        inside = (one for one in varbinds if type(one[1]).__name__ != "EndOfMibView")
        yield from (pysnmp_varbind(*varbind) for varbind in inside)


def pysnmp_varbind(name, value):
    kind = PYSNMP_KINDS[type(value).__name__]
    readers = {"STRING": bytes, "OID": tuple}
    return Varbind(tuple(name), kind, readers.get(kind, int)(value))


@pytest.mark.parametrize("table", TABLES)
def test_pysnmp_reads_the_tables_with_getnext(product, table):
    walk = tools.snmpwalk(product.port, table)
    must_agree(list(pysnmp_walk(hlapi.nextCmd, product.port, table)), walk)


@pytest.mark.parametrize("table", TABLES)
def test_pysnmp_reads_the_tables_with_getbulk(product, table):
    walk = tools.snmpwalk(product.port, table)
    for repetitions in (1, 25):
        must_agree(list(pysnmp_walk(hlapi.bulkCmd, product.port, table, 0, repetitions)), walk)
