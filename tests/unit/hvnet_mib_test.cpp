#include "tables/hvnet_mib.h"

#include <gtest/gtest.h>

#include <chrono>

#include "snapshots.h"
#include "table_reader.h"
#include "tables/hvnet_root.h"

namespace hvnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Oid;
using test::TableReader;

const TimePoint kCounted = TimePoint{} + seconds(100);
constexpr char kInstance[] = "2dd1ce17-079e-403c-b352-a1921ee207ee";

Interface fullAdapter() {
  Interface out = test::adapterAt(2);
  out.position = BusPosition{Bus::kVmbus, 12};
  out.origin = IndexOrigin::kPersisted;
  out.facts.unit = "hvnet0";
  out.facts.instance = kInstance;
  out.facts.bus_address = kInstance;
  out.facts.max_mtu = 65521;
  out.facts.kernel_index = 7;
  out.facts.queues = 4;
  out.facts.vf = IfIndex{256};
  out.facts.data_path = DataPath::kVf;
  out.facts.order_key = OrderKey::kAcpiIndex;
  return out;
}

Interface bareAdapter() {
  Interface out = test::adapterAt(3);
  out.position = BusPosition{Bus::kXen, 5};
  out.facts = {};
  out.facts.hypervisor = "Xen";
  out.facts.vlan = false;
  return out;
}

// An interface that is no adapter at 1, a whole adapter at 2, a bare one at 3, and another
// interface at 256.
class HvnetMib : public testing::Test {
 protected:
  HvnetMib() {
    Interfaces interfaces;
    interfaces.rows = {test::interfaceAt(1), fullAdapter(), bareAdapter(), test::interfaceAt(256)};
    interfaces.vmbus_devices = {
        {3, "9527e630-d0ae-497b-adce-e80ab0175caf", "time sync", kInstance, "hvts0"},
        {9, "f912ad6d-2b17-48ea-bd65-f927a61c7684", std::nullopt, "", ""},
    };
    snapshot_ = test::snapshotWith(std::move(interfaces));
    snapshot_.rates[1].in_drops_rate = 50;
    snapshot_.rates[1].resets = 3;
    snapshot_.rates[1].threshold = 80;
    snapshot_.rates[1].baseline = 20;
    snapshot_.rates[1].alarm = AlarmState::kRaised;
    snapshot_.rates[1].raised_count = 4;
    snapshot_.rates[1].last_raised = TimePoint{} + seconds(7);
    snapshot_.queues = {{IfIndex{2}, 0, 1, 2, 3, 4}, {IfIndex{2}, 1, 5, std::nullopt, 7, 8}};
    snapshot_.driver_stats = {{IfIndex{2}, 1, "tx_scattered", 0},
                              {IfIndex{2}, 2, "rx_no_memory", ~std::uint64_t{0}},
                              {IfIndex{3}, 1, "rx_gso", 9}};
    AgentFacts agent;
    agent.version = "0.1.0";
    agent.hypervisor = "Hyper-V";
    agent.source = "linux";
    agent.sample_interval = seconds(1);
    snapshot_.agent = std::make_shared<const AgentFacts>(agent);
    snapshot_.health = {SourceState::kStale, kCounted, 11, 12};
  }

  [[nodiscard]] TableReader table(std::string_view name,
                                  TimePoint now = kCounted + milliseconds(42)) const {
    return {test::tableOf(hvnetMibTables(), name), snapshot_, now};
  }

  Snapshot snapshot_;
};

TEST_F(HvnetMib, TheAgentTellsAboutItself) {
  const TableReader agent = table("hvnetAgent");
  EXPECT_EQ(agent.text({1, 0}), "0.1.0");
  EXPECT_EQ(agent.text({2, 0}), "Hyper-V");
  EXPECT_EQ(agent.text({3, 0}), "linux");
  EXPECT_EQ(agent.number({4, 0}), 2U);
  EXPECT_EQ(agent.number({5, 0}), 42U);
  EXPECT_EQ(agent.number({6, 0}), 1000U);
  EXPECT_EQ(agent.number({7, 0}), 11U);
  EXPECT_EQ(agent.number({8, 0}), 12U);
  EXPECT_EQ(agent.number({9, 0}), 1U);
  EXPECT_EQ(agent.walk().size(), 9U);
  EXPECT_EQ(agent.nextAfter({4}), Oid({4, 0}));
  EXPECT_EQ(agent.nextAfter({4, 0}), Oid({5, 0}));
  EXPECT_EQ(agent.nextAfter({9, 0}), Oid());
}

TEST_F(HvnetMib, TheAgeIsTheRequestsAndNeverNegative) {
  EXPECT_EQ(table("hvnetAgent", kCounted).number({5, 0}), 0U);
  EXPECT_EQ(table("hvnetAgent", kCounted - seconds(1)).number({5, 0}), 0U);
  EXPECT_EQ(table("hvnetAgent", kCounted + seconds(61)).number({5, 0}), 61'000U);
  // A gauge sticks: 50 days of milliseconds do not fit.
  EXPECT_EQ(table("hvnetAgent", kCounted + std::chrono::hours(1200)).number({5, 0}), 4294967295U);
}

TEST_F(HvnetMib, BeforeTheFirstSampleThereIsNoAge) {
  snapshot_.health.counted_at.reset();
  EXPECT_FALSE(table("hvnetAgent").number({5, 0}));
  EXPECT_EQ(table("hvnetAgent").nextAfter({4, 0}), Oid({6, 0}));
}

TEST_F(HvnetMib, AnAdapterTellsAllThatIsKnownOfIt) {
  const TableReader adapters = table("hvnetAdapterTable");
  EXPECT_EQ(adapters.text({1, 2}), "hv_netvsc");
  EXPECT_EQ(adapters.text({2, 2}), "hvnet0");
  EXPECT_EQ(adapters.number({3, 2}), 12U);
  EXPECT_EQ(adapters.text({4, 2}), kInstance);
  EXPECT_EQ(adapters.text({5, 2}), kInstance);
  EXPECT_EQ(adapters.text({6, 2}), "Hyper-V");
  EXPECT_EQ(adapters.number({7, 2}), 2U);
  EXPECT_EQ(adapters.number({8, 2}), 1U);
  EXPECT_EQ(adapters.number({9, 2}), 2U);
  EXPECT_EQ(adapters.number({10, 2}), 7U);
  EXPECT_EQ(adapters.number({11, 2}), 65521U);
  EXPECT_EQ(adapters.number({12, 2}), 1U);
  EXPECT_EQ(adapters.number({13, 2}), 1U);
  EXPECT_EQ(adapters.number({14, 2}), 4U);
  EXPECT_EQ(adapters.number({15, 2}), 256U);
  EXPECT_EQ(adapters.number({16, 2}), 2U);
  EXPECT_EQ(adapters.number({17, 2}), 4U);
}

TEST_F(HvnetMib, JumboFramesArePossibleAbove1500) {
  for (const std::uint32_t mtu : {1499U, 1500U, 1501U}) {
    Interface adapter = fullAdapter();
    adapter.facts.max_mtu = mtu;
    Interfaces interfaces;
    interfaces.rows = {adapter};
    const Snapshot snapshot = test::snapshotWith(std::move(interfaces));
    const TableReader adapters{test::tableOf(hvnetMibTables(), "hvnetAdapterTable"), snapshot};
    EXPECT_EQ(adapters.number({12, 2}), mtu > 1500 ? 1U : 2U) << mtu;
  }
}

TEST_F(HvnetMib, WhatIsNotKnownOfAnAdapterIsAHole) {
  const TableReader adapters = table("hvnetAdapterTable");
  for (const SubId column : {2U, 3U, 4U, 5U, 7U, 8U, 10U, 11U, 12U, 14U, 16U}) {
    EXPECT_EQ(adapters.get({column, 3}).missing, Missing::kNoSuchInstance) << column;
    EXPECT_FALSE(adapters.get({column, 3}).value) << column;
    EXPECT_NE(adapters.nextAfter({column, 2}), Oid({column, 3})) << column;
  }
  EXPECT_EQ(adapters.text({6, 3}), "Xen");
  EXPECT_EQ(adapters.number({13, 3}), 2U);
  EXPECT_EQ(adapters.number({15, 3}), 0U);  // no VF
}

TEST_F(HvnetMib, OnlyAdaptersHaveRows) {
  for (const char* name : {"hvnetAdapterTable", "hvnetStatsTable", "hvnetAlarmTable"}) {
    const TableReader rows = table(name);
    for (const Oid& cell : rows.walk()) EXPECT_TRUE(cell[1] == 2 || cell[1] == 3) << name;
    EXPECT_EQ(rows.get({1, 1}).missing, Missing::kNoSuchInstance) << name;
    EXPECT_FALSE(rows.get({1, 1}).value) << name;
    EXPECT_EQ(rows.nextAfter({}), Oid({1, 2})) << name;
    EXPECT_EQ(rows.nextAfter({1, 3}).front(), 2U) << name;
  }
}

TEST_F(HvnetMib, TheNineCountersStandInTheVendorsOrder) {
  const TableReader stats = table("hvnetStatsTable");
  const std::vector<std::uint64_t> expected = {2001, 2002, 2003, 2004, 0, 2005, 2006, 2007, 2008};
  for (SubId column = 1; column <= 9; ++column) {
    EXPECT_EQ(stats.number({column, 2}), expected[column - 1]) << column;
    EXPECT_EQ(stats.get({column, 2}).value->syntax, kCounter64) << column;
  }
  EXPECT_EQ(stats.number({10, 2}), 50U);
  EXPECT_EQ(stats.number({11, 2}), 3U);
}

TEST_F(HvnetMib, OfTheNineCountersOnlyCollisionsAreAlwaysThere) {
  snapshot_.counters[1] = Counters{};
  const TableReader stats = table("hvnetStatsTable");
  for (SubId column = 1; column <= 9; ++column) {
    EXPECT_EQ(stats.number({column, 2}).has_value(), column == 5) << column;
  }
  EXPECT_FALSE(stats.number({10, 3}));  // no rate yet
}

TEST_F(HvnetMib, TheAlarmSaysWhatItLooksAtAndWhatRaisesIt) {
  const TableReader alarm = table("hvnetAlarmTable");
  const std::vector<std::uint64_t> expected = {2, 50, 80, 20, 4, 700, 50, 5, 4};
  for (SubId column = 1; column <= 9; ++column) {
    EXPECT_EQ(alarm.number({column, 2}), expected[column - 1]) << column;
  }
  for (const SubId column : {SubId{2}, SubId{4}, SubId{6}}) {
    EXPECT_FALSE(alarm.number({column, 3})) << "not known yet: " << column;
  }
  EXPECT_EQ(alarm.number({1, 3}), 1U);
}

TEST_F(HvnetMib, QueuesAreCountedFromZero) {
  const TableReader queues = table("hvnetQueueTable");
  EXPECT_EQ(queues.nextAfter({}), Oid({2, 2, 0}));
  EXPECT_EQ(queues.number({2, 2, 0}), 1U);
  EXPECT_EQ(queues.number({5, 2, 1}), 8U);
  EXPECT_FALSE(queues.number({3, 2, 1}));
  EXPECT_EQ(queues.nextAfter({3, 2, 0}), Oid({4, 2, 0}));
  EXPECT_EQ(queues.get({1, 2, 0}).missing, Missing::kNoSuchObject);
  EXPECT_EQ(queues.walk().size(), 7U);
}

TEST_F(HvnetMib, DriverStatisticsKeepTheirOrderAndTheirNames) {
  const TableReader lines = table("hvnetDriverStatTable");
  EXPECT_EQ(lines.walk(),
            std::vector<Oid>({{2, 2, 1}, {2, 2, 2}, {2, 3, 1}, {3, 2, 1}, {3, 2, 2}, {3, 3, 1}}));
  EXPECT_EQ(lines.text({2, 2, 2}), "rx_no_memory");
  EXPECT_EQ(lines.number({3, 2, 2}), ~std::uint64_t{0});
  EXPECT_EQ(lines.get({3, 2, 2}).value->syntax, kCounter64);
  EXPECT_EQ(lines.get({3, 2, 3}).missing, Missing::kNoSuchInstance);
}

TEST_F(HvnetMib, EveryDeviceOfTheVmbusIsListed) {
  const TableReader devices = table("hvnetVmbusDeviceTable");
  EXPECT_EQ(devices.text({2, 3}), "9527e630-d0ae-497b-adce-e80ab0175caf");
  EXPECT_EQ(devices.text({3, 3}), "time sync");
  EXPECT_EQ(devices.text({4, 3}), kInstance);
  EXPECT_EQ(devices.text({5, 3}), "hvts0");
  EXPECT_EQ(devices.number({6, 3}), 1U);
}

TEST_F(HvnetMib, ADeviceThatIsNotConfiguredSaysSo) {
  const TableReader devices = table("hvnetVmbusDeviceTable");
  EXPECT_EQ(devices.text({5, 9}), "");
  EXPECT_EQ(devices.number({6, 9}), 2U);
  EXPECT_FALSE(devices.text({3, 9}));  // a class without a name
  EXPECT_FALSE(devices.text({4, 9}));
  EXPECT_EQ(devices.nextAfter({3, 3}), Oid({4, 3}));
}

TEST_F(HvnetMib, WithoutAHypervisorThereIsOnlyTheAgent) {
  const Snapshot empty = test::snapshotOf({1, 2});
  for (const Table& table : hvnetMibTables()) {
    if (isScalar(table)) continue;
    EXPECT_TRUE(TableReader(table, empty).walk().empty()) << table.name;
  }
}

TEST_F(HvnetMib, StandsUnderTheConfiguredRoot) {
  for (const Table& table : hvnetMibTables()) {
    ASSERT_GT(table.entry.size(), kHvnetRoot.size());
    EXPECT_TRUE(std::ranges::equal(table.entry.first(kHvnetRoot.size()), kHvnetRoot));
    EXPECT_EQ(table.entry[kHvnetRoot.size()], 1U) << table.name;
  }
}

}  // namespace
}  // namespace hvnet
