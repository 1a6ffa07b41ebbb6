#include "tables/table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "snapshots.h"
#include "tables/if_mib.h"

namespace hvnet {
namespace {

using test::snapshotOf;
using Oid = std::vector<SubId>;

const Oid kIfEntry = {1, 3, 6, 1, 2, 1, 2, 2, 1};

const Table& ifTable() {
  return ifMibTables()[1];
}

class IfTable : public testing::Test {
 protected:
  [[nodiscard]] static Oid oid(std::initializer_list<SubId> rest) {
    Oid out = kIfEntry;
    out.insert(out.end(), rest);
    return out;
  }
  // The name of the cell after `from`, without the entry; empty past the end.
  [[nodiscard]] Oid nextAfter(const Oid& from, bool inclusive = false) const {
    const auto cell = next(ifTable(), view_, from, inclusive);
    if (!cell) return {};
    const CellOid full = oidOf(ifTable(), view_, *cell);
    return {full.begin() + static_cast<std::ptrdiff_t>(kIfEntry.size()), full.end()};
  }

  Snapshot snapshot_ = snapshotOf({1, 3, 256});
  UptimeClock clock_;
  View view_{snapshot_, clock_, {}};
};

TEST_F(IfTable, IsFoundFromAnythingInFrontOfIt) {
  EXPECT_EQ(nextAfter({1, 3}), Oid({1, 1}));
  EXPECT_EQ(nextAfter({}), Oid({1, 1}));
  EXPECT_EQ(nextAfter(kIfEntry), Oid({1, 1}));
  EXPECT_EQ(nextAfter(oid({0})), Oid({1, 1}));
}

TEST_F(IfTable, WalksDownAColumnOverMissingRows) {
  EXPECT_EQ(nextAfter(oid({2})), Oid({2, 1}));
  EXPECT_EQ(nextAfter(oid({2, 0})), Oid({2, 1}));
  EXPECT_EQ(nextAfter(oid({2, 1})), Oid({2, 3}));
  EXPECT_EQ(nextAfter(oid({2, 2})), Oid({2, 3}));
  EXPECT_EQ(nextAfter(oid({2, 3})), Oid({2, 256}));
}

TEST_F(IfTable, GoesOnWithTheNextColumn) {
  EXPECT_EQ(nextAfter(oid({2, 256})), Oid({3, 1}));
  EXPECT_EQ(nextAfter(oid({2, 4294967295})), Oid({3, 1}));
}

TEST_F(IfTable, TakesLongerNamesAsComingAfterTheirRow) {
  EXPECT_EQ(nextAfter(oid({2, 1, 0})), Oid({2, 3}));
  EXPECT_EQ(nextAfter(oid({2, 1, 9, 9})), Oid({2, 3}));
}

TEST_F(IfTable, SkipsAColumnWithoutAnyValue) {
  // ifInUnknownProtos (15) has none, on any row.
  EXPECT_EQ(nextAfter(oid({14, 256})), Oid({16, 1}));
  EXPECT_EQ(nextAfter(oid({15})), Oid({16, 1}));
}

TEST_F(IfTable, SkipsSingleHoles) {
  snapshot_.counters[1].in_discards.reset();
  EXPECT_EQ(nextAfter(oid({13, 1})), Oid({13, 256}));
  snapshot_.counters[2].in_discards.reset();
  EXPECT_EQ(nextAfter(oid({13, 1})), Oid({14, 1}));
}

TEST_F(IfTable, EndsBehindItsLastCell) {
  EXPECT_EQ(nextAfter(oid({22, 256})), Oid());
  EXPECT_EQ(nextAfter(oid({23})), Oid());
  EXPECT_EQ(nextAfter({1, 3, 6, 1, 2, 1, 2, 2, 2}), Oid());
  EXPECT_EQ(nextAfter({2}), Oid());
}

TEST_F(IfTable, AnInclusiveSearchFindsTheNameItself) {
  EXPECT_EQ(nextAfter(oid({2, 3}), true), Oid({2, 3}));
  EXPECT_EQ(nextAfter(oid({2, 2}), true), Oid({2, 3}));
  EXPECT_EQ(nextAfter(oid({2, 3, 0}), true), Oid({2, 256}));
}

TEST_F(IfTable, GivesOneValueForOneName) {
  const GetResult got = get(ifTable(), view_, oid({10, 3}));
  ASSERT_TRUE(got.value);
  EXPECT_EQ(got.value->number, 3005U);
  EXPECT_EQ(got.value->syntax, kCounter32);
}

TEST_F(IfTable, TellsAMissingInstanceFromAMissingObject) {
  EXPECT_EQ(get(ifTable(), view_, oid({10, 2})).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(get(ifTable(), view_, oid({10})).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(get(ifTable(), view_, oid({10, 3, 0})).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(get(ifTable(), view_, oid({15, 3})).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(get(ifTable(), view_, oid({23, 3})).missing, Missing::kNoSuchObject);
  EXPECT_EQ(get(ifTable(), view_, kIfEntry).missing, Missing::kNoSuchObject);
  EXPECT_FALSE(get(ifTable(), view_, oid({15, 3})).value);
}

TEST_F(IfTable, IsEmptyWithoutInterfaces) {
  const Snapshot empty = snapshotOf({});
  EXPECT_FALSE(next(ifTable(), View{empty, clock_, {}}, kIfEntry, false));
  EXPECT_FALSE(get(ifTable(), View{empty, clock_, {}}, oid({1, 1})).value);
}

TEST_F(IfTable, FollowingIsWhatNextSays) {
  auto cell = next(ifTable(), view_, kIfEntry, false);
  std::size_t cells = 0;
  while (cell) {
    ++cells;
    const CellOid name = oidOf(ifTable(), view_, *cell);
    const auto by_name = next(ifTable(), view_, viewOf(name), false);
    cell = following(ifTable(), view_, *cell);
    ASSERT_EQ(cell.has_value(), by_name.has_value());
    if (!cell) break;
    EXPECT_EQ(cell->column, by_name->column);
    EXPECT_EQ(cell->row, by_name->row);
  }
  // 22 columns of 3 rows less ifInUnknownProtos, ifOutNUcastPkts and ifOutQLen.
  EXPECT_EQ(cells, 19U * 3U);
}

}  // namespace
}  // namespace hvnet
