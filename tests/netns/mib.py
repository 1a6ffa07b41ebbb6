"""The parts of IF-MIB (RFC 2863) that the tests name: columns, their syntax, and OIDs as tuples."""

from typing import NamedTuple

# What an agent says: an int, bytes, an OID tuple, or None for the three exceptions.
EXCEPTIONS = ("noSuchObject", "noSuchInstance", "endOfMibView")


class Varbind(NamedTuple):
    oid: tuple
    kind: str
    value: object


def to_oid(text):
    return tuple(int(part) for part in text.strip(".").split("."))


def to_text(oid):
    return "." + ".".join(map(str, oid))


MIB2 = (1, 3, 6, 1, 2, 1)
INTERFACES = MIB2 + (2,)
IF_MIB_OBJECTS = MIB2 + (31, 1)
IF_TABLE = INTERFACES + (2,)
IF_ENTRY = IF_TABLE + (1,)
IF_X_TABLE = IF_MIB_OBJECTS + (1,)
IF_X_ENTRY = IF_X_TABLE + (1,)
IF_NUMBER = INTERFACES + (1, 0)
IF_TABLE_LAST_CHANGE = IF_MIB_OBJECTS + (5, 0)
SYS_UP_TIME = MIB2 + (1, 3, 0)

IF_TABLE_COLUMNS = {
    "ifIndex": (1, "INTEGER"),
    "ifDescr": (2, "STRING"),
    "ifType": (3, "INTEGER"),
    "ifMtu": (4, "INTEGER"),
    "ifSpeed": (5, "Gauge32"),
    "ifPhysAddress": (6, "STRING"),
    "ifAdminStatus": (7, "INTEGER"),
    "ifOperStatus": (8, "INTEGER"),
    "ifLastChange": (9, "Timeticks"),
    "ifInOctets": (10, "Counter32"),
    "ifInUcastPkts": (11, "Counter32"),
    "ifInNUcastPkts": (12, "Counter32"),
    "ifInDiscards": (13, "Counter32"),
    "ifInErrors": (14, "Counter32"),
    "ifInUnknownProtos": (15, "Counter32"),
    "ifOutOctets": (16, "Counter32"),
    "ifOutUcastPkts": (17, "Counter32"),
    "ifOutNUcastPkts": (18, "Counter32"),
    "ifOutDiscards": (19, "Counter32"),
    "ifOutErrors": (20, "Counter32"),
    "ifOutQLen": (21, "Gauge32"),
    "ifSpecific": (22, "OID"),
}
IF_X_TABLE_COLUMNS = {
    "ifName": (1, "STRING"),
    "ifInMulticastPkts": (2, "Counter32"),
    "ifInBroadcastPkts": (3, "Counter32"),
    "ifOutMulticastPkts": (4, "Counter32"),
    "ifOutBroadcastPkts": (5, "Counter32"),
    "ifHCInOctets": (6, "Counter64"),
    "ifHCInUcastPkts": (7, "Counter64"),
    "ifHCInMulticastPkts": (8, "Counter64"),
    "ifHCInBroadcastPkts": (9, "Counter64"),
    "ifHCOutOctets": (10, "Counter64"),
    "ifHCOutUcastPkts": (11, "Counter64"),
    "ifHCOutMulticastPkts": (12, "Counter64"),
    "ifHCOutBroadcastPkts": (13, "Counter64"),
    "ifLinkUpDownTrapEnable": (14, "INTEGER"),
    "ifHighSpeed": (15, "Gauge32"),
    "ifPromiscuousMode": (16, "INTEGER"),
    "ifConnectorPresent": (17, "INTEGER"),
    "ifAlias": (18, "STRING"),
    "ifCounterDiscontinuityTime": (19, "Timeticks"),
}

COLUMNS = {name: IF_ENTRY + (number,) for name, (number, _) in IF_TABLE_COLUMNS.items()}
COLUMNS |= {name: IF_X_ENTRY + (number,) for name, (number, _) in IF_X_TABLE_COLUMNS.items()}
SYNTAX = {IF_ENTRY + (number,): kind for number, kind in IF_TABLE_COLUMNS.values()}
SYNTAX |= {IF_X_ENTRY + (number,): kind for number, kind in IF_X_TABLE_COLUMNS.values()}
NAMES = {oid: name for name, oid in COLUMNS.items()}
COLUMN_LENGTHS = (len(IF_ENTRY) + 1, len(IF_X_ENTRY) + 1)

UP, DOWN, LOWER_LAYER_DOWN = 1, 2, 7


def instance(column, index):
    """("ifDescr", 3) → the OID of ifDescr.3."""
    return COLUMNS[column] + (index,)


def column_of(oid):
    """The column that an OID lies in, or None."""
    return next((oid[:n] for n in COLUMN_LENGTHS if oid[:n] in NAMES), None)


def is_static(oid):
    """Not a counter: the loopback interface's count while one looks at them."""
    return SYNTAX.get(column_of(oid)) not in ("Counter32", "Counter64")


def rows(varbinds, column):
    """{ifIndex: value} of one column of a walk, in the order of the walk."""
    prefix = COLUMNS[column]
    return {vb.oid[-1]: vb.value for vb in varbinds if vb.oid[:-1] == prefix}
