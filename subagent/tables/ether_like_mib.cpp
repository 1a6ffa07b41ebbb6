#include "tables/ether_like_mib.h"

#include <array>

#include "tables/interface_rows.h"

namespace hvnet {
namespace {

// --- what a column says where no field says it ---------------------------------------------------

// A full-duplex adapter cannot collide: zero is the fact. The driver of another interface may have
// counted some, but the kernel (`collisions`) does not tell the kinds apart.
std::optional<std::uint32_t> collisions(const Interface& row) {
  if (!row.adapter) return std::nullopt;
  return 0;
}

enum class DuplexStatus : std::uint8_t { kUnknown = 1, kHalfDuplex = 2, kFullDuplex = 3 };

DuplexStatus duplexStatus(const Interface& row) {
  if (row.adapter) return DuplexStatus::kFullDuplex;
  if (!row.duplex) return DuplexStatus::kUnknown;
  return *row.duplex == Duplex::kFull ? DuplexStatus::kFullDuplex : DuplexStatus::kHalfDuplex;
}

// RFC 3635: rate control is for those that slow down to the rate of a WAN (10GBASE-W).
bool rateControlAbility(const Interface&) {
  return false;
}
std::uint32_t rateControlStatus(const Interface&) {
  constexpr std::uint32_t kRateControlOff = 1;
  return kRateControlOff;
}

// --- the columns ---------------------------------------------------------------------------------

constexpr std::string_view kDuplex = "unknown(1) halfDuplex(2) fullDuplex(3)";
constexpr std::string_view kRateControl = "rateControlOff(1) rateControlOn(2) unknown(3)";

// struct rtnl_link_stats64 (linux/if_link.h) has frames that are too long inside rx_length_errors,
// internal errors of the MAC inside rx_errors and tx_errors, and nothing at all of the others.
constexpr std::string_view kSummedUp = "Linux counts it only in a sum";
constexpr std::string_view kNotCounted = "Linux does not count it";
// RFC 3635: "does not increment on interfaces operating at speeds greater than 10 Mb/s, or on
// interfaces operating in full-duplex mode".
constexpr std::string_view kHalfDuplexOnly = "only half duplex at 10 Mb/s has the test";

constexpr std::string_view kNoCollisions = "0: full duplex";

constexpr std::array kDot3Columns = {
    column<kInteger32, &Interface::index>(1, "dot3StatsIndex", "ifIndex"),
    column<kCounter32, &Counters::in_alignment_errors>(2, "dot3StatsAlignmentErrors",
                                                       "rx_frame_errors"),
    column<kCounter32, &Counters::in_fcs_errors>(3, "dot3StatsFCSErrors", "rx_crc_errors"),
    column<kCounter32, &collisions>(4, "dot3StatsSingleCollisionFrames", kNoCollisions),
    column<kCounter32, &collisions>(5, "dot3StatsMultipleCollisionFrames", kNoCollisions),
    absent<kCounter32>(6, "dot3StatsSQETestErrors", kHalfDuplexOnly),
    absent<kCounter32>(7, "dot3StatsDeferredTransmissions", kNotCounted),
    column<kCounter32, &collisions>(8, "dot3StatsLateCollisions", kNoCollisions),
    column<kCounter32, &collisions>(9, "dot3StatsExcessiveCollisions", kNoCollisions),
    absent<kCounter32>(10, "dot3StatsInternalMacTransmitErrors", kSummedUp),
    column<kCounter32, &Counters::carrier_sense_errors>(11, "dot3StatsCarrierSenseErrors",
                                                        "tx_carrier_errors"),
    absent<kCounter32>(13, "dot3StatsFrameTooLongs", kSummedUp),
    absent<kCounter32>(16, "dot3StatsInternalMacReceiveErrors", kSummedUp),
    absent<kObjectId>(17, "dot3StatsEtherChipSet", "deprecated; a virtual adapter has no chip"),
    absent<kCounter32>(18, "dot3StatsSymbolErrors", kNotCounted),
    column<kInteger32, &duplexStatus>(19, "dot3StatsDuplexStatus",
                                      "full for adapters, else what the driver reports", kDuplex),
    column<kTruthValue, &rateControlAbility>(20, "dot3StatsRateControlAbility", "not supported"),
    column<kInteger32, &rateControlStatus>(21, "dot3StatsRateControlStatus", "not supported",
                                           kRateControl),
};
static_assert(ascending(kDot3Columns));

constexpr std::array kDot3HcColumns = {
    column<kCounter64, &Counters::in_alignment_errors>(1, "dot3HCStatsAlignmentErrors",
                                                       "rx_frame_errors"),
    column<kCounter64, &Counters::in_fcs_errors>(2, "dot3HCStatsFCSErrors", "rx_crc_errors"),
    absent<kCounter64>(3, "dot3HCStatsInternalMacTransmitErrors", kSummedUp),
    absent<kCounter64>(4, "dot3HCStatsFrameTooLongs", kSummedUp),
    absent<kCounter64>(5, "dot3HCStatsInternalMacReceiveErrors", kSummedUp),
    absent<kCounter64>(6, "dot3HCStatsSymbolErrors", kNotCounted),
};
static_assert(ascending(kDot3HcColumns));

// --- the tables ----------------------------------------------------------------------------------

constexpr std::array<SubId, 8> kDot3 = {1, 3, 6, 1, 2, 1, 10, 7};
constexpr auto kDot3StatsEntry = under(kDot3, 2, 1);
constexpr auto kDot3HcStatsEntry = under(kDot3, 11, 1);

constexpr std::array kTables = {
    Table{"dot3StatsTable", kDot3StatsEntry, kDot3Columns, interfaceCount, interfaceIndex,
          isEthernet},
    Table{"dot3HCStatsTable", kDot3HcStatsEntry, kDot3HcColumns, interfaceCount, interfaceIndex,
          isEthernet},
};

}  // namespace

std::span<const Table> etherLikeMibTables() {
  return kTables;
}

}  // namespace hvnet
