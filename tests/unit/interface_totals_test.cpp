#include "counters/interface_totals.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "counting.h"

namespace hvnet {
namespace {

using test::carried;
using test::Counting;
using test::expectNoDecrease;

Components everything() {
  Components raw;
  raw.link = {.rx_packets = 100,
              .tx_packets = 200,
              .rx_bytes = 300,
              .tx_bytes = 400,
              .rx_errors = 5,
              .tx_errors = 6,
              .rx_dropped = 7,
              .tx_dropped = 80,
              .multicast = 9,
              .rx_missed_errors = 10};
  raw.driver.hidden_rx_drops = 100;
  raw.driver.tx_losses = 50;
  raw.qdisc_drops = 1000;
  return raw;
}

// What a driver shows that has just started again.
Components zeros() {
  Components raw;
  raw.link = {.rx_packets = 0,
              .tx_packets = 0,
              .rx_bytes = 0,
              .tx_bytes = 0,
              .rx_errors = 0,
              .tx_errors = 0,
              .rx_dropped = 0,
              .tx_dropped = 0,
              .multicast = 0,
              .rx_missed_errors = 0};
  return raw;
}

TEST(InterfaceTotals, LeavesEmptyWhatNobodyCounts) {
  Counting lan0;
  Components raw;
  raw.link.rx_packets = 1;
  const auto counters = lan0.look(raw).counters;
  Counters expected;
  expected.in_packets = expected.in_unicast = 1;
  EXPECT_EQ(counters, expected);
}

TEST(InterfaceTotals, TakesTheDriversOwnMulticastsWhereItSplitsThem) {
  Counting lan0;
  Components raw;
  raw.link.multicast = 9;
  raw.driver.in.multicast = 4;
  raw.driver.in.broadcast = 5;
  const auto counters = lan0.look(raw).counters;
  EXPECT_EQ(counters.in_multicast, 4U);
  EXPECT_EQ(counters.in_broadcast, 5U);
}

TEST(InterfaceTotals, NeverTakesBackUnicastWhenTheDriversMulticastsAreReadLater) {
  Counting lan0;
  Components raw;
  raw.link.rx_packets = raw.link.tx_packets = 100;
  raw.driver.in.multicast = raw.driver.out.multicast = 10;
  raw.driver.out.broadcast = 5;
  EXPECT_EQ(lan0.look(raw).counters.in_unicast, 90U);
  raw.driver.in.multicast = raw.driver.out.multicast =
      15;  // five more that rx_packets has not seen yet
  const auto late = lan0.look(raw).counters;
  EXPECT_EQ(late.in_unicast, 90U);
  EXPECT_EQ(late.out_unicast, 85U);
  Counting restarted;
  restarted.totals.restore(lan0.totals.save());
  EXPECT_EQ(restarted.look(raw).counters.in_unicast, 90U);
  raw.link.rx_packets = 106;
  EXPECT_EQ(restarted.look(raw).counters.in_unicast, 91U);
}

TEST(InterfaceTotals, ANegativeNumberIsNoCountAndNoReset) {
  Counting lan0;
  Components raw = carried(1000, 1000, 90'000, 90'000);
  raw.link.rx_dropped = 5;
  raw.driver.hidden_rx_drops = 0;
  EXPECT_EQ(lan0.look(raw).counters.in_drops, 5U);
  raw.link.rx_dropped = raw.driver.hidden_rx_drops = ~std::uint64_t{0};
  EXPECT_EQ(lan0.look(raw).counters.in_drops, 5U);
  raw.link.rx_dropped = 6;
  raw.driver.hidden_rx_drops = 2;
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters.in_drops, 8U);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 0U);
}

TEST(InterfaceTotals, BridgesTheWrapOfAProducerWith32Bits) {
  Counting lan0;
  Components raw;
  raw.width = Accumulator::Width::k32;
  raw.link.rx_packets = 0xffff'fff0;
  lan0.look(raw);
  raw.link.rx_packets = 0x10;
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters.in_packets, 0x1'0000'0010U);
  EXPECT_EQ(update.resets, 0U);
}

TEST(InterfaceTotals, AddsTheComponentsUpToTheHvnetCounters) {
  Counting lan0;
  const CounterUpdate first = lan0.look(everything());
  EXPECT_EQ(first.counters.in_packets, 100U);
  EXPECT_EQ(first.counters.out_packets, 200U);
  EXPECT_EQ(first.counters.in_octets, 300U);
  EXPECT_EQ(first.counters.out_octets, 400U);
  EXPECT_EQ(first.counters.in_errors, 5U);
  EXPECT_EQ(first.counters.out_errors, 6U + 50U);
  EXPECT_EQ(first.counters.in_drops, 7U + 10U + 100U);
  EXPECT_EQ(first.counters.out_discards, 1000U + 80U - 50U);
  EXPECT_EQ(first.counters.in_multicast, 9U);
  EXPECT_FALSE(first.counters.in_broadcast);
  EXPECT_FALSE(first.counters.out_multicast);
  EXPECT_FALSE(first.discontinuity);
  EXPECT_EQ(first.resets, 0U);
}

TEST(InterfaceTotals, NeedsOnlyThePlainCountersOfADriverThatHasNothingMore) {
  const Components raw{.link = everything().link};
  const Counters counters = Counting().look(raw).counters;
  EXPECT_EQ(counters.in_drops, 7U + 10U);
  EXPECT_EQ(counters.out_errors, 6U);
  EXPECT_EQ(counters.out_discards, 8U * 10U);
}

TEST(InterfaceTotals, CountsAHiddenDropThatTheKernelDoesNotSee) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  *raw.driver.hidden_rx_drops += 7;
  const auto after = lan0.look(raw).counters;
  EXPECT_EQ(*after.in_drops, *before.in_drops + 7);
}

TEST(InterfaceTotals, CountsALossOnceAsAnError) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  *raw.link.tx_dropped += 3;
  *raw.driver.tx_losses += 3;
  for (int look = 0; look < 3; ++look) {
    const auto after = lan0.look(raw).counters;
    EXPECT_EQ(*after.out_errors, *before.out_errors + 3);
    EXPECT_EQ(after.out_discards, before.out_discards);
  }
}

TEST(InterfaceTotals, CountsADropThatIsNoLossAsADiscardOneUpdateLater) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  *raw.link.tx_dropped += 3;
  EXPECT_EQ(lan0.look(raw).counters.out_discards, before.out_discards);
  const auto after = lan0.look(raw).counters;
  EXPECT_EQ(*after.out_discards, *before.out_discards + 3);
  EXPECT_EQ(after.out_errors, before.out_errors);
}

TEST(InterfaceTotals, CountsADropAtOnceWhereTheDriverHasNoLossStatistics) {
  Counting lan0;
  Components raw{.link = everything().link, .qdisc_drops = 5};
  EXPECT_EQ(lan0.look(raw).counters.out_discards, 85U);
  *raw.link.tx_dropped += 3;
  *raw.qdisc_drops += 1;
  EXPECT_EQ(lan0.look(raw).counters.out_discards, 89U);
}

TEST(InterfaceTotals, NeverLetsLossesTurnDiscardsNegative) {
  Counting lan0;
  Components raw;
  raw.link.tx_dropped = 0;
  raw.driver.tx_losses = 5;
  const auto counters = lan0.look(raw).counters;
  EXPECT_EQ(counters.out_discards, 0U);
  EXPECT_EQ(counters.out_errors, 5U);
}

// Each of the two is read now or one step ago, as it happens.
TEST(InterfaceTotals, CountsNoLossTwiceWhicheverOfTheTwoReadingsIsLate) {
  std::mt19937_64 random(4);
  for (int run = 0; run < 100; ++run) {
    Counting lan0;
    std::vector<std::uint64_t> losses{0};
    std::vector<std::uint64_t> discards{0};
    Counters last;
    for (std::size_t now = 1; now <= 203; ++now) {
      const bool quiet = now > 200;
      losses.push_back(losses.back() + (quiet ? 0 : random() % 4));
      discards.push_back(discards.back() + (quiet ? 0 : random() % 3));
      const std::size_t dropped_at = now - random() % 2;
      Components raw;
      raw.link.tx_dropped = losses[dropped_at] + discards[dropped_at];
      raw.driver.tx_losses = losses[now - random() % 2];
      const auto counters = lan0.look(raw).counters;
      expectNoDecrease(last, counters);
      // Out of the first update, where there is nothing to compare with, at most one step's worth.
      ASSERT_LE(*counters.out_discards, discards[now] + losses[1]);
      last = counters;
    }
    EXPECT_EQ(*last.out_errors, losses.back());
    EXPECT_EQ(*last.out_discards, discards.back());
    EXPECT_EQ(lan0.totals.resets(), 0U);
  }
}

TEST(InterfaceTotals, KeepsTheLastTotalOfAComponentThatVanishes) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  const Components bare{.link = raw.link};
  EXPECT_EQ(lan0.look(bare).counters, before);
  *raw.driver.hidden_rx_drops += 1;
  *raw.qdisc_drops += 2;
  const auto back = lan0.look(raw).counters;
  EXPECT_EQ(*back.in_drops, *before.in_drops + 1);
  EXPECT_EQ(*back.out_discards, *before.out_discards + 2);
  EXPECT_EQ(back.out_errors, before.out_errors);
  EXPECT_EQ(lan0.totals.resets(), 0U);
}

TEST(InterfaceTotals, MakesUpForLossesPublishedAsDiscardsBeforeItKnewThem) {
  Counting lan0;
  Components raw;
  raw.link.tx_dropped = 10;
  EXPECT_EQ(lan0.look(raw).counters.out_discards, 10U);
  raw.driver.tx_losses = 4;
  EXPECT_EQ(lan0.look(raw).counters.out_discards, 10U);
  *raw.link.tx_dropped += 6;
  lan0.look(raw);
  const auto counters = lan0.look(raw).counters;
  EXPECT_EQ(*counters.out_discards + *counters.out_errors, 16U);
}

TEST(InterfaceTotals, CountsADriverResetOnceHoweverManyComponentsGoBack) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  raw = zeros();
  raw.link.rx_packets = 3;
  raw.driver.hidden_rx_drops = raw.driver.tx_losses = raw.qdisc_drops = 0;
  const CounterUpdate reset = lan0.look(raw);
  EXPECT_EQ(*reset.counters.in_packets, *before.in_packets + 3);
  EXPECT_EQ(reset.counters.in_drops, before.in_drops);
  EXPECT_EQ(reset.counters.out_octets, before.out_octets);
  EXPECT_EQ(reset.resets, 1U);
  EXPECT_TRUE(reset.interrupted);
  EXPECT_FALSE(reset.discontinuity);
  const CounterUpdate after = lan0.look(raw);
  EXPECT_EQ(after.resets, 1U);
  EXPECT_FALSE(after.interrupted);
}

TEST(InterfaceTotals, TellsTheDiscontinuityOfAComponentThatWentBackWhileItCouldNotBeRead) {
  Counting lan0;
  Components raw;
  raw.driver.hidden_rx_drops = 10;
  lan0.look(raw);
  lan0.look(Components{});
  raw.driver.hidden_rx_drops = 3;
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters.in_drops, 13U);
  EXPECT_TRUE(update.discontinuity);
}

TEST(InterfaceTotals, TakesNoLossesOfAVfWithADevice) {
  const auto with_vf_drops = [](std::uint64_t drops) {
    Components raw = carried(1000, 0, 0, 0);
    raw.link.rx_dropped = 0;
    raw.vf_drops = drops;
    return raw;
  };
  Counting lan0;
  lan0.look(with_vf_drops(500));
  Counting lan1;
  lan1.look(with_vf_drops(3));
  lan1.totals.takeDeviceOf(lan0.totals);
  EXPECT_EQ(lan1.look(with_vf_drops(5)).counters.in_drops, 5U);
}

TEST(InterfaceTotals, LooksThatFollowAtOnceSpanASecond) {
  Counting lan0;
  Components raw;
  raw.driver.hidden_rx_drops = 200'000'000;
  lan0.look(raw);
  lan0.now -= std::chrono::milliseconds(800);
  raw.driver.hidden_rx_drops = 10'000'000;  // what 10 Gbit/s carry in 0.7 s
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters.in_drops, 210'000'000U);
  EXPECT_FALSE(update.discontinuity);
}

TEST(InterfaceTotals, TakesTheTimeOfTheLastLookWithADevice) {
  Counting lan0;
  lan0.look(carried(10'000'000, 0, 0, 0));
  InterfaceTotals bond;
  bond.takeDeviceOf(lan0.totals);
  lan0.now += std::chrono::seconds(9);
  // More than in one second, and no more than in nine.
  const CounterUpdate update = bond.update(carried(100'000, 0, 0, 0), lan0.now);
  EXPECT_EQ(update.counters.in_packets, 100'000U);
}

TEST(InterfaceTotals, BridgesAQdiscThatWasReplaced) {
  Counting lan0;
  Components raw = everything();
  const auto before = lan0.look(raw).counters;
  raw.qdisc_drops = 2;
  const CounterUpdate after = lan0.look(raw);
  EXPECT_EQ(*after.counters.out_discards, *before.out_discards + 2);
  EXPECT_EQ(after.resets, 1U);
  EXPECT_FALSE(after.discontinuity);
}

class RestoredTotals : public ::testing::Test {
 protected:
  RestoredTotals() {
    Counting before;
    before.look(everything());
    Components reset = zeros();
    reset.link.rx_packets = reset.link.tx_packets = 1;
    reset.link.rx_bytes = reset.link.tx_bytes = 1;
    before.look(reset);  // so that totals and raw values differ
    raw_ = everything();
    last_ = before.look(raw_).counters;
    lan0_.totals.restore(before.totals.save());
  }

  Components raw_;
  Counters last_;
  Counting lan0_;
};

TEST_F(RestoredTotals, GoesOnWithoutADiscontinuityWhenNothingWentBack) {
  *raw_.link.rx_packets += 4;
  const CounterUpdate update = lan0_.look(raw_);
  EXPECT_EQ(*update.counters.in_packets, *last_.in_packets + 4);
  expectNoDecrease(last_, update.counters);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
}

TEST_F(RestoredTotals, TellsADiscontinuityOnceWhenAComponentWentBackMeanwhile) {
  raw_.link.rx_bytes = 1;
  const CounterUpdate update = lan0_.look(raw_);
  EXPECT_TRUE(update.discontinuity);
  EXPECT_EQ(*update.counters.in_octets, *last_.in_octets + 1);
  EXPECT_EQ(update.resets, 2U);
  EXPECT_FALSE(lan0_.look(raw_).discontinuity);
  raw_.link.rx_bytes = 0;
  const CounterUpdate bridged = lan0_.look(raw_);
  EXPECT_FALSE(bridged.discontinuity);
  EXPECT_EQ(bridged.resets, 3U);
}

TEST_F(RestoredTotals, TellsTheDiscontinuityOfAComponentThatComesBackLate) {
  const auto hidden = raw_.driver.hidden_rx_drops;
  raw_.driver.hidden_rx_drops.reset();
  EXPECT_FALSE(lan0_.look(raw_).discontinuity);
  raw_.driver.hidden_rx_drops = *hidden - 1;
  EXPECT_TRUE(lan0_.look(raw_).discontinuity);
}

TEST_F(RestoredTotals, DoesNotDecreaseWhileLossesPublishedAsDiscardsAreMadeUpFor) {
  Counting before;
  Components raw;
  raw.link.tx_dropped = 10;
  before.look(raw);
  raw.driver.tx_losses = 4;
  before.look(raw);
  Counting after;
  after.totals.restore(before.totals.save());
  EXPECT_EQ(after.look(raw).counters.out_discards, 10U);
}

TEST_F(RestoredTotals, SavesWhatItWasGiven) {
  const auto saved = lan0_.totals.save();
  Counting again;
  again.totals.restore(saved);
  EXPECT_EQ(again.totals.save(), saved);
}

TEST(InterfaceTotals, CountsQueueDropsOnceOverARestartAfterAQueueWasReplaced) {
  Counting lan0;
  Components raw;
  raw.qdisc_drops = 600;  // 100 of a queue that is gone, 500 of the one that is there
  lan0.look(raw);
  Counting restarted;
  restarted.totals.restore(lan0.totals.save());
  raw.qdisc_drops = 500;
  const CounterUpdate update = restarted.look(raw);
  EXPECT_EQ(update.counters.out_discards, 600U);
  EXPECT_TRUE(update.discontinuity);
  raw.qdisc_drops = 507;
  EXPECT_EQ(restarted.look(raw).counters.out_discards, 607U);
}

TEST(InterfaceTotals, LosesNothingThatTheFirstLookAfterARestartDoesNotHave) {
  Counting before;
  Components raw = everything();
  raw.hardware = {.in_drops = 30, .out_errors = 4, .out_discards = 9};
  const auto counters = before.look(raw).counters;
  Counting after;
  after.totals.restore(before.totals.save());
  raw.qdisc_drops.reset();
  raw.hardware = {};
  raw.driver = {};
  for (int look = 0; look < 3; ++look) EXPECT_EQ(after.look(raw).counters, counters);
}

TEST(InterfaceTotals, AddsWhatTheHardwareHasLost) {
  Counting lan0;
  Components raw = everything();
  raw.hardware = {.in_drops = 1000, .out_errors = 2000, .out_discards = 3000};
  const auto counters = lan0.look(raw).counters;
  EXPECT_EQ(counters.in_drops, 7U + 10 + 100 + 1000);
  EXPECT_EQ(counters.out_errors, 6U + 50 + 2000);
  EXPECT_EQ(counters.out_discards, 1000U + (80 - 50) + 3000);
  raw.hardware = {};
  EXPECT_EQ(lan0.look(raw).counters, counters) << "the kernel says nothing while the link is down";
}

TEST(InterfaceTotals, CountsTheHardwaresLossesOnceOverARestartAfterAQueueIsGone) {
  Counting before;
  Components raw = everything();
  raw.hardware.in_drops = 600;  // 100 of a queue that is gone, 500 of the one that is there
  const auto drops = before.look(raw).counters.in_drops;
  Counting after;
  after.totals.restore(before.totals.save());
  raw.hardware.in_drops = 500;
  EXPECT_EQ(after.look(raw).counters.in_drops, drops);
  raw.hardware.in_drops = 507;
  EXPECT_EQ(after.look(raw).counters.in_drops, *drops + 7);
}

using Queues = std::vector<QueueStats>;

// One adapter's queues over many looks, as the driver and the kernel tell them.
struct QueueCounting : Counting {
  explicit QueueCounting(std::vector<std::string> drivers)
      : names(std::make_shared<const std::vector<std::string>>(std::move(drivers))) {}

  Queues look(const std::vector<std::uint64_t>& drivers, const Queues& kernels) {
    Counting::look(Components{}, {&names, drivers, kernels});
    return totals.queues();
  }
  StatNameList names;
};

constexpr std::nullopt_t kNone = std::nullopt;

TEST(InterfaceTotals, BelievesTheKernelOfACounterAndTheDriverOfTheOthers) {
  QueueCounting lan0({"rx_queue_0_packets", "rx_queue_0_bytes"});
  EXPECT_EQ(lan0.look({5, 500}, {{0, 7, 8, kNone, kNone}}), (Queues{{0, 7, 8, 500, kNone}}));
  EXPECT_EQ(lan0.look({6, 600}, {{0, 9, 8, kNone, kNone}}), (Queues{{0, 9, 8, 600, kNone}}));
}

TEST(InterfaceTotals, LetsTheDriverNumberNoQueueOfWhichTheKernelTellsTheCounter) {
  QueueCounting lan0({"[4]: tx_ucast_packets"});
  EXPECT_EQ(lan0.look({5}, {{0, 7, 5, kNone, kNone}}), (Queues{{0, 7, 5, kNone, kNone}}));
}

TEST(InterfaceTotals, KeepsTheQueuesThatTheKernelDoesNotTellWhileTheLinkIsDown) {
  QueueCounting lan0({"rx0_packets"});
  lan0.look({3}, {{0, 1000, kNone, kNone, kNone}, {1, 50, kNone, kNone, kNone}});
  const Queues expected = {{0, 1000, kNone, kNone, kNone}, {1, 50, kNone, kNone, kNone}};
  EXPECT_EQ(lan0.look({4}, {}), expected) << "and does not go on with the driver's";
  EXPECT_EQ(lan0.look({5}, {{0, 1010, kNone, kNone, kNone}, {1, 50, kNone, kNone, kNone}}),
            (Queues{{0, 1010, kNone, kNone, kNone}, {1, 50, kNone, kNone, kNone}}));
}

TEST(InterfaceTotals, GoesOnFromWhereItIsWhenTheKernelTakesAQueueOver) {
  QueueCounting lan0({"rx0_packets"});
  EXPECT_EQ(lan0.look({1000}, {}), (Queues{{0, 1000, kNone, kNone, kNone}}));
  EXPECT_EQ(lan0.look({1001}, {{0, 20, kNone, kNone, kNone}}),
            (Queues{{0, 1000, kNone, kNone, kNone}}))
      << "20 is neither an increment nor a start from zero";
  EXPECT_EQ(lan0.look({1002}, {{0, 23, kNone, kNone, kNone}}),
            (Queues{{0, 1003, kNone, kNone, kNone}}));
}

TEST(InterfaceTotals, CountsAQueueOfTheKernelsThatStartedAgainFromZero) {
  QueueCounting lan0({});
  lan0.look({}, {{0, 1000, kNone, kNone, kNone}});
  EXPECT_EQ(lan0.look({}, {{0, 30, kNone, kNone, kNone}}),
            (Queues{{0, 1030, kNone, kNone, kNone}}));
}

TEST(InterfaceTotals, AsksTheDriverAgainAfterTheDeviceWasReplaced) {
  QueueCounting lan0({"rx0_packets"});
  lan0.look({0}, {{0, 1000, kNone, kNone, kNone}});
  lan0.totals.deviceReplaced();
  EXPECT_EQ(lan0.look({5}, {}), (Queues{{0, 1005, kNone, kNone, kNone}}));
}

TEST(InterfaceTotals, NeverDecreasesWhileComponentsComeAndGo) {
  std::mt19937_64 random(6);
  Counting lan0;
  Components raw = everything();
  Counters last;
  std::uint64_t packets = *raw.link.rx_packets;
  for (int look = 0; look < 2000; ++look) {
    const std::uint64_t counted = random() % 50;
    packets += counted;
    *raw.link.rx_packets += counted;
    *raw.driver.hidden_rx_drops = random() % 100;
    *raw.driver.tx_losses = random() % 100;
    *raw.qdisc_drops += random() % 100;
    Components seen = raw;
    if (random() % 3 == 0) seen.driver.hidden_rx_drops.reset();
    if (random() % 3 == 0) seen.driver.tx_losses.reset();
    if (random() % 3 == 0) seen.qdisc_drops.reset();
    const auto counters = lan0.look(seen).counters;
    expectNoDecrease(last, counters);
    last = counters;
  }
  EXPECT_EQ(last.in_packets, packets);
}

// How producers start again

constexpr std::uint64_t kGigabyte = 1'000'000'000;

TEST(InterfaceTotals, LeavesOutWhatNobodyCanKnowWhenASumFallsByAPart) {
  Counting lan0;
  lan0.look(carried(40'000'000, 40'000'000, 50'020'000'000, 50'020'000'000));
  // An MTU change: the VF's part goes on, the channels' parts start again.
  const CounterUpdate update =
      lan0.look(carried(39'980'000, 39'980'000, 50'000'001'000, 50'000'001'000));
  EXPECT_EQ(update.counters.in_octets, 50'020'000'000U);
  EXPECT_EQ(update.counters.in_packets, 40'000'000U);
  EXPECT_TRUE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
  const CounterUpdate next =
      lan0.look(carried(39'980'010, 39'980'000, 50'000'002'000, 50'000'001'000));
  EXPECT_EQ(next.counters.in_octets, 50'020'001'000U);
  EXPECT_EQ(next.counters.in_packets, 40'000'010U);
  EXPECT_FALSE(next.discontinuity);
}

TEST(InterfaceTotals, BelievesNoPartOfAnInterfacesTrafficWhenItCannotBelieveAll) {
  Counting lan0;
  Components raw = carried(100'000, 100'000, 8 * kGigabyte, 8 * kGigabyte);
  raw.link.rx_dropped = 90;
  const auto before = lan0.look(raw).counters;
  raw = carried(1000, 1000, 5 * kGigabyte, 1000);
  raw.link.rx_dropped = 2;
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters, before);
  EXPECT_TRUE(update.discontinuity);
}

TEST(InterfaceTotals, BelievesNoMoreThanTheInterfaceCanHaveCarriedSinceTheLastLook) {
  for (const bool slow : {false, true}) {
    Counting lan0;
    lan0.look(carried(0, 0, 499 * kGigabyte, 0));
    lan0.look(carried(0, 0, 500 * kGigabyte, 0));
    if (slow) lan0.now += std::chrono::seconds(9);
    const CounterUpdate update = lan0.look(carried(0, 0, 5 * kGigabyte, 0));
    EXPECT_EQ(update.counters.in_octets, (slow ? 505 : 500) * kGigabyte);
    EXPECT_EQ(update.discontinuity, !slow);
  }
}

// What is left of most of a sum was counted long ago.
TEST(InterfaceTotals, BelievesNoLargeShareOfWhatItWasToBeAStartFromZero) {
  for (const auto& [left, total] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{100, 1100}, {600, 1000}}) {
    Counting lan0;
    lan0.look(carried(1000, 1000, 1'000'000, 1'000'000));
    const CounterUpdate update = lan0.look(carried(left, left, left * 1000, left * 1000));
    EXPECT_EQ(update.counters.in_packets, total);
    EXPECT_EQ(update.counters.in_octets, total * 1000);
    EXPECT_EQ(update.discontinuity, left == 600);
  }
}

TEST(InterfaceTotals, BelievesOfAQueueNoMoreThanTheInterfaceCanHaveCarried) {
  Counting lan0;
  const StatNameList names =
      std::make_shared<std::vector<std::string>>(std::vector<std::string>{"rx_queue_0_bytes"});
  const auto look = [&](std::uint64_t octets) {
    const std::vector<std::uint64_t> values = {octets};
    return lan0.look(carried(0, 0, 0, 0), {&names, values}).discontinuity;
  };
  EXPECT_FALSE(look(50 * kGigabyte));
  EXPECT_TRUE(look(49 * kGigabyte));
  EXPECT_EQ(lan0.totals.queues()[0].rx_octets, 50 * kGigabyte);
  EXPECT_FALSE(look(1000)) << "it can have started from zero";
  EXPECT_EQ(lan0.totals.queues()[0].rx_octets, 50 * kGigabyte + 1000);
}

// The statistics of gve that are receive losses, over many looks.
struct GveCounting : Counting {
  CounterUpdate look(const std::vector<std::uint64_t>& values) {
    Components raw;
    raw.driver = SumPlan(*names, *findProfile("gve")).sums(values);
    applyProfile(raw, findProfile("gve"));
    return Counting::look(raw, {&names, values});
  }
  StatNameList names = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{
      "rx_skb_alloc_fail", "rx_queue_drop_cnt[0]", "rx_desc_err_dropped_pkt"});
};

TEST(InterfaceTotals, OfADriversStatisticsOnlyThoseThatGoBackCountFromZero) {
  GveCounting lan0;
  EXPECT_EQ(lan0.look({100, 3, 100}).counters.in_drops, 203U);
  CounterUpdate update = lan0.look({0, 3, 100});
  EXPECT_EQ(update.counters.in_drops, 203U) << "the others have counted nothing";
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_EQ(lan0.look({5, 3, 101}).counters.in_drops, 209U);
  update = lan0.look({2, 3, 101});
  EXPECT_EQ(update.counters.in_drops, 211U);
  EXPECT_EQ(update.resets, 2U);
}

TEST(InterfaceTotals, AStatisticThatGrowsWhileAnotherGoesBackMayHaveStartedAgainToo) {
  GveCounting lan0;
  lan0.look({100, 3, 0});
  const CounterUpdate update = lan0.look({1, 5, 0});
  EXPECT_EQ(update.counters.in_drops, 103U + 1 + 2);
  EXPECT_TRUE(update.discontinuity);
}

TEST(InterfaceTotals, AStatisticThatHadCountedNothingHidesNoneThatGoesBack) {
  GveCounting lan0;
  lan0.look({191, 0, 0});
  const CounterUpdate update = lan0.look({0, 300, 0});
  EXPECT_EQ(update.counters.in_drops, 491U);
  EXPECT_FALSE(update.discontinuity) << "300 are exact, whether it started again or not";
  EXPECT_EQ(update.resets, 1U);
}

TEST(InterfaceTotals, ADriverAllOfWhoseStatisticsGoBackHasStartedFromZero) {
  GveCounting lan0;
  lan0.look({100, 3, 100});
  const CounterUpdate update = lan0.look({7, 1, 0});
  EXPECT_EQ(update.counters.in_drops, 203U + 8);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
}

TEST(InterfaceTotals, ANegativeStatisticInBetweenChangesNothing) {
  GveCounting lan0;
  lan0.look({100, 3, 100});
  lan0.look({100, static_cast<std::uint64_t>(-2), 150});
  EXPECT_EQ(lan0.look({0, 3, 160}).counters.in_drops, 203U + 60);
}

TEST(InterfaceTotals, BelievesADriversOwnStatisticsToStartFromZero) {
  Counting lan0;
  Components raw;
  raw.driver.hidden_rx_drops = 10;
  lan0.look(raw);
  raw.driver.hidden_rx_drops = 8;
  const CounterUpdate update = lan0.look(raw);
  EXPECT_EQ(update.counters.in_drops, 18U);
  EXPECT_FALSE(update.discontinuity);
  raw.driver.hidden_rx_drops = 10'000'000'000;
  lan0.look(raw);
  raw.driver.hidden_rx_drops = 9'000'000'000;  // no interface drops as much in a second
  const CounterUpdate impossible = lan0.look(raw);
  EXPECT_EQ(impossible.counters.in_drops, 10'000'000'010U);
  EXPECT_TRUE(impossible.discontinuity);
}

TEST(InterfaceTotals, GoesOnWithTheOldValuesAfterZerosWhileTheLinkWasDown) {
  Counting lan0;
  Components raw = carried(100, 200, 300 * kGigabyte, 400 * kGigabyte);
  raw.link.rx_dropped = 7;
  raw.driver.hidden_rx_drops = 5;
  const auto before = lan0.look(raw).counters;
  Components down = carried(0, 0, 0, 0);
  down.link.rx_dropped = 1;  // the stack's own
  down.driver.hidden_rx_drops = 0;
  for (int look = 0; look < 3; ++look) {
    const CounterUpdate update = lan0.look(down);
    EXPECT_EQ(update.counters, before);
    EXPECT_TRUE(update.interrupted);
    EXPECT_EQ(update.resets, 0U);
  }
  const CounterUpdate same = lan0.look(raw);
  EXPECT_EQ(same.counters, before);
  EXPECT_FALSE(same.discontinuity);
  lan0.look(down);
  raw.link.rx_bytes = 300 * kGigabyte + 1000;
  const CounterUpdate more = lan0.look(raw);
  EXPECT_EQ(more.counters.in_octets, 300 * kGigabyte + 1000);
  EXPECT_FALSE(more.discontinuity) << "no interface carries 300 GB in a second";
  EXPECT_EQ(more.resets, 0U);
}

TEST(InterfaceTotals, CountsARestartThatWasSeenAtZero) {
  Counting lan0;
  lan0.look(carried(1000, 5, 100'000, 500));
  lan0.look(carried(0, 0, 0, 0));
  lan0.look(carried(0, 0, 0, 0));
  const CounterUpdate up = lan0.look(carried(900, 7, 90'000, 700));
  EXPECT_EQ(up.counters.in_packets, 1900U);
  EXPECT_EQ(up.counters.out_packets, 12U) << "from zero as well, though it is above the old value";
  EXPECT_EQ(up.counters.in_octets, 190'000U);
  EXPECT_EQ(up.resets, 1U);
  EXPECT_FALSE(up.discontinuity);
  EXPECT_EQ(lan0.look(carried(901, 7, 90'100, 700)).counters.in_packets, 1901U);
}

TEST(InterfaceTotals, TellsADiscontinuityWhenNobodyCanKnowWhetherItStartedAgainAtZero) {
  Counting lan0;
  lan0.look(carried(10, 0, 1000, 0));
  lan0.look(carried(0, 0, 0, 0));
  const CounterUpdate update = lan0.look(carried(30, 0, 3000, 0));
  EXPECT_EQ(update.counters.in_packets, 30U) << "not 40: that may not have been there";
  EXPECT_TRUE(update.discontinuity);
}

TEST(InterfaceTotals, TellsADiscontinuityWhenTheFirstValuesOnlyLookedLikeZeros) {
  Counting lan0;
  lan0.look(carried(0, 0, 0, 0));  // the link was down when the program started
  const CounterUpdate update = lan0.look(carried(100, 0, 300 * kGigabyte, 0));
  EXPECT_EQ(update.counters.in_octets, 300 * kGigabyte);
  EXPECT_TRUE(update.discontinuity);
}

TEST(InterfaceTotals, CarriesZerosOverARestartOfTheProcess) {
  Counting before;
  before.look(carried(100, 200, 300, 400));
  before.look(carried(0, 0, 0, 0));
  Counting after;
  after.totals.restore(before.totals.save());
  EXPECT_EQ(after.look(carried(0, 0, 0, 0)).counters.in_packets, 100U);
  const CounterUpdate update = after.look(carried(100, 200, 300, 400));
  EXPECT_EQ(update.counters.in_packets, 100U);
  EXPECT_FALSE(update.discontinuity);
}

// A producer, and what it has really counted since the first look.
class Producer {
 public:
  explicit Producer(std::uint64_t seed) : random_(seed) {}
  virtual ~Producer() = default;

  // Counts for a second and does what such producers do. The octets that it shows then.
  virtual std::uint64_t step() = 0;
  [[nodiscard]] std::uint64_t truth() const { return truth_; }

 protected:
  // Up to 1 Gbit/s.
  std::uint64_t count() {
    const std::uint64_t octets = random_() % 125'000'000;
    truth_ += octets;
    return octets;
  }
  bool oneIn(std::uint64_t chances) { return random_() % chances == 0; }

  std::mt19937_64 random_;
  std::uint64_t truth_ = 0;
};

// It starts again from zero. (A restart that has overtaken the old value by the next look cannot be
// seen by anybody.)
class FromZero final : public Producer {
 public:
  using Producer::Producer;
  std::uint64_t step() override {
    const std::uint64_t octets = count();
    shown_ = oneIn(15) && octets < shown_ ? octets : shown_ + octets;
    return shown_;
  }

 private:
  std::uint64_t shown_ = 0;
};

// A sum: a VF, which goes on, and channels, which start again.
class VfAndChannels final : public Producer {
 public:
  using Producer::Producer;
  std::uint64_t step() override {
    const std::uint64_t before = vf_ + channels_;
    vf_ += count();
    const std::uint64_t octets = count();
    channels_ = oneIn(15) && vf_ + octets < before ? octets : channels_ + octets;
    return vf_ + channels_;
  }

 private:
  std::uint64_t vf_ = 40 * kGigabyte;
  std::uint64_t channels_ = 0;
};

// It shows zeros while the link is down, for some looks, and goes on from the old value.
class ZerosWhileDown final : public Producer {
 public:
  using Producer::Producer;
  std::uint64_t step() override {
    if (down_ > 0) --down_;
    if (down_ == 0 && oneIn(10)) down_ = 3;
    if (down_ > 0) return 0;
    shown_ += count();
    return shown_;
  }

 private:
  std::uint64_t shown_ = 5 * kGigabyte;
  int down_ = 0;
};

// All at once, now one and now the other: zeros while down, restarts that are seen at zero, and
// restarts that are not.
class Everything final : public Producer {
 public:
  using Producer::Producer;
  std::uint64_t step() override {
    if (zeros_ > 0) return --zeros_ > 0 ? 0 : shown_;
    const std::uint64_t octets = count();
    if (oneIn(20) && octets < shown_) {
      shown_ = octets;
    } else if (oneIn(20)) {
      truth_ -= octets;
      zeros_ = 3;
      if (oneIn(2)) shown_ = 0;  // else it is only down
      return 0;
    } else {
      shown_ += octets;
    }
    return shown_;
  }

 private:
  std::uint64_t shown_ = 5 * kGigabyte;
  int zeros_ = 0;
};

// Whatever the producer does: what is published never decreases, it is never more than there was,
// and where it falls behind a discontinuity is told.
template <class Model>
void expectNothingInvented(bool restarts) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    auto lan0 = std::make_unique<Counting>();
    std::uint64_t shown = 0;
    while (shown == 0) shown = model.step();
    std::uint64_t octets = *lan0->look(carried(0, 0, shown, 0)).counters.in_octets;
    const std::uint64_t first = octets - model.truth();
    std::uint64_t behind = 0;
    for (int look = 0; look < 200; ++look) {
      if (restarts && look % 17 == 16) {
        auto next = std::make_unique<Counting>();
        next->totals.restore(lan0->totals.save());
        next->now = lan0->now;
        lan0 = std::move(next);
      }
      const CounterUpdate update = lan0->look(carried(0, 0, model.step(), 0));
      ASSERT_GE(*update.counters.in_octets, octets);
      octets = *update.counters.in_octets;
      ASSERT_LE(octets, first + model.truth()) << "look " << look;
      const std::uint64_t now_behind = first + model.truth() - octets;
      if (now_behind > behind) {
        ASSERT_TRUE(update.discontinuity) << "look " << look;
      }
      behind = now_behind;
    }
  }
}

TEST(InterfaceTotals, InventsNothingWhateverTheProducerDoes) {
  for (const bool restarts : {false, true}) {
    expectNothingInvented<FromZero>(restarts);
    expectNothingInvented<VfAndChannels>(restarts);
    expectNothingInvented<ZerosWhileDown>(restarts);
    expectNothingInvented<Everything>(restarts);
  }
}

TEST(InterfaceTotals, LosesNothingOverWrapsAndRestartsFromZeroOfA32BitProducer) {
  std::mt19937_64 random(9);
  Counting lan0;
  Components raw = carried(0, 0, 0, 0);
  raw.width = Accumulator::Width::k32;
  std::uint64_t truth = 0;
  lan0.look(raw);
  for (int look = 0; look < 2000; ++look) {
    const std::uint64_t counted = random() % 125'000'000;
    truth += counted;
    const std::uint64_t before = *raw.link.rx_bytes;
    // From the lower half of the range; from the upper one it would look like a wrap.
    const bool restart = before < kGigabyte && counted < before / 8 && random() % 3 == 0;
    raw.link.rx_bytes = (restart ? counted : before + counted) % (std::uint64_t{1} << 32U);
    const CounterUpdate update = lan0.look(raw);
    ASSERT_EQ(update.counters.in_octets, truth);
    ASSERT_FALSE(update.discontinuity);
  }
  EXPECT_GT(lan0.totals.resets(), 10U);
  EXPECT_GT(truth, 20 * (std::uint64_t{1} << 32U));
}

}  // namespace
}  // namespace hvnet
