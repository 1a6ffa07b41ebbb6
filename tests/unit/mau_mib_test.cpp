#include "tables/mau_mib.h"

#include <gtest/gtest.h>

#include "snapshots.h"
#include "table_reader.h"

namespace hvnet {
namespace {

using test::Oid;
using test::TableReader;

Oid dot3MauType(SubId type) {
  return {1, 3, 6, 1, 2, 1, 26, 4, type};
}

// Adapters at 1 and 2, and an interface that is none at 256.
class MauMib : public testing::Test {
 protected:
  // A new topology: what is published never changes.
  void publish(const Interface& second) {
    Interfaces interfaces;
    interfaces.rows = {test::adapterAt(1), second, test::interfaceAt(256)};
    snapshot_ = test::snapshotWith(std::move(interfaces));
  }
  MauMib() { publish(test::adapterAt(2)); }

  Snapshot snapshot_;
  TableReader table_{test::tableOf(mauMibTables(), "ifMauTable"), snapshot_};
};

TEST_F(MauMib, HasOneMauForEachAdapterAndNoneForOthers) {
  EXPECT_EQ(table_.number({1, 2, 1}), 2U);
  EXPECT_EQ(table_.number({2, 2, 1}), 1U);
  EXPECT_EQ(table_.get({1, 256, 1}).missing, Missing::kNoSuchInstance);
  EXPECT_FALSE(table_.number({1, 256, 1}));
  EXPECT_FALSE(table_.number({1, 2, 2}));
  EXPECT_FALSE(table_.number({1, 2}));
}

TEST_F(MauMib, WalksOverTheInterfacesThatAreNoAdapters) {
  EXPECT_EQ(table_.nextAfter({1, 1, 1}), Oid({1, 2, 1}));
  EXPECT_EQ(table_.nextAfter({1, 2, 1}), Oid({2, 1, 1}));
  EXPECT_EQ(table_.nextAfter({1, 1}), Oid({1, 1, 1}));
  EXPECT_EQ(table_.nextAfter({5, 2, 1}), Oid({7, 1, 1}));  // 6 has no instance
  EXPECT_EQ(table_.nextAfter({13, 2, 1}), Oid());          // nor has 14
  EXPECT_EQ(table_.walk().size(), 9U * 2U);
}

TEST_F(MauMib, TheTypeFollowsTheSpeed) {
  const std::vector<std::pair<std::uint64_t, SubId>> types = {
      {10, 11},    {100, 16},   {1000, 30},  {2500, 103},
      {5000, 104}, {10000, 54}, {25000, 94}, {40000, 97},
  };
  for (const auto& [speed_mbps, type] : types) {
    Interface adapter = test::adapterAt(2);
    adapter.speed_mbps = speed_mbps;
    publish(adapter);
    EXPECT_EQ(table_.oid({3, 2, 1}), dot3MauType(type)) << speed_mbps;
    EXPECT_EQ(table_.oid({11, 2, 1}), dot3MauType(type)) << speed_mbps;
    const auto bits = table_.text({13, 2, 1});
    ASSERT_TRUE(bits);
    for (std::size_t bit = 0; bit < bits->size() * 8; ++bit) {
      const auto octet = static_cast<unsigned char>((*bits)[bit / 8]);
      EXPECT_EQ((octet >> (7 - bit % 8)) & 1U, bit == type ? 1U : 0U) << speed_mbps << ' ' << bit;
    }
  }
}

TEST_F(MauMib, ASpeedThatNoTypeHasLeavesTheTypeOut) {
  Interface adapter = test::adapterAt(2);
  adapter.speed_mbps = 20000;
  publish(adapter);
  for (const SubId column : {3U, 11U, 13U}) {
    EXPECT_EQ(table_.get({column, 2, 1}).missing, Missing::kNoSuchInstance) << column;
    EXPECT_FALSE(table_.get({column, 2, 1}).value) << column;
  }
  EXPECT_EQ(table_.nextAfter({3, 1, 1}), Oid({4, 1, 1}));
  EXPECT_EQ(table_.nextAfter({11, 1, 1}), Oid({12, 1, 1}));
  EXPECT_EQ(table_.nextAfter({13, 1, 1}), Oid());
  EXPECT_EQ(table_.number({4, 2, 1}), 3U);
}

TEST_F(MauMib, TheMediaAreAvailableWhenTheHostAssignedANetwork) {
  Interface adapter = test::adapterAt(2);
  EXPECT_EQ(table_.number({5, 2, 1}), 3U);
  adapter.facts.network_assigned = false;
  publish(adapter);
  EXPECT_EQ(table_.number({5, 2, 1}), 4U);
  adapter.facts.network_assigned.reset();
  publish(adapter);
  EXPECT_EQ(table_.number({5, 2, 1}), 2U);
}

TEST_F(MauMib, TheStatusIsTheAdministrators) {
  EXPECT_EQ(table_.number({4, 2, 1}), 3U);
  Interface adapter = test::adapterAt(2);
  adapter.admin_status = AdminStatus::kDown;
  publish(adapter);
  EXPECT_EQ(table_.number({4, 2, 1}), 5U);
}

TEST_F(MauMib, ThereIsNeitherJabberNorNegotiation) {
  EXPECT_EQ(table_.number({7, 1, 1}), 1U);
  EXPECT_EQ(table_.number({12, 1, 1}), 2U);
  for (const SubId column : {6U, 8U, 9U, 10U, 14U}) {
    EXPECT_EQ(table_.get({column, 1, 1}).missing, Missing::kNoSuchInstance) << column;
    EXPECT_FALSE(table_.number({column, 1, 1})) << column;
  }
}

}  // namespace
}  // namespace hvnet
