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

Count inNonUnicast(const Counters& c) {
  return nonUnicast(c.in_multicast, c.in_broadcast);
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
    column<kOctetString, &Interface::descr>(2, "ifDescr", "hypervisor, driver and name"),
    column<kInteger32, &Interface::type>(3, "ifType", "link kind and hardware type"),
    column<kInteger32, &Interface::mtu>(4, "ifMtu", "the MTU set"),
    column<kGauge32, &speedBps>(5, "ifSpeed", "1000BASE-T by rule, or the driver's word"),
    column<kOctetString, &Interface::phys_address>(6, "ifPhysAddress", "the MAC"),
    column<kInteger32, &Interface::admin_status>(7, "ifAdminStatus", "IFF_UP", kAdminStatus),
    column<kInteger32, &Interface::oper_status>(8, "ifOperStatus", "admin up and network assigned",
                                                kOperStatus),
    column<kTimeTicks, &Interface::last_change>(9, "ifLastChange", "of ifOperStatus"),
    column<kCounter32, &Counters::in_octets>(10, "ifInOctets", "InOctets: rx_bytes"),
    column<kCounter32, &Counters::in_unicast>(11, "ifInUcastPkts",
                                              "Ipkts less multicast and broadcast"),
    column<kCounter32, &inNonUnicast>(12, "ifInNUcastPkts", "multicast and broadcast"),
    column<kCounter32, &Counters::in_drops>(
        13, "ifInDiscards", "InDrops: rx_dropped, rx_missed_errors, the driver's hidden drops"),
    column<kCounter32, &Counters::in_errors>(14, "ifInErrors", "Ierrs: rx_errors"),
    absent<kCounter32>(15, "ifInUnknownProtos", "nobody counts them by interface"),
    column<kCounter32, &Counters::out_octets>(16, "ifOutOctets", "OutOctets: tx_bytes"),
    column<kCounter32, &Counters::out_unicast>(17, "ifOutUcastPkts",
                                               "Opkts less multicast and broadcast"),
    column<kCounter32, &outNonUnicast>(18, "ifOutNUcastPkts", "multicast and broadcast"),
    column<kCounter32, &Counters::out_discards>(
        19, "ifOutDiscards", "OutDiscards: queue drops, and tx_dropped that is no error"),
    column<kCounter32, &Counters::out_errors>(20, "ifOutErrors",
                                              "Oerrs: tx_errors and the driver's transmit losses"),
    absent<kGauge32>(21, "ifOutQLen", "deprecated; a queue's length is old when it is read"),
    column<kObjectId, &noDocument>(22, "ifSpecific", "0.0: no document"),
};
static_assert(ascending(kIfColumns) && kIfColumns.size() == 22);

constexpr std::array kIfXColumns = {
    column<kOctetString, &Interface::name>(1, "ifName", "the kernel's name, or nameFormat"),
    column<kCounter32, &Counters::in_multicast>(2, "ifInMulticastPkts", "multicast"),
    column<kCounter32, &Counters::in_broadcast>(3, "ifInBroadcastPkts", "the driver's split"),
    column<kCounter32, &Counters::out_multicast>(4, "ifOutMulticastPkts", "the driver's split"),
    column<kCounter32, &Counters::out_broadcast>(5, "ifOutBroadcastPkts", "the driver's split"),
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
    writable(column<kInteger32, &Interface::trap_enable>(
                 14, "ifLinkUpDownTrapEnable", "what was SET, or adapter or not", kTrapEnable),
             kTrapEnableSetter),
    column<kGauge32, &Interface::speed_mbps>(15, "ifHighSpeed", "as ifSpeed"),
    column<kTruthValue, &Interface::promiscuous>(16, "ifPromiscuousMode",
                                                 "IFF_PROMISC; an hvnet adapter always is"),
    column<kTruthValue, &Interface::connector_present>(17, "ifConnectorPresent",
                                                       "a device that is no adapter"),
    writable(
        column<kOctetString, &Interface::alias>(18, "ifAlias", "what was SET, or IFLA_IFALIAS"),
        kAliasSetter),
    column<kTimeTicks, &Interface::counter_discontinuity>(
        19, "ifCounterDiscontinuityTime", "when increments may last have been lost"),
};
static_assert(ascending(kIfXColumns) && kIfXColumns.size() == 19);

constexpr std::array kIfNumberColumns = {
    column<kInteger32, &ifNumber>(1, "ifNumber", "the rows of ifTable")};
constexpr std::array kIfTableLastChangeColumns = {column<kTimeTicks, &Interfaces::last_change>(
    5, "ifTableLastChange", "a row was created or deleted")};

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
