#include <gtest/gtest.h>

#include <chrono>

#include "snapshots.h"
#include "table_reader.h"
#include "tables/if_mib.h"

namespace hvnet {
namespace {

using test::Oid;
using test::TableReader;

StackEntry stacked(std::uint32_t higher, std::uint32_t lower) {
  return {IfIndex{higher}, IfIndex{lower}};
}

// A VLAN (256) on an adapter (1); both have groups joined.
class IfMibRelations : public testing::Test {
 protected:
  IfMibRelations() {
    Interfaces interfaces;
    interfaces.rows = {test::adapterAt(1), test::interfaceAt(256)};
    interfaces.stack = {stacked(0, 256), stacked(1, 0), stacked(256, 1)};
    interfaces.receive_addresses = {
        {IfIndex{1}, {0, 21, 93, 1, 2, 3}, ReceiveAddressType::kNonVolatile},
        {IfIndex{1}, {255, 255, 255, 255, 255, 255}, ReceiveAddressType::kNonVolatile},
        {IfIndex{1}, HwAddress(20, 7), ReceiveAddressType::kOther},
        {IfIndex{256}, {1, 0, 94, 0, 0, 1}, ReceiveAddressType::kVolatile},
        {IfIndex{256}, HwAddress(32, 255), ReceiveAddressType::kOther},
    };
    interfaces.stack_last_change = TimePoint{} + std::chrono::seconds(3);
    snapshot_ = test::snapshotWith(std::move(interfaces));
  }

  Snapshot snapshot_;
  TableReader stack_{test::tableOf(ifMibRelationTables(), "ifStackTable"), snapshot_};
  TableReader addresses_{test::tableOf(ifMibRelationTables(), "ifRcvAddressTable"), snapshot_};
};

TEST_F(IfMibRelations, TheStackIsWalkedByHigherAndLower) {
  EXPECT_EQ(stack_.walk(), std::vector<Oid>({{3, 0, 256}, {3, 1, 0}, {3, 256, 1}}));
  EXPECT_EQ(stack_.number({3, 256, 1}), 1U);
  EXPECT_EQ(stack_.nextAfter({3, 1}), Oid({3, 1, 0}));
  EXPECT_EQ(stack_.nextAfter({3, 1, 0}), Oid({3, 256, 1}));
  EXPECT_EQ(stack_.get({3, 256, 2}).missing, Missing::kNoSuchInstance);
}

TEST_F(IfMibRelations, AnIndexThatIsNotAccessibleIsNoObject) {
  EXPECT_EQ(stack_.get({1, 256, 1}).missing, Missing::kNoSuchObject);
  EXPECT_FALSE(stack_.get({1, 256, 1}).value);
  EXPECT_EQ(addresses_.get({1, 1, 6, 0, 21, 93, 1, 2, 3}).missing, Missing::kNoSuchObject);
}

TEST_F(IfMibRelations, AnAddressHasItsLengthInFront) {
  EXPECT_EQ(addresses_.number({2, 1, 6, 0, 21, 93, 1, 2, 3}), 1U);
  EXPECT_EQ(addresses_.number({3, 1, 6, 0, 21, 93, 1, 2, 3}), 3U);
  EXPECT_EQ(addresses_.number({3, 256, 6, 1, 0, 94, 0, 0, 1}), 2U);
  EXPECT_FALSE(addresses_.number({2, 1, 0, 21, 93, 1, 2, 3}));
  EXPECT_FALSE(addresses_.number({2, 1, 5, 0, 21, 93, 1, 2, 3}));
}

TEST_F(IfMibRelations, AddressesAreWalkedByInterfaceLengthAndOctets) {
  Oid longest = {3, 256, 32};
  longest.insert(longest.end(), 32, 255);
  EXPECT_EQ(addresses_.nextAfter({3, 1}), Oid({3, 1, 6, 0, 21, 93, 1, 2, 3}));
  EXPECT_EQ(addresses_.nextAfter({3, 1, 6, 0, 21, 93, 1, 2, 3}),
            Oid({3, 1, 6, 255, 255, 255, 255, 255, 255}));
  EXPECT_EQ(addresses_.nextAfter({3, 1, 6, 255, 255, 255, 255, 255, 255}).size(), 3U + 20U);
  EXPECT_EQ(addresses_.nextAfter({3, 256, 7}), longest);
  EXPECT_EQ(addresses_.nextAfter(longest), Oid());
  EXPECT_EQ(addresses_.walk().size(), 2U * 5U);
}

TEST_F(IfMibRelations, AnAddressWithoutRoomForItsLengthIsNoInstance) {
  EXPECT_EQ(addresses_.get({2, 1}).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(addresses_.get({2, 1, 6}).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(addresses_.nextAfter({2, 1, 6}), Oid({2, 1, 6, 0, 21, 93, 1, 2, 3}));
}

TEST_F(IfMibRelations, TheStackTellsWhenItLastChanged) {
  const TableReader scalar(test::tableOf(ifMibRelationTables(), "ifStackLastChange"), snapshot_);
  EXPECT_EQ(scalar.number({6, 0}), 300U);
  EXPECT_EQ(scalar.walk(), std::vector<Oid>({{6, 0}}));
}

TEST_F(IfMibRelations, WithoutInterfacesThereAreNoRelations) {
  const Snapshot empty = test::snapshotOf({});
  for (const Table& table : ifMibRelationTables()) {
    if (isScalar(table)) continue;
    EXPECT_TRUE(TableReader(table, empty).walk().empty()) << table.name;
  }
}

}  // namespace
}  // namespace hvnet
