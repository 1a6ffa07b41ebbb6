"""HVNET-MIB's names and numbers below its root, what an object is on the wire, and what the module's
text says of it: they stay. A manager may have stored any of them."""

NOTIFICATIONS = {
    "0.1": "hvnetInDropsRaised",
    "0.2": "hvnetInDropsCleared",
    "0.3": "hvnetAdapterAdded",
    "0.4": "hvnetAdapterRemoved",
    "0.5": "hvnetSourceFailed",
    "0.6": "hvnetSourceRecovered",
}

BRANCHES = {
    "0": "hvnetNotifications",
    "1": "hvnetObjects",
    "1.1": "hvnetAgent",
    "1.2": "hvnetAdapterTable",
    "1.2.1": "hvnetAdapterEntry",
    "1.3": "hvnetStatsTable",
    "1.3.1": "hvnetStatsEntry",
    "1.4": "hvnetQueueTable",
    "1.4.1": "hvnetQueueEntry",
    "1.5": "hvnetDriverStatTable",
    "1.5.1": "hvnetDriverStatEntry",
    "1.6": "hvnetAlarmTable",
    "1.6.1": "hvnetAlarmEntry",
    "1.7": "hvnetVmbusDeviceTable",
    "1.7.1": "hvnetVmbusDeviceEntry",
    "2": "hvnetConformance",
    "2.1": "hvnetCompliances",
    "2.1.1": "hvnetCompliance",
    "2.2": "hvnetGroups",
    "2.2.1": "hvnetAgentGroup",
    "2.2.2": "hvnetAdapterGroup",
    "2.2.3": "hvnetStatsGroup",
    "2.2.4": "hvnetQueueGroup",
    "2.2.5": "hvnetDriverStatGroup",
    "2.2.6": "hvnetAlarmGroup",
    "2.2.7": "hvnetVmbusGroup",
    "2.2.8": "hvnetAlarmNotificationGroup",
    "2.2.9": "hvnetAdapterNotificationGroup",
    "2.2.10": "hvnetSourceNotificationGroup",
    "2.2.11": "hvnetStackGroup",
    "2.2.12": "hvnetAdapterOrderGroup",
    "2.3": "hvnetCapabilities",
    "2.3.1": "hvnetSubagent01",
    "2.3.2": "hvnetSubagent02",
}

TRUTH = "true(1) false(2)"
OBJECTS = {
    "1.1.1": ("hvnetAgentVersion", "String"),
    "1.1.2": ("hvnetAgentHypervisor", "String"),
    "1.1.3": ("hvnetAgentSource", "String"),
    "1.1.4": ("hvnetAgentSourceState", "ok(1) stale(2) failed(3)"),
    "1.1.5": ("hvnetAgentSampleAge", "Gauge"),
    "1.1.6": ("hvnetAgentSampleInterval", "Gauge"),
    "1.1.7": ("hvnetAgentSamples", "Counter"),
    "1.1.8": ("hvnetAgentSourceErrors", "Counter"),
    "1.1.9": ("hvnetAgentIndexOrder", "hypervisor(1) kernel(2)"),
    "1.2.1.1": ("hvnetAdapterDriver", "String"),
    "1.2.1.2": ("hvnetAdapterUnit", "String"),
    "1.2.1.3": ("hvnetAdapterRelid", "Unsigned"),
    "1.2.1.4": ("hvnetAdapterInstance", "String"),
    "1.2.1.5": ("hvnetAdapterBusAddress", "String"),
    "1.2.1.6": ("hvnetAdapterHypervisor", "String"),
    "1.2.1.7": ("hvnetAdapterPosition", "Unsigned"),
    "1.2.1.8": ("hvnetAdapterNetworkAssigned", TRUTH),
    "1.2.1.9": ("hvnetAdapterIndexOrigin",
                "hypervisor(1) persisted(2) pinned(3) appended(4) kernel(5)"),
    "1.2.1.10": ("hvnetAdapterKernelIndex", "Unsigned"),
    "1.2.1.11": ("hvnetAdapterMaxMtu", "Unsigned"),
    "1.2.1.12": ("hvnetAdapterJumbo", TRUTH),
    "1.2.1.13": ("hvnetAdapterVlan", TRUTH),
    "1.2.1.14": ("hvnetAdapterQueues", "Unsigned"),
    "1.2.1.15": ("hvnetAdapterVfIfIndex", "Integer32"),
    "1.2.1.16": ("hvnetAdapterDataPath", "synthetic(1) vf(2)"),
    "1.2.1.17": ("hvnetAdapterOrderKey",
                 "relid(1) vif(2) label(3) acpiIndex(4) pciAddress(5) mmio(6) mac(7)"),
    "1.3.1.1": ("hvnetIpkts", "Counter64"),
    "1.3.1.2": ("hvnetIerrs", "Counter64"),
    "1.3.1.3": ("hvnetOpkts", "Counter64"),
    "1.3.1.4": ("hvnetOerrs", "Counter64"),
    "1.3.1.5": ("hvnetColls", "Counter64"),
    "1.3.1.6": ("hvnetInOctets", "Counter64"),
    "1.3.1.7": ("hvnetOutOctets", "Counter64"),
    "1.3.1.8": ("hvnetInDrops", "Counter64"),
    "1.3.1.9": ("hvnetOutDiscards", "Counter64"),
    "1.3.1.10": ("hvnetInDropsRate", "Gauge"),
    "1.3.1.11": ("hvnetCounterResets", "Counter"),
    "1.3.1.12": ("hvnetInBacklogDrops", "Counter64"),
    "1.4.1.1": ("hvnetQueueIndex", "Unsigned"),
    "1.4.1.2": ("hvnetQueueRxPackets", "Counter64"),
    "1.4.1.3": ("hvnetQueueRxOctets", "Counter64"),
    "1.4.1.4": ("hvnetQueueTxPackets", "Counter64"),
    "1.4.1.5": ("hvnetQueueTxOctets", "Counter64"),
    "1.5.1.1": ("hvnetDriverStatIndex", "Unsigned"),
    "1.5.1.2": ("hvnetDriverStatName", "String"),
    "1.5.1.3": ("hvnetDriverStatValue", "Counter64"),
    "1.6.1.1": ("hvnetAlarmState", "quiet(1) raised(2)"),
    "1.6.1.2": ("hvnetAlarmRate", "Gauge"),
    "1.6.1.3": ("hvnetAlarmThreshold", "Gauge"),
    "1.6.1.4": ("hvnetAlarmBaseline", "Gauge"),
    "1.6.1.5": ("hvnetAlarmRaisedCount", "Counter"),
    "1.6.1.6": ("hvnetAlarmLastRaised", "TimeTicks"),
    "1.6.1.7": ("hvnetAlarmRising", "Unsigned"),
    "1.6.1.8": ("hvnetAlarmFalling", "Unsigned"),
    "1.6.1.9": ("hvnetAlarmRatio", "Unsigned"),
    "1.7.1.1": ("hvnetVmbusRelid", "Unsigned"),
    "1.7.1.2": ("hvnetVmbusClass", "String"),
    "1.7.1.3": ("hvnetVmbusClassName", "String"),
    "1.7.1.4": ("hvnetVmbusInstance", "String"),
    "1.7.1.5": ("hvnetVmbusDriver", "String"),
    "1.7.1.6": ("hvnetVmbusConfigured", TRUTH),
}

INDEXES = ("hvnetQueueIndex", "hvnetDriverStatIndex", "hvnetVmbusRelid")
WRITABLE = ("hvnetAlarmRising", "hvnetAlarmFalling", "hvnetAlarmRatio")

# {UNITS: objects}; all others have none.
UNITS = {
    "milliseconds": ("hvnetAgentSampleAge", "hvnetAgentSampleInterval"),
    "samples": ("hvnetAgentSamples",),
    "errors": ("hvnetAgentSourceErrors",),
    "octets": ("hvnetAdapterMaxMtu", "hvnetInOctets", "hvnetOutOctets", "hvnetQueueRxOctets",
               "hvnetQueueTxOctets"),
    "queues": ("hvnetAdapterQueues",),
    "packets": ("hvnetIpkts", "hvnetIerrs", "hvnetOpkts", "hvnetOerrs", "hvnetInDrops",
                "hvnetOutDiscards", "hvnetInBacklogDrops", "hvnetQueueRxPackets",
                "hvnetQueueTxPackets"),
    "collisions": ("hvnetColls",),
    "packets per second": ("hvnetInDropsRate", "hvnetAlarmRate", "hvnetAlarmThreshold",
                           "hvnetAlarmBaseline", "hvnetAlarmRising", "hvnetAlarmFalling"),
    "resets": ("hvnetCounterResets",),
    "alarms": ("hvnetAlarmRaisedCount",),
}

# {what is on the wire: SYNTAX in the text}; EXCEPTIONS have another one.
SYNTAXES = {
    "String": "SnmpAdminString", "Gauge": "Gauge32", "Counter": "Counter32",
    "Counter64": "Counter64", "Unsigned": "Unsigned32", "Integer32": "Integer32",
    "TimeTicks": "TimeStamp", TRUTH: "TruthValue",
}  # fmt: skip
EXCEPTIONS = {
    "hvnetAdapterInstance": "HvnetGuid",
    "hvnetVmbusClass": "HvnetGuid",
    "hvnetVmbusInstance": "HvnetGuid",
    "hvnetAdapterVfIfIndex": "InterfaceIndexOrZero",
    "hvnetDriverStatIndex": "Unsigned32 (1..4294967295)",
    "hvnetDriverStatValue": "CounterBasedGauge64",  # it may go down: Counter64 on the wire only
}
CONVENTIONS = {"HvnetGuid": ("36a", "OCTET STRING (SIZE (36))")}

ROWS = {
    "hvnetAdapterEntry": ("ifIndex",),
    "hvnetStatsEntry": ("ifIndex",),
    "hvnetQueueEntry": ("ifIndex", "hvnetQueueIndex"),
    "hvnetDriverStatEntry": ("ifIndex", "hvnetDriverStatIndex"),
    "hvnetAlarmEntry": ("ifIndex",),
    "hvnetVmbusDeviceEntry": ("hvnetVmbusRelid",),
}

DROPS = ("ifIndex", "ifName", "hvnetInDrops", "hvnetAlarmRate", "hvnetAlarmThreshold")
ADAPTER = ("ifIndex", "ifName", "hvnetAdapterDriver")
SOURCE = ("hvnetAgentSource", "hvnetAgentSourceState")
CARRIED = {
    "hvnetInDropsRaised": DROPS, "hvnetInDropsCleared": DROPS,
    "hvnetAdapterAdded": ADAPTER, "hvnetAdapterRemoved": ADAPTER,
    "hvnetSourceFailed": SOURCE, "hvnetSourceRecovered": SOURCE,
}  # fmt: skip

# Objects that came after a table's group had been published, which never changes.
LATER_GROUPS = {
    "hvnetStackGroup": ("hvnetInBacklogDrops",),
    "hvnetAdapterOrderGroup": ("hvnetAdapterOrderKey",),
}  # fmt: skip
# {group: the parent of its objects, or its objects or notifications}
GROUPS = {
    "hvnetAgentGroup": "1.1", "hvnetAdapterGroup": "1.2.1", "hvnetStatsGroup": "1.3.1",
    "hvnetQueueGroup": "1.4.1", "hvnetDriverStatGroup": "1.5.1", "hvnetAlarmGroup": "1.6.1",
    "hvnetVmbusGroup": "1.7.1",
    "hvnetAlarmNotificationGroup": ("hvnetInDropsRaised", "hvnetInDropsCleared"),
    "hvnetAdapterNotificationGroup": ("hvnetAdapterAdded", "hvnetAdapterRemoved"),
    "hvnetSourceNotificationGroup": ("hvnetSourceFailed", "hvnetSourceRecovered"),
    **LATER_GROUPS,
}  # fmt: skip
MANDATORY = {"hvnetAgentGroup", "hvnetAdapterGroup", "hvnetStatsGroup",
             "hvnetSourceNotificationGroup", "hvnetAdapterNotificationGroup"}
