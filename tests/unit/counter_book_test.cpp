#include "counters/counter_book.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace hvnet {
namespace {

constexpr KernelIndex kLan0{2};

Components everything() {
  Components raw;
  raw.link = {.rx_packets = 1,
              .tx_packets = 2,
              .rx_bytes = 3,
              .tx_bytes = 4,
              .rx_errors = 5,
              .tx_errors = 6,
              .rx_dropped = 7,
              .tx_dropped = 80,
              .multicast = 9,
              .rx_missed_errors = 10};
  raw.hidden_in_drops = 100;
  raw.tx_losses = 50;
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

TEST(CounterBook, LeavesEmptyWhatNobodyCounts) {
  CounterBook book;
  Components raw;
  raw.link.rx_packets = 1;
  const auto counters = book.update(KernelIndex{2}, raw).counters;
  Counters expected;
  expected.in_packets = expected.in_unicast = 1;
  EXPECT_EQ(counters, expected);
}

TEST(CounterBook, TakesTheDriversOwnMulticastsWhereItSplitsThem) {
  CounterBook book;
  Components raw;
  raw.link.multicast = 9;
  raw.in_multicast = 4;
  raw.in_broadcast = 5;
  const auto counters = book.update(KernelIndex{2}, raw).counters;
  EXPECT_EQ(counters.in_multicast, 4U);
  EXPECT_EQ(counters.in_broadcast, 5U);
}

TEST(CounterBook, NeverTakesBackUnicastWhenTheDriversMulticastsAreReadLater) {
  CounterBook book;
  Components raw;
  raw.link.rx_packets = raw.link.tx_packets = 100;
  raw.in_multicast = raw.out_multicast = 10;
  raw.out_broadcast = 5;
  EXPECT_EQ(book.update(KernelIndex{2}, raw).counters.in_unicast, 90U);
  raw.in_multicast = raw.out_multicast = 15;  // five more that rx_packets has not seen yet
  const auto late = book.update(KernelIndex{2}, raw).counters;
  EXPECT_EQ(late.in_unicast, 90U);
  EXPECT_EQ(late.out_unicast, 85U);
  CounterBook restarted;
  restarted.restore(book.save());
  EXPECT_EQ(restarted.update(KernelIndex{2}, raw).counters.in_unicast, 90U);
  raw.link.rx_packets = 106;
  EXPECT_EQ(restarted.update(KernelIndex{2}, raw).counters.in_unicast, 91U);
}

TEST(CounterBook, BridgesTheWrapOfAProducerWith32Bits) {
  CounterBook book;
  Components raw;
  raw.width = Accumulator::Width::k32;
  raw.link.rx_packets = 0xffff'fff0;
  book.update(KernelIndex{2}, raw);
  raw.link.rx_packets = 0x10;
  const CounterUpdate update = book.update(KernelIndex{2}, raw);
  EXPECT_EQ(update.counters.in_packets, 0x1'0000'0010U);
  EXPECT_EQ(update.resets, 0U);
}

void expectNoDecrease(const Counters& before, const Counters& after) {
  EXPECT_GE(after.in_packets, before.in_packets);
  EXPECT_GE(after.in_unicast, before.in_unicast);
  EXPECT_GE(after.out_unicast, before.out_unicast);
  EXPECT_GE(after.in_errors, before.in_errors);
  EXPECT_GE(after.out_packets, before.out_packets);
  EXPECT_GE(after.out_errors, before.out_errors);
  EXPECT_GE(after.in_octets, before.in_octets);
  EXPECT_GE(after.out_octets, before.out_octets);
  EXPECT_GE(after.in_drops, before.in_drops);
  EXPECT_GE(after.out_discards, before.out_discards);
  EXPECT_GE(after.in_multicast, before.in_multicast);
}

TEST(CounterBook, AddsTheComponentsUpToTheHvnetCounters) {
  CounterBook book;
  const CounterUpdate first = book.update(kLan0, everything());
  EXPECT_EQ(first.counters.in_packets, 1U);
  EXPECT_EQ(first.counters.out_packets, 2U);
  EXPECT_EQ(first.counters.in_octets, 3U);
  EXPECT_EQ(first.counters.out_octets, 4U);
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

TEST(CounterBook, NeedsOnlyThePlainCountersOfADriverThatHasNothingMore) {
  const Components raw{everything().link, {}, {}, {}};
  const Counters counters = CounterBook().update(kLan0, raw).counters;
  EXPECT_EQ(counters.in_drops, 7U + 10U);
  EXPECT_EQ(counters.out_errors, 6U);
  EXPECT_EQ(counters.out_discards, 8U * 10U);
}

TEST(CounterBook, CountsAHiddenDropThatTheKernelDoesNotSee) {
  CounterBook book;
  Components raw = everything();
  const auto before = book.update(kLan0, raw).counters;
  *raw.hidden_in_drops += 7;
  const auto after = book.update(kLan0, raw).counters;
  EXPECT_EQ(*after.in_drops, *before.in_drops + 7);
}

TEST(CounterBook, CountsALossOnceAsAnError) {
  CounterBook book;
  Components raw = everything();
  const auto before = book.update(kLan0, raw).counters;
  *raw.link.tx_dropped += 3;
  *raw.tx_losses += 3;
  for (int look = 0; look < 3; ++look) {
    const auto after = book.update(kLan0, raw).counters;
    EXPECT_EQ(*after.out_errors, *before.out_errors + 3);
    EXPECT_EQ(after.out_discards, before.out_discards);
  }
}

TEST(CounterBook, CountsADropThatIsNoLossAsADiscardOneUpdateLater) {
  CounterBook book;
  Components raw = everything();
  const auto before = book.update(kLan0, raw).counters;
  *raw.link.tx_dropped += 3;
  EXPECT_EQ(book.update(kLan0, raw).counters.out_discards, before.out_discards);
  const auto after = book.update(kLan0, raw).counters;
  EXPECT_EQ(*after.out_discards, *before.out_discards + 3);
  EXPECT_EQ(after.out_errors, before.out_errors);
}

TEST(CounterBook, CountsADropAtOnceWhereTheDriverHasNoLossStatistics) {
  CounterBook book;
  Components raw{everything().link, {}, {}, 5};
  EXPECT_EQ(book.update(kLan0, raw).counters.out_discards, 85U);
  *raw.link.tx_dropped += 3;
  *raw.qdisc_drops += 1;
  EXPECT_EQ(book.update(kLan0, raw).counters.out_discards, 89U);
}

TEST(CounterBook, NeverLetsLossesTurnDiscardsNegative) {
  CounterBook book;
  Components raw;
  raw.link.tx_dropped = 0;
  raw.tx_losses = 5;
  const auto counters = book.update(kLan0, raw).counters;
  EXPECT_EQ(counters.out_discards, 0U);
  EXPECT_EQ(counters.out_errors, 5U);
}

// Each of the two is read now or one step ago, as it happens.
TEST(CounterBook, CountsNoLossTwiceWhicheverOfTheTwoReadingsIsLate) {
  std::mt19937_64 random(4);
  for (int run = 0; run < 100; ++run) {
    CounterBook book;
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
      raw.tx_losses = losses[now - random() % 2];
      const auto counters = book.update(kLan0, raw).counters;
      expectNoDecrease(last, counters);
      // Out of the first update, where there is nothing to compare with, at most one step's worth.
      ASSERT_LE(*counters.out_discards, discards[now] + losses[1]);
      last = counters;
    }
    EXPECT_EQ(*last.out_errors, losses.back());
    EXPECT_EQ(*last.out_discards, discards.back());
    EXPECT_EQ(book.resets(kLan0), 0U);
  }
}

TEST(CounterBook, KeepsTheLastTotalOfAComponentThatVanishes) {
  CounterBook book;
  Components raw = everything();
  const auto before = book.update(kLan0, raw).counters;
  const Components bare{raw.link, {}, {}, {}};
  EXPECT_EQ(book.update(kLan0, bare).counters, before);
  *raw.hidden_in_drops += 1;
  *raw.qdisc_drops += 2;
  const auto back = book.update(kLan0, raw).counters;
  EXPECT_EQ(*back.in_drops, *before.in_drops + 1);
  EXPECT_EQ(*back.out_discards, *before.out_discards + 2);
  EXPECT_EQ(back.out_errors, before.out_errors);
  EXPECT_EQ(book.resets(kLan0), 0U);
}

TEST(CounterBook, MakesUpForLossesPublishedAsDiscardsBeforeItKnewThem) {
  CounterBook book;
  Components raw;
  raw.link.tx_dropped = 10;
  EXPECT_EQ(book.update(kLan0, raw).counters.out_discards, 10U);
  raw.tx_losses = 4;
  EXPECT_EQ(book.update(kLan0, raw).counters.out_discards, 10U);
  *raw.link.tx_dropped += 6;
  book.update(kLan0, raw);
  const auto counters = book.update(kLan0, raw).counters;
  EXPECT_EQ(*counters.out_discards + *counters.out_errors, 16U);
}

TEST(CounterBook, CountsADriverResetOnceHoweverManyComponentsGoBack) {
  CounterBook book;
  const auto before = book.update(kLan0, everything()).counters;
  Components zero = zeros();
  zero.hidden_in_drops = zero.tx_losses = zero.qdisc_drops = 0;
  const CounterUpdate reset = book.update(kLan0, zero);
  EXPECT_EQ(reset.counters, before);
  EXPECT_EQ(reset.resets, 1U);
  EXPECT_FALSE(reset.discontinuity);
  EXPECT_EQ(book.update(kLan0, zero).resets, 1U);
  zero.link.rx_packets = 3;
  EXPECT_EQ(*book.update(kLan0, zero).counters.in_packets, *before.in_packets + 3);
}

TEST(CounterBook, BridgesAQdiscThatWasReplaced) {
  CounterBook book;
  Components raw = everything();
  const auto before = book.update(kLan0, raw).counters;
  raw.qdisc_drops = 2;
  const CounterUpdate after = book.update(kLan0, raw);
  EXPECT_EQ(*after.counters.out_discards, *before.out_discards + 2);
  EXPECT_EQ(after.resets, 1U);
  EXPECT_FALSE(after.discontinuity);
}

TEST(CounterBook, KeepsPortsApartWhateverOrderTheyComeIn) {
  CounterBook book;
  for (const int index : {9, 3, 7, 1, 5}) {
    Components raw;
    raw.link.rx_packets = static_cast<std::uint64_t>(index);
    book.update(KernelIndex{index}, raw);
  }
  for (const int index : {1, 5, 9, 7, 3}) {
    Components raw;
    raw.link.rx_packets = static_cast<std::uint64_t>(index) + 1;
    const CounterUpdate update = book.update(KernelIndex{index}, raw);
    EXPECT_EQ(update.counters.in_packets, static_cast<std::uint64_t>(index) + 1);
    EXPECT_EQ(update.resets, 0U);
  }
  EXPECT_EQ(book.save().size(), 5U);
}

TEST(CounterBook, ForgetsAPortThatIsGone) {
  CounterBook book;
  book.update(kLan0, everything());
  book.update(kLan0, zeros());
  book.update(KernelIndex{3}, everything());
  EXPECT_EQ(book.resets(kLan0), 1U);
  book.forget(kLan0);
  book.forget(KernelIndex{77});
  EXPECT_EQ(book.resets(kLan0), 0U);
  ASSERT_EQ(book.save().size(), 1U);
  EXPECT_EQ(book.save()[0].index, KernelIndex{3});
  EXPECT_EQ(book.update(kLan0, zeros()).counters.in_packets, 0U);
}

class RestoredBook : public ::testing::Test {
 protected:
  RestoredBook() {
    CounterBook before;
    before.update(kLan0, everything());
    before.update(kLan0, zeros());  // a reset, so that totals and raw values differ
    raw_ = everything();
    last_ = before.update(kLan0, raw_).counters;
    book_.restore(before.save());
  }

  Components raw_;
  Counters last_;
  CounterBook book_;
};

TEST_F(RestoredBook, GoesOnWithoutADiscontinuityWhenNothingWentBack) {
  *raw_.link.rx_packets += 4;
  const CounterUpdate update = book_.update(kLan0, raw_);
  EXPECT_EQ(*update.counters.in_packets, *last_.in_packets + 4);
  expectNoDecrease(last_, update.counters);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
}

TEST_F(RestoredBook, TellsADiscontinuityOnceWhenAComponentWentBackMeanwhile) {
  raw_.link.rx_bytes = 1;
  const CounterUpdate update = book_.update(kLan0, raw_);
  EXPECT_TRUE(update.discontinuity);
  EXPECT_EQ(*update.counters.in_octets, *last_.in_octets + 1);
  EXPECT_EQ(update.resets, 2U);
  EXPECT_FALSE(book_.update(kLan0, raw_).discontinuity);
  raw_.link.rx_bytes = 0;
  const CounterUpdate bridged = book_.update(kLan0, raw_);
  EXPECT_FALSE(bridged.discontinuity);
  EXPECT_EQ(bridged.resets, 3U);
}

TEST_F(RestoredBook, TellsTheDiscontinuityOfAComponentThatComesBackLate) {
  const auto hidden = raw_.hidden_in_drops;
  raw_.hidden_in_drops.reset();
  EXPECT_FALSE(book_.update(kLan0, raw_).discontinuity);
  raw_.hidden_in_drops = *hidden - 1;
  EXPECT_TRUE(book_.update(kLan0, raw_).discontinuity);
}

TEST_F(RestoredBook, DoesNotDecreaseWhileLossesPublishedAsDiscardsAreMadeUpFor) {
  CounterBook before;
  Components raw;
  raw.link.tx_dropped = 10;
  before.update(kLan0, raw);
  raw.tx_losses = 4;
  before.update(kLan0, raw);
  CounterBook after;
  after.restore(before.save());
  EXPECT_EQ(after.update(kLan0, raw).counters.out_discards, 10U);
}

TEST_F(RestoredBook, SavesWhatItWasGiven) {
  const auto saved = book_.save();
  CounterBook again;
  again.restore(saved);
  EXPECT_EQ(again.save(), saved);
}

TEST_F(RestoredBook, LeavesAPortAloneThatItKnowsAlready) {
  auto saved = book_.save();
  book_.update(kLan0, raw_);
  saved[0].resets = 99;
  book_.restore(saved);
  EXPECT_EQ(book_.resets(kLan0), 1U);
  raw_.link.rx_packets = 0;
  EXPECT_FALSE(book_.update(kLan0, raw_).discontinuity);
}

TEST(CounterBook, CountsQueueDropsOnceOverARestartAfterAQueueWasReplaced) {
  CounterBook book;
  Components raw;
  raw.qdisc_drops = 600;  // 100 of a queue that is gone, 500 of the one that is there
  book.update(kLan0, raw);
  CounterBook restarted;
  restarted.restore(book.save());
  raw.qdisc_drops = 500;
  const CounterUpdate update = restarted.update(kLan0, raw);
  EXPECT_EQ(update.counters.out_discards, 600U);
  EXPECT_TRUE(update.discontinuity);
  raw.qdisc_drops = 507;
  EXPECT_EQ(restarted.update(kLan0, raw).counters.out_discards, 607U);
}

TEST(CounterBook, TellsADiscontinuityForAResetWhileTheSourceWasFailed) {
  CounterBook book;
  book.update(kLan0, everything());
  book.update(KernelIndex{3}, everything());
  book.markInterrupted();
  EXPECT_FALSE(book.update(kLan0, everything()).discontinuity);
  EXPECT_TRUE(book.update(KernelIndex{3}, zeros()).discontinuity);
  EXPECT_FALSE(book.update(kLan0, zeros()).discontinuity);
}

// A driver with a reset now and then, and what of its counting can be known.
struct DriverModel {
  std::array<std::uint64_t, kComponentCount> raw{};
  std::array<std::uint64_t, kComponentCount> known{};
  std::uint64_t resets = 0;

  void count(std::mt19937_64& random) {
    const bool driver_reset = random() % 20 == 0;
    bool seen = false;
    for (std::size_t i = 0; i < kComponentCount; ++i) {
      // Queue drops are a running sum of ours, which no driver resets (qdisc_totals.h).
      const bool reset = driver_reset && kComponentNames[i] != "qdisc_drops";
      const std::uint64_t counted = random() % 50;
      const bool overtaken = reset && counted >= raw[i];
      seen |= reset && !overtaken;
      known[i] += overtaken ? counted - raw[i] : counted;
      raw[i] = reset ? counted : raw[i] + counted;
    }
    if (seen) ++resets;
  }
  [[nodiscard]] Components read() const {
    Components out;
    out.link = {raw[0], raw[1], raw[2], raw[3],  raw[4],  raw[5], raw[6],
                raw[7], raw[8], raw[9], raw[10], raw[11], raw[12]};
    out.hidden_in_drops = raw[13];
    out.tx_losses = raw[14];
    out.qdisc_drops = raw[15];
    out.in_multicast = raw[16];
    out.in_broadcast = raw[17];
    out.out_multicast = raw[18];
    out.out_broadcast = raw[19];
    return out;
  }
};

TEST(CounterBook, NeverDecreasesAndLosesOnlyWhatNobodyCouldHaveSeenOnManyPorts) {
  constexpr std::size_t kPorts = 50;
  std::mt19937_64 random(5);
  CounterBook book;
  std::vector<DriverModel> drivers(kPorts);
  std::vector<Counters> last(kPorts);
  for (int look = 0; look < 300; ++look) {
    if (look % 50 == 49) {  // the process is restarted
      CounterBook next;
      next.restore(book.save());
      book = next;
    }
    for (std::size_t port = 0; port < kPorts; ++port) {
      DriverModel& driver = drivers[port];
      driver.count(random);
      const auto& known = driver.known;
      const auto update = book.update(KernelIndex{static_cast<int>(port) + 1}, driver.read());
      expectNoDecrease(last[port], update.counters);
      last[port] = update.counters;
      ASSERT_EQ(update.resets, driver.resets);
      ASSERT_EQ(update.counters.in_packets, known[0]);
      ASSERT_EQ(update.counters.out_packets, known[1]);
      ASSERT_EQ(update.counters.in_octets, known[2]);
      ASSERT_EQ(update.counters.out_octets, known[3]);
      ASSERT_EQ(update.counters.in_errors, known[4]);
      ASSERT_EQ(update.counters.out_errors, known[5] + known[14]);
      ASSERT_EQ(update.counters.in_drops, known[6] + known[9] + known[13]);
      ASSERT_EQ(update.counters.in_multicast, known[16]);
      ASSERT_GE(update.counters.out_discards, known[15]);
    }
  }
}

TEST(CounterBook, NeverDecreasesWhileComponentsComeAndGo) {
  std::mt19937_64 random(6);
  CounterBook book;
  DriverModel driver;
  Counters last;
  for (int look = 0; look < 2000; ++look) {
    driver.count(random);
    Components raw = driver.read();
    if (random() % 3 == 0) raw.hidden_in_drops.reset();
    if (random() % 3 == 0) raw.tx_losses.reset();
    if (random() % 3 == 0) raw.qdisc_drops.reset();
    const auto counters = book.update(kLan0, raw).counters;
    expectNoDecrease(last, counters);
    last = counters;
  }
  EXPECT_EQ(last.in_packets, driver.known[0]);
}

}  // namespace
}  // namespace hvnet
