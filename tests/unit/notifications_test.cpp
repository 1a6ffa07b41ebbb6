#include "tables/notifications.h"

#include <gtest/gtest.h>

#include <string>

#include "snapshots.h"
#include "tables/hvnet_root.h"

namespace hvnet {
namespace {

using Oid = std::vector<SubId>;
using enum EventKind;

Oid hvnet(const Oid& rest) {
  Oid out(kHvnetRoot.begin(), kHvnetRoot.end());
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

SnapshotPtr twoAdapters() {
  Interfaces interfaces;
  interfaces.rows = {test::adapterAt(2), test::adapterAt(3)};
  interfaces.rows[1].oper_status = OperStatus::kDown;
  Snapshot out = test::snapshotWith(std::move(interfaces));
  out.counters[1].in_drops = std::uint64_t{1} << 40;
  out.rates[1].in_drops_rate = 80;
  out.rates[1].threshold = 50;
  AgentFacts agent;
  agent.source = "report:/run/hvnet";
  out.agent = std::make_shared<const AgentFacts>(agent);
  out.health.state = SourceState::kFailed;
  return std::make_shared<const Snapshot>(std::move(out));
}

class Notifications : public testing::Test {
 protected:
  [[nodiscard]] std::vector<CarriedValue> values(EventKind kind, std::uint32_t index) const {
    return valuesOf(mib_, {kind, IfIndex{index}, snapshot_});
  }
  Mib mib_;
  SnapshotPtr snapshot_ = twoAdapters();
};

TEST_F(Notifications, ALinkIsToldWithIndexAndBothStates) {
  for (const EventKind kind : {kLinkDown, kLinkUp}) {
    const auto carried = values(kind, 3);
    ASSERT_EQ(carried.size(), 3U);
    EXPECT_EQ(carried[0].name, Oid({1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 3}));
    EXPECT_EQ(carried[0].value.number, 3U);
    EXPECT_EQ(carried[1].name, Oid({1, 3, 6, 1, 2, 1, 2, 2, 1, 7, 3}));
    EXPECT_EQ(carried[1].value.number, 1U);
    EXPECT_EQ(carried[2].name, Oid({1, 3, 6, 1, 2, 1, 2, 2, 1, 8, 3}));
    EXPECT_EQ(carried[2].value.number, 2U);
    EXPECT_EQ(carried[2].value.syntax, kInteger32);
  }
}

TEST_F(Notifications, AnAdapterIsToldWithNameAndDriver) {
  for (const EventKind kind : {kAdapterAdded, kAdapterRemoved}) {
    const auto carried = values(kind, 2);
    ASSERT_EQ(carried.size(), 3U);
    EXPECT_EQ(carried[1].name, Oid({1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, 2}));
    EXPECT_EQ(carried[1].value.octets, "lan2");
    EXPECT_EQ(carried[2].name, hvnet({1, 2, 1, 1, 2}));
    EXPECT_EQ(carried[2].value.octets, "hv_netvsc");
  }
}

TEST_F(Notifications, TheSourceIsToldWithItsNameAndState) {
  const auto carried = values(kSourceFailed, 0);
  ASSERT_EQ(carried.size(), 2U);
  EXPECT_EQ(carried[0].name, hvnet({1, 1, 3, 0}));
  EXPECT_EQ(carried[0].value.octets, "report:/run/hvnet");
  EXPECT_EQ(carried[1].name, hvnet({1, 1, 4, 0}));
  EXPECT_EQ(carried[1].value.number, 3U);
}

TEST_F(Notifications, DropsAreToldWithTheWholeCounterAndTheNumbersOfTheAlarm) {
  for (const EventKind kind : {kAlarmRaised, kAlarmCleared}) {
    const auto carried = values(kind, 3);
    ASSERT_EQ(carried.size(), 5U);
    EXPECT_EQ(carried[1].value.octets, "lan3");
    EXPECT_EQ(carried[2].name, hvnet({1, 3, 1, 8, 3}));
    EXPECT_EQ(carried[2].value.syntax, kCounter64);
    EXPECT_EQ(carried[2].value.number, std::uint64_t{1} << 40);
    EXPECT_EQ(carried[3].name, hvnet({1, 6, 1, 2, 3}));
    EXPECT_EQ(carried[3].value.number, 80U);
    EXPECT_EQ(carried[4].name, hvnet({1, 6, 1, 3, 3}));
    EXPECT_EQ(carried[4].value.number, 50U);
  }
}

TEST_F(Notifications, AreCalledAsTheModulesSay) {
  EXPECT_EQ(notifications().size(), 8U);
  const auto oid_of = [](EventKind kind) {
    const OidView oid = notificationOf(kind).oid;
    return Oid(oid.begin(), oid.end());
  };
  EXPECT_EQ(oid_of(kLinkDown), Oid({1, 3, 6, 1, 6, 3, 1, 1, 5, 3}));
  EXPECT_EQ(oid_of(kLinkUp), Oid({1, 3, 6, 1, 6, 3, 1, 1, 5, 4}));
  EXPECT_EQ(oid_of(kAlarmRaised), hvnet({0, 1}));
  EXPECT_EQ(oid_of(kAlarmCleared), hvnet({0, 2}));
  EXPECT_EQ(oid_of(kAdapterAdded), hvnet({0, 3}));
  EXPECT_EQ(oid_of(kAdapterRemoved), hvnet({0, 4}));
  EXPECT_EQ(oid_of(kSourceFailed), hvnet({0, 5}));
  EXPECT_EQ(oid_of(kSourceRecovered), hvnet({0, 6}));
}

TEST_F(Notifications, WhatHasNoValueIsLeftOut) {
  EXPECT_TRUE(values(kLinkDown, 9).empty());
}

}  // namespace
}  // namespace hvnet
