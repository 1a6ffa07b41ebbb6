#include "tables/if_mib.h"

#include <array>

#include "tables/interface_rows.h"
#include "tables/setters.h"

namespace hvnet {
namespace {

// --- what a column says where no field says it ---------------------------------------------------

using Count = std::optional<std::uint64_t>;

Count nonUnicast(Count multicast, Count broadcast) {
  if (!multicast && !broadcast) return std::nullopt;
  return multicast.value_or(0) + broadcast.value_or(0);
}

Count outNonUnicast(const Counters& c) {
  return nonUnicast(c.out_multicast, c.out_broadcast);
}

std::uint64_t speedBps(const Interface& row) {
  return row.speed_mbps * 1'000'000;
}

// RFC 2863: "the value should be set to the OBJECT IDENTIFIER { 0 0 }" where there is no document.
constexpr std::array<SubId, 2> kZeroDotZero = {0, 0};
OidView noDocument(const Interface&) {
  return kZeroDotZero;
}

std::uint32_t ifNumber(const Interfaces& interfaces) {
  return static_cast<std::uint32_t>(interfaces.rows.size());
}

// --- the columns ---------------------------------------------------------------------------------

constexpr std::string_view kAdminStatus = "up(1) down(2) testing(3)";
constexpr std::string_view kOperStatus =
    "up(1) down(2) testing(3) unknown(4) dormant(5) notPresent(6) lowerLayerDown(7)";
constexpr std::string_view kTrapEnable = "enabled(1) disabled(2)";

// An adapter's packets and octets include frames that were not addressed to it.
constexpr std::array kIfColumns = {
    column<kInteger32, &Interface::index>(1, "ifIndex", "the index map"),
    column<kDisplayString, &Interface::descr>(2, "ifDescr", "hypervisor, driver and name"),
    column<kInteger32, &Interface::type>(3, "ifType", "link kind and hardware type"),
    column<kInteger32, &Interface::mtu>(4, "ifMtu", "the MTU set"),
    column<kGauge32, &speedBps>(5, "ifSpeed", "always 1000BASE-T, or what the driver reports"),
    column<kOctetString, &Interface::phys_address>(6, "ifPhysAddress", "the MAC"),
    column<kInteger32, &Interface::admin_status>(7, "ifAdminStatus", "IFF_UP", kAdminStatus),
    column<kInteger32, &Interface::oper_status>(8, "ifOperStatus", "admin up and network assigned",
                                                kOperStatus),
    column<kTimeTicks, &Interface::last_change>(9, "ifLastChange", "last change of ifOperStatus"),
    column<kCounter32, &Counters::in_octets>(10, "ifInOctets", "InOctets: rx_bytes"),
    column<kCounter32, &Counters::in_unicast>(11, "ifInUcastPkts",
                                              "Ipkts minus multicast and broadcast"),
    column<kCounter32, &Counters::in_non_unicast>(12, "ifInNUcastPkts", "multicast and broadcast"),
    column<kCounter32, &Counters::in_discards>(13, "ifInDiscards",
                                               "InDrops, and what a full backlog dropped"),
    column<kCounter32, &Counters::in_errors>(14, "ifInErrors", "Ierrs: rx_errors"),
    column<kCounter32, &Counters::unknown_protos>(
        15, "ifInUnknownProtos", "rx_dropped without the driver's and the backlog's drops"),
    column<kCounter32, &Counters::out_octets>(16, "ifOutOctets", "OutOctets: tx_bytes"),
    column<kCounter32, &Counters::out_unicast>(17, "ifOutUcastPkts",
                                               "Opkts minus multicast and broadcast"),
    column<kCounter32, &outNonUnicast>(18, "ifOutNUcastPkts", "multicast and broadcast"),
    column<kCounter32, &Counters::out_discards>(
        19, "ifOutDiscards", "OutDiscards: queue drops, and tx_dropped without the errors"),
    column<kCounter32, &Counters::out_errors>(20, "ifOutErrors",
                                              "Oerrs: tx_errors and the driver's transmit losses"),
    absent<kGauge32>(21, "ifOutQLen", "deprecated; not published"),
    column<kObjectId, &noDocument>(22, "ifSpecific", "0.0: no document"),
};
static_assert(ascending(kIfColumns) && kIfColumns.size() == 22);

constexpr std::array kIfXColumns = {
    column<kDisplayString, &Interface::name>(1, "ifName", "the kernel's name, or nameFormat"),
    column<kCounter32, &Counters::in_multicast>(2, "ifInMulticastPkts", "multicast"),
    column<kCounter32, &Counters::in_broadcast>(3, "ifInBroadcastPkts",
                                                "counted separately by the driver"),
    column<kCounter32, &Counters::out_multicast>(4, "ifOutMulticastPkts",
                                                 "counted separately by the driver"),
    column<kCounter32, &Counters::out_broadcast>(5, "ifOutBroadcastPkts",
                                                 "counted separately by the driver"),
    column<kCounter64, &Counters::in_octets>(6, "ifHCInOctets", "as ifInOctets"),
    column<kCounter64, &Counters::in_unicast>(7, "ifHCInUcastPkts", "as ifInUcastPkts"),
    column<kCounter64, &Counters::in_multicast>(8, "ifHCInMulticastPkts", "as ifInMulticastPkts"),
    column<kCounter64, &Counters::in_broadcast>(9, "ifHCInBroadcastPkts", "as ifInBroadcastPkts"),
    column<kCounter64, &Counters::out_octets>(10, "ifHCOutOctets", "as ifOutOctets"),
    column<kCounter64, &Counters::out_unicast>(11, "ifHCOutUcastPkts", "as ifOutUcastPkts"),
    column<kCounter64, &Counters::out_multicast>(12, "ifHCOutMulticastPkts",
                                                 "as ifOutMulticastPkts"),
    column<kCounter64, &Counters::out_broadcast>(13, "ifHCOutBroadcastPkts",
                                                 "as ifOutBroadcastPkts"),
    writable(
        column<kInteger32, &Interface::trap_enable>(
            14, "ifLinkUpDownTrapEnable", "the value SET, or enabled for adapters", kTrapEnable),
        kTrapEnableSetter),
    column<kGauge32, &Interface::speed_mbps>(15, "ifHighSpeed", "as ifSpeed"),
    column<kTruthValue, &Interface::promiscuous>(16, "ifPromiscuousMode",
                                                 "IFF_PROMISC; always true for hvnet"),
    column<kTruthValue, &Interface::connector_present>(17, "ifConnectorPresent",
                                                       "true for a device that is not an adapter"),
    writable(column<kDisplayString64, &Interface::alias>(18, "ifAlias",
                                                         "the value SET, or IFLA_IFALIAS"),
             kAliasSetter),
    column<kTimeTicks, &Interface::counter_discontinuity>(19, "ifCounterDiscontinuityTime",
                                                          "when increments may have been lost"),
};
static_assert(ascending(kIfXColumns) && kIfXColumns.size() == 19);

constexpr std::array kIfNumberColumns = {
    column<kInteger32, &ifNumber>(1, "ifNumber", "number of rows in ifTable")};
constexpr std::array kIfTableLastChangeColumns = {column<kTimeTicks, &Interfaces::last_change>(
    5, "ifTableLastChange", "last time that a row was created or deleted")};

// --- the tables ----------------------------------------------------------------------------------

constexpr std::array<SubId, 7> kInterfaces = {1, 3, 6, 1, 2, 1, 2};
constexpr std::array<SubId, 9> kIfEntry = {1, 3, 6, 1, 2, 1, 2, 2, 1};
constexpr std::array<SubId, 8> kIfMibObjects = {1, 3, 6, 1, 2, 1, 31, 1};
constexpr std::array<SubId, 10> kIfXEntry = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1};

constexpr std::array kTables = {
    scalars("ifNumber", kInterfaces, kIfNumberColumns),
    Table{"ifTable", kIfEntry, kIfColumns, interfaceCount, interfaceIndex},
    Table{"ifXTable", kIfXEntry, kIfXColumns, interfaceCount, interfaceIndex},
    scalars("ifTableLastChange", kIfMibObjects, kIfTableLastChangeColumns),
};

}  // namespace

std::span<const Table> ifMibTables() {
  return kTables;
}

}  // namespace hvnet
