"""The parts of the MIB modules that the tests name: columns, their syntax, and OIDs as tuples.
Written from the RFCs and from the table of HVNET-MIB's numbers, not from the product's tables."""

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

SYS_OR_ENTRY = MIB2 + (1, 9, 1)  # RFC 3418
IF_STACK_LAST_CHANGE = IF_MIB_OBJECTS + (6, 0)
DOT3 = MIB2 + (10, 7)  # RFC 3635
IF_MAU_ENTRY = MIB2 + (26, 2, 1, 1)  # RFC 4836
HVNET = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 21)  # HVNET_MIB_ROOT, unless it is configured
HVNET_AGENT = HVNET + (1, 1)
HVNET_DRIVER_STAT_ENTRY = HVNET + (1, 5, 1)
HVNET_VMBUS_ENTRY = HVNET + (1, 7, 1)
# Their MODULE-IDENTITY values.
MODULES = {
    "IF-MIB": MIB2 + (31,),
    "EtherLike-MIB": MIB2 + (35,),
    "MAU-MIB": MIB2 + (26, 6),
    "HVNET-MIB": HVNET,
}

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

# What stands under an entry (or, of scalars, under their parent), by number.
MORE_NAMES = {
    IF_MIB_OBJECTS: {6: "ifStackLastChange"},
    IF_MIB_OBJECTS + (2, 1): {3: "ifStackStatus"},
    IF_MIB_OBJECTS + (4, 1): {2: "ifRcvAddressStatus", 3: "ifRcvAddressType"},
    DOT3 + (2, 1): {
        1: "dot3StatsIndex",
        2: "dot3StatsAlignmentErrors",
        3: "dot3StatsFCSErrors",
        4: "dot3StatsSingleCollisionFrames",
        5: "dot3StatsMultipleCollisionFrames",
        8: "dot3StatsLateCollisions",
        9: "dot3StatsExcessiveCollisions",
        11: "dot3StatsCarrierSenseErrors",
        19: "dot3StatsDuplexStatus",
        20: "dot3StatsRateControlAbility",
        21: "dot3StatsRateControlStatus",
    },
    DOT3 + (11, 1): {1: "dot3HCStatsAlignmentErrors", 2: "dot3HCStatsFCSErrors"},
    IF_MAU_ENTRY: {
        1: "ifMauIfIndex",
        2: "ifMauIndex",
        3: "ifMauType",
        4: "ifMauStatus",
        5: "ifMauMediaAvailable",
        7: "ifMauJabberState",
        11: "ifMauDefaultType",
        12: "ifMauAutoNegSupported",
        13: "ifMauTypeListBits",
    },
    HVNET_AGENT: {
        1: "hvnetAgentVersion",
        2: "hvnetAgentHypervisor",
        3: "hvnetAgentSource",
        4: "hvnetAgentSourceState",
        5: "hvnetAgentSampleAge",
        6: "hvnetAgentSampleInterval",
        7: "hvnetAgentSamples",
        8: "hvnetAgentSourceErrors",
        9: "hvnetAgentIndexOrder",
    },
    HVNET + (1, 2, 1): {
        1: "hvnetAdapterDriver",
        2: "hvnetAdapterUnit",
        3: "hvnetAdapterRelid",
        4: "hvnetAdapterInstance",
        5: "hvnetAdapterBusAddress",
        6: "hvnetAdapterHypervisor",
        7: "hvnetAdapterPosition",
        8: "hvnetAdapterNetworkAssigned",
        9: "hvnetAdapterIndexOrigin",
        10: "hvnetAdapterKernelIndex",
        11: "hvnetAdapterMaxMtu",
        12: "hvnetAdapterJumbo",
        13: "hvnetAdapterVlan",
        14: "hvnetAdapterQueues",
        15: "hvnetAdapterVfIfIndex",
        16: "hvnetAdapterDataPath",
        17: "hvnetAdapterOrderKey",
    },
    HVNET + (1, 3, 1): {
        1: "hvnetIpkts",
        2: "hvnetIerrs",
        3: "hvnetOpkts",
        4: "hvnetOerrs",
        5: "hvnetColls",
        6: "hvnetInOctets",
        7: "hvnetOutOctets",
        8: "hvnetInDrops",
        9: "hvnetOutDiscards",
        10: "hvnetInDropsRate",
        11: "hvnetCounterResets",
        12: "hvnetInBacklogDrops",
    },
    HVNET + (1, 4, 1): {
        2: "hvnetQueueRxPackets",
        3: "hvnetQueueRxOctets",
        4: "hvnetQueueTxPackets",
        5: "hvnetQueueTxOctets",
    },
    HVNET + (1, 6, 1): {
        1: "hvnetAlarmState",
        2: "hvnetAlarmRate",
        3: "hvnetAlarmThreshold",
        4: "hvnetAlarmBaseline",
        5: "hvnetAlarmRaisedCount",
        6: "hvnetAlarmLastRaised",
        7: "hvnetAlarmRising",
        8: "hvnetAlarmFalling",
        9: "hvnetAlarmRatio",
    },
    HVNET_DRIVER_STAT_ENTRY: {2: "hvnetDriverStatName", 3: "hvnetDriverStatValue"},
    HVNET_VMBUS_ENTRY: {
        2: "hvnetVmbusClass",
        3: "hvnetVmbusClassName",
        4: "hvnetVmbusInstance",
        5: "hvnetVmbusDriver",
        6: "hvnetVmbusConfigured",
    },
}
OBJECTS = {entry + (n,): name for entry, names in MORE_NAMES.items() for n, name in names.items()}
OBJECTS |= NAMES | {IF_NUMBER[:-1]: "ifNumber", IF_TABLE_LAST_CHANGE[:-1]: "ifTableLastChange"}
OIDS = {name: oid for oid, name in OBJECTS.items()}

UP, DOWN, LOWER_LAYER_DOWN = 1, 2, 7


def instance(column, index):
    """("ifDescr", 3) → the OID of ifDescr.3."""
    return OIDS[column] + (index,)


def object_of(oid):
    """(".1.3…2.2.1.2.3") → ("ifDescr", (3,)): the object of any module, and the instance."""
    for size in range(len(oid), 0, -1):
        if name := OBJECTS.get(oid[:size]):
            return name, oid[size:]
    raise KeyError(to_text(oid))


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
