#include "tables/if_mib.h"

#include <array>

namespace hvnet {
namespace {

// --- what a column says where no field says it ---------------------------------------------------

using Count = std::optional<std::uint64_t>;

// RFC 2863 counts unicast apart; drivers count all packets and some of the others.
Count unicast(Count all, Count multicast, Count broadcast) {
  if (!all) return std::nullopt;
  const std::uint64_t others = multicast.value_or(0) + broadcast.value_or(0);
  // The two are not read in one instant: never below zero.
  return others < *all ? *all - others : 0;
}

Count nonUnicast(Count multicast, Count broadcast) {
  if (!multicast && !broadcast) return std::nullopt;
  return multicast.value_or(0) + broadcast.value_or(0);
}

Count inUnicast(const Counters& c) {
  return unicast(c.in_packets, c.in_multicast, c.in_broadcast);
}
Count outUnicast(const Counters& c) {
  return unicast(c.out_packets, c.out_multicast, c.out_broadcast);
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

// Neither the kernel nor a driver tells these: an object without a value is not instantiated.
std::optional<std::uint32_t> unknown(const Interface&) {
  return std::nullopt;
}

std::uint32_t ifNumber(const Snapshot& snapshot) {
  return static_cast<std::uint32_t>(snapshot.interfaces->rows.size());
}
TimePoint ifTableLastChange(const Snapshot& snapshot) {
  return snapshot.interfaces->last_change;
}

// --- the columns ---------------------------------------------------------------------------------

constexpr std::string_view kAdminStatus = "up(1) down(2) testing(3)";
constexpr std::string_view kOperStatus =
    "up(1) down(2) testing(3) unknown(4) dormant(5) notPresent(6) lowerLayerDown(7)";
constexpr std::string_view kTrapEnable = "enabled(1) disabled(2)";

constexpr std::array kIfColumns = {
    column<kInteger32, &Interface::index>(1, "ifIndex"),
    column<kOctetString, &Interface::descr>(2, "ifDescr"),
    column<kInteger32, &Interface::type>(3, "ifType"),
    column<kInteger32, &Interface::mtu>(4, "ifMtu"),
    column<kGauge32, &speedBps>(5, "ifSpeed"),
    column<kOctetString, &Interface::phys_address>(6, "ifPhysAddress"),
    column<kInteger32, &Interface::admin_status>(7, "ifAdminStatus", kAdminStatus),
    column<kInteger32, &Interface::oper_status>(8, "ifOperStatus", kOperStatus),
    column<kTimeTicks, &Interface::last_change>(9, "ifLastChange"),
    column<kCounter32, &Counters::in_octets>(10, "ifInOctets"),
    column<kCounter32, &inUnicast>(11, "ifInUcastPkts"),
    column<kCounter32, &inNonUnicast>(12, "ifInNUcastPkts"),
    column<kCounter32, &Counters::in_drops>(13, "ifInDiscards"),
    column<kCounter32, &Counters::in_errors>(14, "ifInErrors"),
    column<kCounter32, &unknown>(15, "ifInUnknownProtos"),
    column<kCounter32, &Counters::out_octets>(16, "ifOutOctets"),
    column<kCounter32, &outUnicast>(17, "ifOutUcastPkts"),
    column<kCounter32, &outNonUnicast>(18, "ifOutNUcastPkts"),
    column<kCounter32, &Counters::out_discards>(19, "ifOutDiscards"),
    column<kCounter32, &Counters::out_errors>(20, "ifOutErrors"),
    column<kGauge32, &unknown>(21, "ifOutQLen"),
    column<kObjectId, &noDocument>(22, "ifSpecific"),
};
static_assert(ascending(kIfColumns) && kIfColumns.size() == 22);

constexpr std::array kIfXColumns = {
    column<kOctetString, &Interface::name>(1, "ifName"),
    column<kCounter32, &Counters::in_multicast>(2, "ifInMulticastPkts"),
    column<kCounter32, &Counters::in_broadcast>(3, "ifInBroadcastPkts"),
    column<kCounter32, &Counters::out_multicast>(4, "ifOutMulticastPkts"),
    column<kCounter32, &Counters::out_broadcast>(5, "ifOutBroadcastPkts"),
    column<kCounter64, &Counters::in_octets>(6, "ifHCInOctets"),
    column<kCounter64, &inUnicast>(7, "ifHCInUcastPkts"),
    column<kCounter64, &Counters::in_multicast>(8, "ifHCInMulticastPkts"),
    column<kCounter64, &Counters::in_broadcast>(9, "ifHCInBroadcastPkts"),
    column<kCounter64, &Counters::out_octets>(10, "ifHCOutOctets"),
    column<kCounter64, &outUnicast>(11, "ifHCOutUcastPkts"),
    column<kCounter64, &Counters::out_multicast>(12, "ifHCOutMulticastPkts"),
    column<kCounter64, &Counters::out_broadcast>(13, "ifHCOutBroadcastPkts"),
    column<kInteger32, &Interface::trap_enable>(14, "ifLinkUpDownTrapEnable", kTrapEnable),
    column<kGauge32, &Interface::speed_mbps>(15, "ifHighSpeed"),
    column<kTruthValue, &Interface::promiscuous>(16, "ifPromiscuousMode"),
    column<kTruthValue, &Interface::connector_present>(17, "ifConnectorPresent"),
    column<kOctetString, &Interface::alias>(18, "ifAlias"),
    column<kTimeTicks, &Interface::counter_discontinuity>(19, "ifCounterDiscontinuityTime"),
};
static_assert(ascending(kIfXColumns) && kIfXColumns.size() == 19);

constexpr std::array kIfNumberColumns = {column<kInteger32, &ifNumber>(1, "ifNumber")};
constexpr std::array kIfTableLastChangeColumns = {
    column<kTimeTicks, &ifTableLastChange>(5, "ifTableLastChange")};

// --- the tables ----------------------------------------------------------------------------------

constexpr std::array<SubId, 7> kInterfaces = {1, 3, 6, 1, 2, 1, 2};
constexpr std::array<SubId, 9> kIfEntry = {1, 3, 6, 1, 2, 1, 2, 2, 1};
constexpr std::array<SubId, 8> kIfMibObjects = {1, 3, 6, 1, 2, 1, 31, 1};
constexpr std::array<SubId, 10> kIfXEntry = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1};

std::size_t interfaceCount(const Snapshot& snapshot) {
  return snapshot.interfaces->rows.size();
}
RowIndex interfaceIndex(const Snapshot& snapshot, std::size_t row) {
  return {static_cast<SubId>(snapshot.interfaces->rows[row].index)};
}

constexpr std::array kTables = {
    scalar("ifNumber", kInterfaces, kIfNumberColumns),
    Table{"ifTable", kIfEntry, kIfColumns, interfaceCount, interfaceIndex},
    Table{"ifXTable", kIfXEntry, kIfXColumns, interfaceCount, interfaceIndex},
    scalar("ifTableLastChange", kIfMibObjects, kIfTableLastChangeColumns),
};

}  // namespace

std::span<const Table> ifMibTables() {
  return kTables;
}

}  // namespace hvnet
