// Counters that step back, or jump, while the traffic of their interface says that its device has
// not started again: nothing is counted twice, and a discontinuity says so.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "counters/driver_stats.h"
#include "counting.h"

namespace hvnet {
namespace {

using test::carried;
using test::Counting;

constexpr std::uint64_t kHuge = std::uint64_t{1} << 62U;

// An interface that goes on receiving, and whose driver has statistics.
class Contradictions : public ::testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  void haveLines(const char* profile, Lines lines) {
    profile_ = findProfile(profile);
    names_ = std::make_shared<const Lines>(std::move(lines));
    plan_ = SumPlan(*names_, *profile_);
  }
  // 1,000 packets more each time.
  CounterUpdate look(const std::vector<std::uint64_t>& values) {
    received_ += 1000;
    return look(received_, values);
  }
  CounterUpdate look(std::uint64_t received, const std::vector<std::uint64_t>& values) {
    Components raw = packets(received);
    raw.driver = plan_.sums(values);
    applyProfile(raw, profile_);
    return lan0_.look(raw, {&names_, values});
  }
  static Components packets(std::uint64_t count) {
    return carried(count, count, count * 100, count * 100);
  }
  CounterUpdate lookAtDropped(std::uint64_t rx_dropped) {
    return lookAtDropped(received_ += 1000, rx_dropped);
  }
  CounterUpdate lookAtDropped(std::uint64_t received, std::uint64_t rx_dropped) {
    Components raw = packets(received);
    raw.link.rx_dropped = rx_dropped;
    return lan0_.look(raw);
  }
  // The process is another one from now on.
  void restart() {
    Counting next;
    next.totals.restore(lan0_.totals.save());
    next.now = lan0_.now;
    lan0_ = std::move(next);
  }

  std::uint64_t received_ = 1'000'000;
  const DriverProfile* profile_ = nullptr;
  StatNameList names_;
  SumPlan plan_;
  Counting lan0_;
};

TEST_F(Contradictions, ADeviceCounterThatFallsAloneHasNotStartedFromZero) {
  lookAtDropped(1000);
  const CounterUpdate fallen = lookAtDropped(900);
  EXPECT_EQ(fallen.counters.in_drops, 1000U);
  EXPECT_TRUE(fallen.discontinuity);
  const CounterUpdate next = lookAtDropped(905);
  EXPECT_EQ(next.counters.in_drops, 1005U);
  EXPECT_FALSE(next.discontinuity);
}

TEST_F(Contradictions, OneThatFallsToAlmostNothingHas) {
  lookAtDropped(1000);
  const CounterUpdate fallen = lookAtDropped(5);
  EXPECT_EQ(fallen.counters.in_drops, 1005U);
  EXPECT_FALSE(fallen.discontinuity);
  EXPECT_EQ(fallen.resets, 1U);
}

TEST_F(Contradictions, NorHasOneOfAnInterfaceThatHasCarriedNothing) {
  lookAtDropped(0, 10);
  const CounterUpdate fallen = lookAtDropped(0, 8);
  EXPECT_EQ(fallen.counters.in_drops, 10U);
  EXPECT_TRUE(fallen.discontinuity);
  EXPECT_EQ(lookAtDropped(0, 1).counters.in_drops, 11U);
}

TEST_F(Contradictions, AStatisticThatFallsALittleHasNotStartedFromZero) {
  haveLines("ena", {"queue_0_rx_skb_alloc_fail"});
  look({1000});
  const CounterUpdate fallen = look({900});
  EXPECT_EQ(fallen.counters.in_drops, 1000U);
  EXPECT_TRUE(fallen.discontinuity);
  EXPECT_EQ(look({905}).counters.in_drops, 1005U);
}

TEST_F(Contradictions, AStatisticThatFallsToAlmostNothingHas) {
  haveLines("vmxnet3", {"pkts rx OOB", "pkts rx OOB", "pkts rx OOB", "drv dropped rx total"});
  const Count before = look({100, 200, 300, 5}).counters.in_drops;
  const CounterUpdate fallen = look({3, 201, 4, 0});
  EXPECT_EQ(fallen.counters.in_drops, *before + 3 + 1 + 4);
  EXPECT_TRUE(fallen.discontinuity) << "the one that grew may have started again, too";
  EXPECT_FALSE(look({3, 201, 4, 0}).discontinuity);
}

TEST_F(Contradictions, WhatIsAtZeroAndThenAtOnceWhereItWasWasOnlyAway) {
  lookAtDropped(300);
  EXPECT_EQ(lookAtDropped(0).counters.in_drops, 300U);
  EXPECT_EQ(lookAtDropped(0).counters.in_drops, 300U);
  const CounterUpdate back = lookAtDropped(301);
  EXPECT_EQ(back.counters.in_drops, 301U);
  EXPECT_TRUE(back.discontinuity) << "301 or 1, nobody can know; but one it is for certain";
  EXPECT_EQ(lookAtDropped(303).counters.in_drops, 303U);
  lookAtDropped(0);
  EXPECT_EQ(lookAtDropped(2).counters.in_drops, 305U) << "this one has started again";
  EXPECT_EQ(lookAtDropped(400).counters.in_drops, 703U);
}

TEST_F(Contradictions, SixteenThatComeBackAtOnceWereAwayAndFifteenAreNew) {
  haveLines("ena", {"queue_0_rx_skb_alloc_fail"});
  look({16});
  look({0});
  EXPECT_EQ(look({16}).counters.in_drops, 16U);
  lan0_ = {};
  look({15});
  look({0});
  EXPECT_EQ(look({15}).counters.in_drops, 30U);
  lan0_ = {};
  lookAtDropped(16);
  lookAtDropped(0);
  EXPECT_EQ(lookAtDropped(16).counters.in_drops, 16U);
  lan0_ = {};
  lookAtDropped(15);
  lookAtDropped(0);
  EXPECT_EQ(lookAtDropped(15).counters.in_drops, 30U);
}

TEST_F(Contradictions, WhatADeviceCountsAfterItsOwnRestartIsNoReturn) {
  lookAtDropped(300);
  lookAtDropped(0);
  lookAtDropped(10, 0);
  EXPECT_EQ(lookAtDropped(1010, 300).counters.in_drops, 600U);
  haveLines("gve", {"rx_skb_alloc_fail", "rx_queue_drop_cnt[0]"});
  lan0_ = {};
  look({500, 7});
  look({0, 8});
  look(10, {0, 8});
  EXPECT_EQ(look(1010, {500, 8}).counters.in_drops, 1008U);
}

TEST_F(Contradictions, NorIsWhatAnotherDeviceCounts) {
  lookAtDropped(300);
  lookAtDropped(0);
  lan0_.totals.deviceReplaced();
  EXPECT_EQ(lookAtDropped(301).counters.in_drops, 601U);
  haveLines("gve", {"rx_skb_alloc_fail", "rx_queue_drop_cnt[0]"});
  lan0_ = {};
  look({500, 7});
  lan0_.totals.deviceReplaced();
  EXPECT_EQ(look({3, 7}).counters.in_drops, 517U);
}

TEST_F(Contradictions, AProcessThatHasNotSeenTheLinesBefore) {
  haveLines("ena", {"queue_0_rx_skb_alloc_fail"});
  look({500});
  restart();
  const CounterUpdate more = look({510});
  EXPECT_EQ(more.counters.in_drops, 510U);
  EXPECT_FALSE(more.discontinuity);
  restart();
  const CounterUpdate fallen = look(1000, {400});  // a restart, and perhaps fewer queues
  EXPECT_EQ(fallen.counters.in_drops, 510U);
  EXPECT_TRUE(fallen.discontinuity);
}

TEST_F(Contradictions, AlsoOneOfTheCountersOfWhatItHasCarried) {
  Components raw = packets(received_);
  lan0_.look(raw);
  raw = packets(received_ + 10);
  raw.link.rx_bytes = 0;
  lan0_.look(raw);
  const CounterUpdate back = lan0_.look(packets(received_ + 20));
  EXPECT_EQ(back.counters.in_octets, (received_ + 20) * 100);
  EXPECT_EQ(back.counters.in_packets, received_ + 20);
  EXPECT_TRUE(back.discontinuity);
}

TEST_F(Contradictions, AlsoOneStatisticOfASum) {
  haveLines("gve", {"rx_skb_alloc_fail", "rx_queue_drop_cnt[0]"});
  look({500, 7});
  EXPECT_EQ(look({0, 8}).counters.in_drops, 508U);
  const CounterUpdate back = look({503, 9});
  EXPECT_EQ(back.counters.in_drops, 512U);
  EXPECT_TRUE(back.discontinuity);
  EXPECT_EQ(back.resets, 1U) << "a return is no restart";
  look({503, 0});
  const CounterUpdate few = look({503, 11});
  EXPECT_EQ(few.counters.in_drops, 523U) << "so few may as well be new";
  EXPECT_FALSE(few.discontinuity);
}

// mana: the port goes down after the kernel's numbers were read, and before the driver's.
TEST_F(Contradictions, ALinkThatGoesDownBetweenTheTwoReads) {
  haveLines("mana", {"hc_rx_discards_no_wqe", "hc_rx_err_vport_disabled"});
  EXPECT_EQ(look({500, 7}).counters.in_drops, 507U);
  EXPECT_EQ(look({0, 0}).counters.in_drops, 507U);
  EXPECT_EQ(look(0, {0, 0}).counters.in_drops, 507U);
  EXPECT_EQ(look({500, 7}).counters.in_drops, 507U);
  EXPECT_EQ(look({501, 7}).counters.in_drops, 508U);
}

TEST_F(Contradictions, AQueueThatGoesAndComesBackWithWhatItHadCounted) {
  haveLines("ena", {"queue_0_rx_skb_alloc_fail", "queue_1_rx_skb_alloc_fail"});
  look({500, 600});
  haveLines("ena", {"queue_1_rx_skb_alloc_fail", "queue_0_rx_skb_alloc_fail"});
  const CounterUpdate reordered = look({600, 501});
  EXPECT_EQ(reordered.counters.in_drops, 1101U);
  EXPECT_FALSE(reordered.discontinuity);
  haveLines("ena", {"queue_0_rx_skb_alloc_fail"});
  EXPECT_EQ(look({502}).counters.in_drops, 1101U);
  haveLines("ena", {"queue_0_rx_skb_alloc_fail", "queue_1_rx_skb_alloc_fail"});
  const CounterUpdate back = look({502, 600});
  EXPECT_EQ(back.counters.in_drops, 1101U);
  EXPECT_TRUE(back.discontinuity);
  EXPECT_EQ(look({502, 601}).counters.in_drops, 1102U);
}

TEST_F(Contradictions, OtherLinesThatAreNoneOfALossChangeNothing) {
  haveLines("ena", {"queue_0_rx_skb_alloc_fail", "queue_0_rx_cnt"});
  look({500, 1});
  haveLines("ena", {"queue_0_rx_skb_alloc_fail"});
  const CounterUpdate more = look({503});
  EXPECT_EQ(more.counters.in_drops, 503U);
  EXPECT_FALSE(more.discontinuity);
}

TEST_F(Contradictions, TheLargePartOfASumThatNobodyTellsApart) {
  lan0_.look(packets(8'100'000));
  const CounterUpdate fallen = lan0_.look(packets(100'100));
  EXPECT_EQ(fallen.counters.in_packets, 8'100'000U);
  EXPECT_TRUE(fallen.discontinuity);
}

TEST_F(Contradictions, TrafficIsBelievedToStartFromZeroAsFarAsItsRateGoes) {
  lan0_.look(packets(8'000'000));
  lan0_.look(packets(8'100'000));
  const CounterUpdate restarted = lan0_.look(packets(100'100));
  EXPECT_EQ(restarted.counters.in_packets, 8'200'100U);
  EXPECT_FALSE(restarted.discontinuity);
  lan0_.look(packets(8'100'000));
  for (int second = 0; second < 200; ++second) lan0_.look(packets(8'100'000));
  EXPECT_TRUE(lan0_.look(packets(100'100)).discontinuity) << "it had carried little for long";
}

TEST_F(Contradictions, ARateIsThatOfTimeWhateverTheLooks) {
  constexpr std::uint64_t kEachTime = 250'000;
  for (const std::chrono::milliseconds between :
       {std::chrono::milliseconds(5), std::chrono::milliseconds(200),
        std::chrono::milliseconds(1000), std::chrono::milliseconds(5000)}) {
    // A driver that shows new counts each five seconds.
    Counting lan0;
    const auto wait = [&](std::uint64_t shown) {
      CounterUpdate update;
      for (auto passed = between; passed <= std::chrono::seconds(5); passed += between) {
        lan0.now += between - std::chrono::seconds(1);
        update = lan0.look(packets(shown));
      }
      return update;
    };
    std::uint64_t shown = 100'000'000;
    for (int time = 0; time < 20; ++time) wait(shown += kEachTime);
    wait(kEachTime);
    EXPECT_EQ(wait(kEachTime).counters.in_packets, shown + kEachTime) << between.count();
  }
}

TEST_F(Contradictions, WhatAStalledProcessHasNotSeenIsAsMuchAsItLasted) {
  std::uint64_t count = 1'000'000'000;
  for (int second = 0; second < 3; ++second) lan0_.look(packets(count += 1'000'000));
  lan0_.now += std::chrono::seconds(59);
  const CounterUpdate update = lan0_.look(packets(60'000'000));
  EXPECT_EQ(update.counters.in_packets, count + 60'000'000);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(Contradictions, ALossOfLessThanTheUsualTrafficIsNotLookedForInIt) {
  std::uint64_t count = 8'000'000;
  for (int second = 0; second < 3; ++second) lan0_.look(packets(count += 1'000'000));
  const CounterUpdate fallen = lan0_.look(packets(count - 100'000));
  EXPECT_TRUE(fallen.discontinuity);
  const CounterUpdate next = lan0_.look(packets(count + 900'000));
  EXPECT_EQ(next.counters.in_packets, count + 1'000'000);
  EXPECT_FALSE(next.discontinuity);
}

TEST_F(Contradictions, AWrapAfterAFallIsNoReturn) {
  Components raw;
  raw.width = Accumulator::Width::k32;
  const auto octets = [&](std::uint64_t count) {
    raw.link.rx_bytes = count;
    return lan0_.look(raw).counters.in_octets;
  };
  octets(4'294'000'000);
  EXPECT_EQ(octets(4'244'000'000), 4'294'000'000U);
  EXPECT_EQ(octets(100'000), std::uint64_t{4'294'000'000} + 51'067'296);
}

TEST_F(Contradictions, AWrapWhileNobodyLooked) {
  Components raw;
  raw.width = Accumulator::Width::k32;
  raw.link.rx_packets = 4'000'000'000;
  lan0_.look(raw);
  restart();
  raw.link.rx_packets = 100'000'000;
  EXPECT_EQ(lan0_.look(raw).counters.in_packets, (std::uint64_t{1} << 32U) + 100'000'000);
}

TEST_F(Contradictions, QueuesOfWhichTheTrafficIsNoLongerASumAndThenIsAgain) {
  constexpr std::uint64_t kQueue = 50'000'000;
  lan0_.look(packets(8 * kQueue));
  lan0_.look(packets(8 * kQueue + 800));
  const CounterUpdate fewer = lan0_.look(packets(4 * kQueue + 1200));
  EXPECT_EQ(fewer.counters.in_packets, 8 * kQueue + 800);
  EXPECT_TRUE(fewer.discontinuity);
  for (std::uint64_t second = 1; second <= 9; ++second) {
    lan0_.look(packets(4 * kQueue + 1200 + second * 800));
  }
  const CounterUpdate again = lan0_.look(packets(8 * kQueue + 9200));
  EXPECT_EQ(again.counters.in_packets, 8 * kQueue + 9200) << "with what was carried meanwhile";
  EXPECT_TRUE(again.discontinuity);
  const CounterUpdate more = lan0_.look(packets(12 * kQueue + 10'000));
  EXPECT_EQ(more.counters.in_packets, 12 * kQueue + 10'000);
  EXPECT_FALSE(more.discontinuity) << "they have come back once";
}

TEST_F(Contradictions, APartThatIsLostWhileZerosAreShown) {
  lan0_.look(packets(800'000));
  lan0_.look(packets(800'100));
  lan0_.look(packets(0));
  const CounterUpdate half = lan0_.look(packets(400'000));
  EXPECT_EQ(half.counters.in_packets, 800'100U);
  EXPECT_TRUE(half.discontinuity);
  lan0_.look(packets(0));
  const CounterUpdate whole = lan0_.look(packets(800'220));
  EXPECT_EQ(whole.counters.in_packets, 800'220U);
  EXPECT_TRUE(whole.discontinuity);
}

TEST_F(Contradictions, OneDirectionThatGoesOnAfterZerosAndOneThatStartsAgain) {
  lan0_.look(carried(9'000'000, 9'000'000, 0, 0));
  lan0_.look(carried(0, 0, 0, 0));
  const CounterUpdate update = lan0_.look(carried(9'000'005, 40, 0, 0));
  EXPECT_EQ(update.counters.in_packets, 9'000'000U);
  EXPECT_EQ(update.counters.out_packets, 9'000'040U);
  EXPECT_TRUE(update.discontinuity);
}

TEST_F(Contradictions, AWrapThatNoInterfaceCanHaveCome) {
  Components raw;
  raw.width = Accumulator::Width::k32;
  raw.link.rx_packets = 3'000'000'000;
  lan0_.look(raw);
  raw.link.rx_packets = 100;
  const CounterUpdate update = lan0_.look(raw);
  EXPECT_EQ(update.counters.in_packets, 3'000'000'000U);
  EXPECT_TRUE(update.discontinuity);
}

TEST_F(Contradictions, NorDoesItGrowAsMuchWhileNobodyLooks) {
  lookAtDropped(6);
  lan0_.look(packets(received_ += 1000));
  const CounterUpdate jump = lookAtDropped(std::uint64_t{1} << 60U);
  EXPECT_EQ(jump.counters.in_drops, 6U);
  EXPECT_TRUE(jump.discontinuity);
  EXPECT_EQ(lookAtDropped(7).counters.in_drops, 6U);
  EXPECT_EQ(lookAtDropped(8).counters.in_drops, 7U);
  restart();
  const CounterUpdate days = lookAtDropped(received_, 900'000'000'000);
  EXPECT_EQ(days.counters.in_drops, 899'999'999'999U) << "nobody knows for how long nobody looked";
  EXPECT_TRUE(days.discontinuity);
}

TEST_F(Contradictions, WhatWasOnlyAwayOnAnInterfaceThatCarriesNothing) {
  lookAtDropped(0, 1807);
  EXPECT_EQ(lookAtDropped(0, 0).counters.in_drops, 1807U);
  const CounterUpdate back = lookAtDropped(0, 1807);
  EXPECT_EQ(back.counters.in_drops, 1807U);
  EXPECT_TRUE(back.discontinuity);
}

TEST_F(Contradictions, AWrapInALookInWhichTheOthersStartAgainIsNone) {
  Components raw;
  raw.width = Accumulator::Width::k32;
  const auto look = [&](std::uint64_t count, std::uint64_t octets) {
    raw.link.rx_packets = raw.link.tx_packets = count;
    raw.link.rx_bytes = octets;
    raw.link.tx_bytes = octets / 2;
    return lan0_.look(raw);
  };
  look(3'000'000, 3'900'000'000);
  const CounterUpdate restarted = look(100, 60'000);
  EXPECT_EQ(restarted.counters.in_octets, 3'900'060'000U);
  EXPECT_EQ(restarted.counters.in_packets, 3'000'100U);
  EXPECT_EQ(restarted.resets, 1U);
  EXPECT_EQ(look(200, 120'000).counters.in_octets, 3'900'120'000U);
}

TEST_F(Contradictions, OneThatIsPastWhereItWasWhenItsDeviceStartsAgain) {
  lan0_.look(carried(9'000, 20, 900'000, 2'000));
  const CounterUpdate restarted = lan0_.look(carried(100, 25, 10'000, 2'500));
  EXPECT_EQ(restarted.counters.in_packets, 9'100U);
  EXPECT_EQ(restarted.counters.out_packets, 25U) << "25 or 45: nobody can know";
  EXPECT_TRUE(restarted.discontinuity);
  lan0_ = {};
  lan0_.look(carried(9'000, 0, 900'000, 0));
  EXPECT_FALSE(lan0_.look(carried(100, 25, 10'000, 2'500)).discontinuity)
      << "it had nothing to lose";
  lan0_ = {};
  lan0_.look(carried(9'000, 20, 900'000, 2'000));
  EXPECT_FALSE(lan0_.look(carried(100, 20, 10'000, 2'000)).discontinuity) << "it has not moved";
}

// The kernel's own share of rx_dropped stays when the driver's starts again.
TEST_F(Contradictions, ADeviceCounterOfWhichAPartStartsAgainWithTheTraffic) {
  lookAtDropped(9'000'000, 4520);
  const CounterUpdate part = lookAtDropped(100, 4500);
  EXPECT_EQ(part.counters.in_packets, 9'000'100U);
  EXPECT_EQ(part.counters.in_drops, 4520U);
  EXPECT_TRUE(part.discontinuity);
  EXPECT_EQ(lookAtDropped(200, 4501).counters.in_drops, 4521U);
  const CounterUpdate whole = lookAtDropped(10, 7);
  EXPECT_EQ(whole.counters.in_drops, 4528U);
  EXPECT_FALSE(whole.discontinuity);
}

TEST_F(Contradictions, ABurstOfLossesLongAfterTheCounterStartedAgain) {
  lookAtDropped(20);
  for (int second = 0; second < 1000; ++second) lookAtDropped(0);
  const CounterUpdate burst = lookAtDropped(5000);
  EXPECT_EQ(burst.counters.in_drops, 5000U) << "20 of them may have been counted before";
  EXPECT_TRUE(burst.discontinuity);
}

TEST_F(Contradictions, MoreThanALinkCarriesAfterFirstValuesOfZero) {
  lan0_.look(packets(0));
  EXPECT_FALSE(lan0_.look(packets(10'000)).discontinuity);
  Counting lan1;
  lan1.look(packets(0));
  const CounterUpdate whole = lan1.look(packets(5'000'000));
  EXPECT_EQ(whole.counters.in_packets, 5'000'000U);
  EXPECT_TRUE(whole.discontinuity);
  EXPECT_TRUE(whole.interrupted);
  Counting lan2;
  lan2.look(packets(0));
  EXPECT_EQ(lan2.look(packets(kHuge / 1000)).counters.in_packets, kHuge / 1000);
}

TEST_F(Contradictions, NumbersThatNoCounterCanHold) {
  haveLines("vmxnet3", {"pkts rx OOB", "pkts rx OOB", "pkts rx OOB", "pkts rx OOB"});
  look({1, 2, 3, 4});
  EXPECT_EQ(look({kHuge, kHuge, kHuge, kHuge}).counters.in_drops, 10U) << "2^64 is 0";
  EXPECT_EQ(look({1, 2, 3, 5}).counters.in_drops, 11U);
  const CounterUpdate jump = look({kHuge, 2, 3, 5});
  EXPECT_EQ(jump.counters.in_drops, 11U);
  EXPECT_TRUE(jump.discontinuity);
  EXPECT_EQ(look({1, 2, 3, 5}).counters.in_drops, 11U);
  EXPECT_EQ(look({1, 2, 3, 6}).counters.in_drops, 12U);
  restart();
  look({kHuge, kHuge, kHuge, 6});
  EXPECT_EQ(look({1, 2, 3, 7}).counters.in_drops, 13U);
}

}  // namespace
}  // namespace hvnet
