#include "tables/ether_like_mib.h"

#include <gtest/gtest.h>

#include "snapshots.h"
#include "table_reader.h"

namespace hvnet {
namespace {

using test::Oid;
using test::TableReader;

// An adapter at 1, an Ethernet device at 3, a loopback at 256 and another Ethernet device at 300.
class EtherLikeMib : public testing::Test {
 protected:
  EtherLikeMib() {
    Interfaces interfaces;
    interfaces.rows = {test::adapterAt(1), test::interfaceAt(3), test::interfaceAt(256),
                       test::interfaceAt(300)};
    interfaces.rows[0].duplex.reset();
    interfaces.rows[1].duplex = Duplex::kHalf;
    interfaces.rows[2].type = 24;
    snapshot_ = test::snapshotWith(std::move(interfaces));
    snapshot_.counters[0].in_alignment_errors = 0x1'0000'0002;
    snapshot_.counters[0].in_fcs_errors = 0x1'0000'0003;
    snapshot_.counters[1].carrier_sense_errors = 11;
  }

  Snapshot snapshot_;
  TableReader stats_{test::tableOf(etherLikeMibTables(), "dot3StatsTable"), snapshot_};
  TableReader high_{test::tableOf(etherLikeMibTables(), "dot3HCStatsTable"), snapshot_};
};

TEST_F(EtherLikeMib, HasARowForEachEthernetInterfaceOnly) {
  EXPECT_EQ(stats_.number({1, 1}), 1U);
  EXPECT_EQ(stats_.number({1, 3}), 3U);
  EXPECT_EQ(stats_.number({1, 300}), 300U);
  EXPECT_EQ(stats_.get({1, 256}).missing, Missing::kNoSuchInstance);
  EXPECT_FALSE(stats_.number({19, 256}));
  EXPECT_EQ(stats_.nextAfter({1, 3}), Oid({1, 300}));
}

TEST_F(EtherLikeMib, GivesTheErrorsThatTheKernelTellsApart) {
  EXPECT_EQ(stats_.number({2, 1}), 2U);  // the low 32 bits
  EXPECT_EQ(stats_.number({3, 1}), 3U);
  EXPECT_EQ(stats_.number({11, 3}), 11U);
  EXPECT_EQ(high_.number({1, 1}), 0x1'0000'0002U);
  EXPECT_EQ(high_.number({2, 1}), 0x1'0000'0003U);
}

TEST_F(EtherLikeMib, AnAdapterNeverCollidesAndOthersDoNotTell) {
  for (const SubId column : {4U, 5U, 8U, 9U}) {
    EXPECT_EQ(stats_.number({column, 1}), 0U) << column;
    EXPECT_EQ(stats_.get({column, 3}).missing, Missing::kNoSuchInstance) << column;
    EXPECT_FALSE(stats_.number({column, 3})) << column;
  }
}

TEST_F(EtherLikeMib, TellsTheDuplexOfEveryRow) {
  EXPECT_EQ(stats_.number({19, 1}), 3U);    // an adapter: always full
  EXPECT_EQ(stats_.number({19, 3}), 2U);    // the driver says half
  EXPECT_EQ(stats_.number({19, 300}), 1U);  // the driver says nothing
}

TEST_F(EtherLikeMib, ARowWithoutCountersStillHasItsDuplex) {
  snapshot_.counters[0] = Counters{};
  EXPECT_FALSE(stats_.number({2, 1}));
  EXPECT_FALSE(high_.number({2, 1}));
  EXPECT_EQ(stats_.number({19, 1}), 3U);
}

TEST_F(EtherLikeMib, WhatLinuxDoesNotCountIsAnObjectWithoutInstances) {
  for (const SubId column : {6U, 7U, 10U, 13U, 16U, 17U, 18U}) {
    EXPECT_FALSE(stats_.number({column, 1})) << column;
    EXPECT_EQ(stats_.get({column, 1}).missing, Missing::kNoSuchInstance) << column;
  }
  for (const SubId column : {12U, 14U, 15U, 22U}) {
    EXPECT_EQ(stats_.get({column, 1}).missing, Missing::kNoSuchObject) << column;
  }
}

TEST_F(EtherLikeMib, AWalkGoesOverHolesColumnByColumn) {
  const std::vector<Oid> walk = {
      {1, 1},  {1, 3},    {1, 300}, {2, 1},  {3, 1},    {4, 1},    {5, 1},
      {8, 1},  {9, 1},    {11, 3},  {19, 1}, {19, 3},   {19, 300}, {20, 1},
      {20, 3}, {20, 300}, {21, 1},  {21, 3}, {21, 300},
  };
  EXPECT_EQ(stats_.walk(), walk);
  EXPECT_EQ(high_.walk(), std::vector<Oid>({{1, 1}, {2, 1}}));
}

TEST_F(EtherLikeMib, NobodyControlsHisRate) {
  EXPECT_EQ(stats_.number({20, 1}), 2U);
  EXPECT_EQ(stats_.number({21, 1}), 1U);
}

}  // namespace
}  // namespace hvnet
