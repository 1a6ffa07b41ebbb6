#include "snapshot/events/events.h"

#include <gtest/gtest.h>

#include <utility>

#include "snapshots.h"

namespace hvnet {
namespace {

using Kinds = std::vector<std::pair<EventKind, std::uint32_t>>;
using enum EventKind;

Interface watchedAt(std::uint32_t index, OperStatus status = OperStatus::kUp) {
  Interface out = test::adapterAt(index);
  out.trap_enable = TrapEnable::kEnabled;
  out.oper_status = status;
  return out;
}

SnapshotPtr publish(std::vector<Interface> rows, SourceState state = SourceState::kOk) {
  Interfaces interfaces;
  interfaces.rows = std::move(rows);
  Snapshot out = test::snapshotWith(std::move(interfaces));
  out.health.state = state;
  out.health.samples = 1;
  return std::make_shared<const Snapshot>(std::move(out));
}

SnapshotPtr withAlarm(AlarmState state, std::uint32_t raised_count) {
  Snapshot out = *publish({watchedAt(2)});
  out.rates[0].alarm = state;
  out.rates[0].raised_count = raised_count;
  return std::make_shared<const Snapshot>(std::move(out));
}

Kinds kindsOf(const std::vector<Event>& events) {
  Kinds out;
  for (const Event& event : events) {
    out.emplace_back(event.kind, static_cast<std::uint32_t>(event.index));
  }
  return out;
}

Kinds between(const SnapshotPtr& before, const SnapshotPtr& after) {
  EventWatch watch;
  EXPECT_TRUE(watch.update(before).empty());
  EXPECT_TRUE(mayHaveEvents(*before, *after));
  return kindsOf(watch.update(after));
}

Kinds whenLinkGoes(OperStatus from, OperStatus to) {
  return between(publish({watchedAt(2, from)}), publish({watchedAt(2, to)}));
}

TEST(Events, ALinkGoesDownFromAnyStateButNotPresent) {
  for (const auto from : {OperStatus::kUp, OperStatus::kTesting, OperStatus::kUnknown,
                          OperStatus::kDormant, OperStatus::kLowerLayerDown}) {
    EXPECT_EQ(whenLinkGoes(from, OperStatus::kDown), Kinds({{kLinkDown, 2}}));
  }
  EXPECT_EQ(whenLinkGoes(OperStatus::kNotPresent, OperStatus::kDown), Kinds());
}

TEST(Events, ALinkGoesUpWhenItLeavesDownForAnyStateButNotPresent) {
  for (const auto to : {OperStatus::kUp, OperStatus::kTesting, OperStatus::kUnknown,
                        OperStatus::kDormant, OperStatus::kLowerLayerDown}) {
    EXPECT_EQ(whenLinkGoes(OperStatus::kDown, to), Kinds({{kLinkUp, 2}}));
  }
  EXPECT_EQ(whenLinkGoes(OperStatus::kDown, OperStatus::kNotPresent), Kinds());
  EXPECT_EQ(whenLinkGoes(OperStatus::kUp, OperStatus::kDormant), Kinds());
}

TEST(Events, OnlyRowsWithTrapsEnabledTellOfTheirLinks) {
  Interface quiet = watchedAt(2);
  quiet.trap_enable = TrapEnable::kDisabled;
  Interface quiet_down = quiet;
  quiet_down.oper_status = OperStatus::kDown;
  EXPECT_EQ(between(publish({quiet, watchedAt(3)}),
                    publish({quiet_down, watchedAt(3, OperStatus::kDown)})),
            Kinds({{kLinkDown, 3}}));
}

TEST(Events, AnEventCarriesTheSnapshotThatTellsOfIt) {
  const SnapshotPtr before = publish({watchedAt(2), watchedAt(3)});
  const SnapshotPtr after = publish({watchedAt(2, OperStatus::kDown)});
  EventWatch watch;
  watch.update(before);
  EXPECT_EQ(watch.update(after), std::vector<Event>({{kAdapterRemoved, IfIndex{3}, before},
                                                     {kLinkDown, IfIndex{2}, after}}));
}

TEST(Events, AdaptersComeAndGoAndOtherInterfacesAreNotTold) {
  EXPECT_EQ(between(publish({watchedAt(2)}), publish({watchedAt(2), watchedAt(3)})),
            Kinds({{kAdapterAdded, 3}}));
  EXPECT_EQ(between(publish({watchedAt(2), watchedAt(3)}), publish({watchedAt(3)})),
            Kinds({{kAdapterRemoved, 2}}));
  EXPECT_EQ(between(publish({watchedAt(2)}), publish({watchedAt(2), test::interfaceAt(256)})),
            Kinds());
}

TEST(Events, AnotherDeviceBehindTheNumberIsOneThatWentAndOneThatCame) {
  Interface other = watchedAt(2, OperStatus::kDown);
  other.kernel_index = KernelIndex{7};
  EXPECT_EQ(between(publish({watchedAt(2)}), publish({other})),
            Kinds({{kAdapterRemoved, 2}, {kAdapterAdded, 2}}));
}

TEST(Events, WhatTheFirstGoodSampleHasWasThereBefore) {
  Snapshot nothing_yet = *publish({});
  nothing_yet.health.samples = 0;
  EXPECT_EQ(between(std::make_shared<const Snapshot>(nothing_yet), publish({watchedAt(2)})),
            Kinds());
}

TEST(Events, ASourceThatFailsAndRecoversIsNoEventOfALink) {
  EventWatch watch;
  watch.update(publish({watchedAt(2)}));
  EXPECT_EQ(
      kindsOf(watch.update(publish({watchedAt(2, OperStatus::kUnknown)}, SourceState::kFailed))),
      Kinds({{kSourceFailed, 0}}));
  EXPECT_EQ(kindsOf(watch.update(publish({watchedAt(2)}))), Kinds({{kSourceRecovered, 0}}));
}

// Otherwise down to unknown would be told as up.
TEST(Events, ALinkThatIsDownWhenTheSourceFailsIsNoEvent) {
  EventWatch watch;
  watch.update(publish({watchedAt(2, OperStatus::kDown)}));
  EXPECT_EQ(
      kindsOf(watch.update(publish({watchedAt(2, OperStatus::kUnknown)}, SourceState::kFailed))),
      Kinds({{kSourceFailed, 0}}));
}

TEST(Events, ALinkThatWentDownWhileTheSourceWasFailedIsToldWhenItRecovers) {
  EventWatch watch;
  watch.update(publish({watchedAt(2), watchedAt(3, OperStatus::kDown)}));
  watch.update(publish({watchedAt(2, OperStatus::kUnknown), watchedAt(3, OperStatus::kUnknown)},
                       SourceState::kFailed));
  EXPECT_EQ(kindsOf(watch.update(
                publish({watchedAt(2, OperStatus::kDown), watchedAt(3, OperStatus::kDown)}))),
            Kinds({{kSourceRecovered, 0}, {kLinkDown, 2}}));
}

TEST(Events, AStaleSourceIsNoEvent) {
  const auto rows = std::vector<Interface>{watchedAt(2)};
  EXPECT_EQ(between(publish(rows), publish(rows, SourceState::kStale)), Kinds());
  EXPECT_EQ(between(publish(rows, SourceState::kStale), publish(rows)), Kinds());
}

TEST(Events, AnAlarmIsToldAsOftenAsItWasRaised) {
  using enum AlarmState;
  EXPECT_EQ(between(withAlarm(kQuiet, 0), withAlarm(kRaised, 1)), Kinds({{kAlarmRaised, 2}}));
  EXPECT_EQ(between(withAlarm(kRaised, 1), withAlarm(kQuiet, 1)), Kinds({{kAlarmCleared, 2}}));
  EXPECT_EQ(between(withAlarm(kQuiet, 1), withAlarm(kQuiet, 2)),
            Kinds({{kAlarmRaised, 2}, {kAlarmCleared, 2}}));
  EXPECT_EQ(between(withAlarm(kRaised, 1), withAlarm(kRaised, 2)),
            Kinds({{kAlarmCleared, 2}, {kAlarmRaised, 2}}));
}

// Each of them alone: the links are those of the snapshot before.
TEST(Events, AnotherStateOfTheSourceOrOfAnAlarmMayBeOne) {
  const SnapshotPtr before = publish({watchedAt(2)});
  Snapshot failed = *before;
  failed.health.state = SourceState::kFailed;
  EXPECT_TRUE(mayHaveEvents(*before, failed));
  Snapshot raised = *before;
  raised.rates[0].alarm = AlarmState::kRaised;
  EXPECT_TRUE(mayHaveEvents(*before, raised));
  Snapshot raised_and_cleared = *before;
  ++raised_and_cleared.rates[0].raised_count;
  EXPECT_TRUE(mayHaveEvents(*before, raised_and_cleared));
}

TEST(Events, CountersAloneAreNone) {
  const SnapshotPtr before = publish({watchedAt(2)});
  Snapshot after = *before;
  after.counters[0] = test::countersOf(77);
  after.rates[0].in_drops_rate = 5;
  ++after.health.samples;
  EXPECT_FALSE(mayHaveEvents(*before, after));
}

}  // namespace
}  // namespace hvnet
