#include "tables/if_mib.h"

#include <gtest/gtest.h>

#include <utility>

#include "snapshots.h"
#include "table_reader.h"

namespace hvnet {
namespace {

using Cells = std::vector<std::pair<SubId, std::uint64_t>>;  // column, value

// Every one is another number, and none of them fits into 32 bits.
Counters allDifferent() {
  constexpr std::uint64_t kAbove32 = std::uint64_t{7} << 32U;
  Counters out;
  out.in_octets = kAbove32 + 1;
  out.in_unicast = kAbove32 + 2;
  out.in_multicast = kAbove32 + 3;
  out.in_broadcast = kAbove32 + 4;
  out.in_non_unicast = kAbove32 + 7;
  out.in_drops = kAbove32 + 20;
  out.in_discards = kAbove32 + 5;
  out.in_errors = kAbove32 + 6;
  out.unknown_protos = kAbove32 + 8;
  out.out_octets = kAbove32 + 11;
  out.out_unicast = kAbove32 + 12;
  out.out_multicast = kAbove32 + 13;
  out.out_broadcast = kAbove32 + 14;
  out.out_discards = kAbove32 + 15;
  out.out_errors = kAbove32 + 16;
  return out;
}

Snapshot withOneRow(const Interface& row, const Counters& counters = {}) {
  Interfaces interfaces;
  interfaces.rows = {row};
  Snapshot out = test::snapshotWith(std::move(interfaces));
  out.counters[0] = counters;
  return out;
}

TEST(IfMib, EachCounterIsInItsColumn) {
  const Snapshot snapshot = withOneRow(test::adapterAt(2), allDifferent());
  const test::TableReader table(test::tableOf(ifMibTables(), "ifTable"), snapshot);
  for (const auto& [column, value] : Cells{{10, 1},
                                           {11, 2},
                                           {12, 7},
                                           {13, 5},
                                           {14, 6},
                                           {15, 8},
                                           {16, 11},
                                           {17, 12},
                                           {18, 13 + 14},
                                           {19, 15},
                                           {20, 16}}) {
    EXPECT_EQ(table.number({column, 2}), value) << "the low half, ifEntry " << column;
  }
  const test::TableReader extensions(test::tableOf(ifMibTables(), "ifXTable"), snapshot);
  for (const auto& [column, value] : Cells{{2, 3}, {3, 4}, {4, 13}, {5, 14}}) {
    EXPECT_EQ(extensions.number({column, 2}), value) << "the low half, ifXEntry " << column;
  }
  for (const auto& [column, value] :
       Cells{{6, 1}, {7, 2}, {8, 3}, {9, 4}, {10, 11}, {11, 12}, {12, 13}, {13, 14}}) {
    EXPECT_EQ(extensions.number({column, 2}), (std::uint64_t{7} << 32U) + value) << column;
  }
}

TEST(IfMib, SpeedIsInBitsAndInMegabitsASecondAndEndsWhere32BitsEnd) {
  for (const auto& [mbps, bps] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0},
                                                            {10, 10'000'000},
                                                            {1000, 1'000'000'000},
                                                            {4294, 4'294'000'000},
                                                            {4295, 4'294'967'295},
                                                            {100'000, 4'294'967'295}}) {
    Interface row = test::adapterAt(2);
    row.speed_mbps = mbps;
    const Snapshot snapshot = withOneRow(row);
    EXPECT_EQ(test::TableReader(test::tableOf(ifMibTables(), "ifTable"), snapshot).number({5, 2}),
              bps);
    EXPECT_EQ(test::TableReader(test::tableOf(ifMibTables(), "ifXTable"), snapshot).number({15, 2}),
              mbps);
  }
}

TEST(IfMib, CountsNonUnicastOfOneKindAloneAndOfNeitherNot) {
  const auto non_unicast = [](const Counters& counters) {
    const Snapshot snapshot = withOneRow(test::adapterAt(2), counters);
    const test::TableReader table(test::tableOf(ifMibTables(), "ifTable"), snapshot);
    return std::pair(table.number({12, 2}), table.number({18, 2}));
  };
  Counters counters;
  EXPECT_EQ(non_unicast(counters), std::pair(Count(), Count()));
  counters.in_non_unicast = 3;
  counters.out_broadcast = 4;
  EXPECT_EQ(non_unicast(counters), std::pair(Count(3), Count(4)));
  counters.out_multicast = 5;
  EXPECT_EQ(non_unicast(counters), std::pair(Count(3), Count(9)));
}

}  // namespace
}  // namespace hvnet
