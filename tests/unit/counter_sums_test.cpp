#include "counters/counter_sums.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "counting.h"

namespace hvnet {
namespace {

using test::Counting;

std::vector<DriverStat> fixture(const std::string& name) {
  std::ifstream in(HVNET_FIXTURES "/" + name + "/statistics");
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return parseStatisticsText(text.str(), name).value();
}

DriverSums sumsOf(const std::vector<DriverStat>& stats, const DriverProfile& profile) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> values;
  for (const DriverStat& stat : stats) {
    names.push_back(stat.name);
    values.push_back(stat.value);
  }
  return SumPlan(names, profile).sums(values);
}

// What the kernel counts of a device that does not count anything.
LinkStats quiet() {
  LinkStats out;
  for (const auto counter : kLinkStatsOrder) out.*counter = 0;
  return out;
}

LinkStats kernel(
    std::initializer_list<std::pair<LinkStats::Count LinkStats::*, std::uint64_t>> set) {
  LinkStats out = quiet();
  out.rx_packets = out.tx_packets = 1'000'000;
  for (const auto& [counter, value] : set) out.*counter = value;
  return out;
}

Components raw(const char* driver, const LinkStats& link, const char* statistics = nullptr) {
  Components out;
  out.link = link;
  const DriverProfile* profile = findProfile(driver);
  EXPECT_NE(profile, nullptr) << driver;
  if (profile != nullptr && statistics != nullptr) {
    out.driver = sumsOf(fixture(statistics), *profile);
  }
  applyProfile(out, profile);
  return out;
}

struct ByHand {
  const char* driver;
  const char* statistics;
  LinkStats link;
  Count in_drops;
  Count unknown_protos;
  Count in_errors;
  Count out_errors;
  Count out_discards;
};

// Each driver with the statistics of tests/fixtures/, and with what its kernel counted meanwhile.
const std::array kDrivers = {
    // The driver never touches rx_dropped. Of tx_dropped 15 are errors.
    ByHand{"hv_netvsc", "hv_netvsc-losses",
           kernel({{&LinkStats::rx_dropped, 40}, {&LinkStats::tx_dropped, 35}}), 500, 40, 0, 15,
           20},
    ByHand{"virtio_net", "virtio_net-6.1",
           kernel({{&LinkStats::rx_dropped, 133},
                   {&LinkStats::rx_frame_errors, 40},
                   {&LinkStats::rx_length_errors, 2}}),
           33, 100, 42, 0, 0},
    ByHand{"virtio_net", "virtio_net-6.10", kernel({{&LinkStats::rx_dropped, 133}}), 33, 100, 0, 0,
           0},
    ByHand{"vmxnet3", "vmxnet3-losses",
           kernel({{&LinkStats::rx_dropped, 26},
                   {&LinkStats::rx_errors, 9},
                   {&LinkStats::tx_errors, 3},
                   {&LinkStats::tx_dropped, 14}}),
           16 + 300, 10, 9, 3 + 14, 120},
    ByHand{"xen_netfront", "xen_netfront",
           kernel({{&LinkStats::rx_dropped, 12}, {&LinkStats::tx_dropped, 3}}), 0, 12, 0, 0, 3},
    // Its own share of rx_dropped is not told.
    ByHand{"ena", "ena-6.12", kernel({{&LinkStats::rx_dropped, 100}}), 130, std::nullopt, 0, 15, 0},
    ByHand{"gve", "gve-6.12", kernel({{&LinkStats::rx_dropped, 5}}), 112, 5, 0, 6, 0},
    ByHand{"gvnic", "gve-6.1", kernel({{&LinkStats::rx_dropped, 5}}), 12, 5, 0, 6, 0},
    // The same losses, whether the kernel has them in rx_missed_errors or not.
    ByHand{"mana", "mana-6.12", kernel({{&LinkStats::rx_dropped, 9}, {&LinkStats::tx_dropped, 3}}),
           700 + 30 + 9, std::nullopt, 0, 7 + 3, 0},
    ByHand{"mana", "mana-6.19",
           kernel({{&LinkStats::rx_dropped, 9},
                   {&LinkStats::rx_missed_errors, 700},
                   {&LinkStats::tx_dropped, 3}}),
           700 + 30 + 9, std::nullopt, 0, 7 + 3, 0},
    ByHand{"mlx5_core", "mlx5_core",
           kernel({{&LinkStats::rx_dropped, 25},
                   {&LinkStats::rx_missed_errors, 700},
                   {&LinkStats::rx_errors, 16},
                   {&LinkStats::tx_dropped, 6}}),
           700, 25, 16 + 6, 6 + 3, 0},
    ByHand{"mlx5_core", "mlx5_core", kernel({{&LinkStats::rx_dropped, 725}}), 700, 25, 6, 6 + 3, 0},
    // A port, Linux 5.15: 990473555 in rx_dropped, and nothing tells whose they are.
    ByHand{"mlx5_core", "mlx5_core-port", kernel({{&LinkStats::rx_dropped, 990'473'555}}),
           990'473'555, std::nullopt, 0, 0, 0},
    ByHand{"mlx4_en", "mlx4_en", kernel({{&LinkStats::rx_dropped, 8}, {&LinkStats::tx_dropped, 5}}),
           std::nullopt, 8, 0, 5, 0},
    ByHand{"iavf", "iavf",
           kernel({{&LinkStats::rx_dropped, 3000},
                   {&LinkStats::tx_errors, 2},
                   {&LinkStats::tx_dropped, 4}}),
           2958, 42, 0, 2, 4},
    ByHand{"ixgbevf", "ixgbevf", kernel({{&LinkStats::rx_dropped, 12}}), std::nullopt, 12, 0, 0, 0},
    ByHand{"igbvf", "igbvf", kernel({{&LinkStats::rx_dropped, 12}}), std::nullopt, 12, 0, 0, 0},
    ByHand{"idpf", "idpf", kernel({{&LinkStats::rx_dropped, 100}}), 100, std::nullopt, 9, 8, 0},
    ByHand{"bnxt_en", "bnxt_en-6.12",
           kernel({{&LinkStats::rx_missed_errors, 1330},
                   {&LinkStats::rx_dropped, 60},
                   {&LinkStats::tx_dropped, 7}}),
           1386, 4, 4, 2, 125},
    ByHand{"bnxt_en", "bnxt_en-6.1",
           kernel({{&LinkStats::rx_missed_errors, 330}, {&LinkStats::rx_dropped, 60}}), 390,
           std::nullopt, 4, 2, 20},
    ByHand{"e1000", "e1000",
           kernel({{&LinkStats::rx_missed_errors, 77},
                   {&LinkStats::rx_dropped, 12},
                   {&LinkStats::rx_errors, 9}}),
           77, 12, 9, 0, 0},
    ByHand{"e1000e", "e1000e",
           kernel({{&LinkStats::rx_missed_errors, 77}, {&LinkStats::rx_dropped, 12}}), 77, 12, 0, 0,
           0},
    ByHand{"nominal", nullptr, kernel({{&LinkStats::rx_dropped, 12}}), 12, std::nullopt, 0, 0, 0},
};

TEST(CounterSums, EachDriversLossesAreTheOnesDoneByHand) {
  for (const ByHand& row : kDrivers) {
    SCOPED_TRACE(std::string(row.driver) + " " + (row.statistics ? row.statistics : ""));
    Counting counting;
    counting.backlog_drops = 0;
    const Counters counters = counting.look(raw(row.driver, row.link, row.statistics)).counters;
    EXPECT_EQ(counters.in_drops, row.in_drops);
    EXPECT_EQ(counters.in_discards, row.in_drops);
    EXPECT_EQ(counters.unknown_protos, row.unknown_protos);
    EXPECT_EQ(counters.in_errors, row.in_errors);
    EXPECT_EQ(counters.out_errors, row.out_errors);
    EXPECT_EQ(counters.out_discards, row.out_discards);
  }
}

// Of one that tells its own share: 5 at the start.
Components virtioWith(std::uint64_t rx_dropped, Count own) {
  Components out = raw("virtio_net", kernel({{&LinkStats::rx_dropped, rx_dropped}}));
  out.driver.own_rx_drops = own;
  return out;
}
Components netvscWith(std::uint64_t rx_dropped) {
  return raw("hv_netvsc", kernel({{&LinkStats::rx_dropped, rx_dropped}}));
}

TEST(CounterSums, FramesThatNobodyWantsAreNoDrops) {
  Counting counting;
  counting.backlog_drops = 0;
  Counters counters;
  for (std::uint64_t second = 0; second <= 60; ++second) {
    counters = counting.look(netvscWith(70 * second)).counters;
    EXPECT_EQ(counters.in_drops, 0U);
    EXPECT_EQ(counters.unknown_protos, 70 * second);
  }
  EXPECT_EQ(counters.in_discards, 0U);
  EXPECT_EQ(counters.backlog_drops, 0U);
}

TEST(CounterSums, WhatABacklogDroppedIsADiscardAndNoDropOfTheDriver) {
  Counting counting;
  counting.backlog_drops = 0;
  Counters counters;
  for (std::uint64_t second = 0; second <= 60; ++second) {
    counting.backlog_drops = 500 * second;
    counters = counting.look(netvscWith(500 * second)).counters;
  }
  EXPECT_EQ(counters.in_drops, 0U);
  EXPECT_EQ(counters.backlog_drops, 30'000U);
  EXPECT_EQ(counters.in_discards, 30'000U);
  EXPECT_EQ(counters.unknown_protos, 0U);
}

TEST(CounterSums, ABacklogAndFramesThatNobodyWantsAreToldApartByTheBacklogsOwnCount) {
  Counting counting;
  Counters counters;
  for (std::uint64_t second = 0; second <= 60; ++second) {
    counting.backlog_drops = 500 * second;
    counters = counting.look(virtioWith(570 * second + 30 * second, 30 * second)).counters;
  }
  // The driver's share is read a moment later, so the stack's is one look behind.
  EXPECT_EQ(counters.in_drops, 1800U);
  EXPECT_EQ(*counters.backlog_drops + *counters.unknown_protos, 570U * 60 - 600);
  EXPECT_NEAR(static_cast<double>(*counters.backlog_drops), 500 * 60, 500);
  EXPECT_EQ(counters.in_discards, *counters.in_drops + *counters.backlog_drops);
}

TEST(CounterSums, AStatisticThatIsReadLaterThanTheKernelsCounterMakesNoStackDrops) {
  Counting counting;
  counting.backlog_drops = 0;
  std::uint64_t seconds = 0;
  Counters counters;
  for (; seconds < 100; ++seconds) {
    const std::uint64_t late = seconds % 3;  // the driver drops 10 between the two readings
    counters = counting.look(virtioWith(1000 * seconds, 1000 * seconds + 10 * late)).counters;
    EXPECT_EQ(counters.unknown_protos, 0U);
  }
}

TEST(CounterSums, WithoutABacklogCountNothingIsSaidOfProtocols) {
  Counting counting;
  const Counters counters = counting.look(netvscWith(70)).counters;
  EXPECT_EQ(counters.in_drops, 0U);
  EXPECT_EQ(counters.in_discards, 0U);
  EXPECT_EQ(counters.unknown_protos, std::nullopt);
  EXPECT_EQ(counters.backlog_drops, std::nullopt);
}

TEST(CounterSums, WhatWasCountedBeforeTheSplitWasKnownStaysInTheDrops) {
  Counting counting;
  counting.backlog_drops = 0;
  EXPECT_EQ(counting.look(virtioWith(1000, std::nullopt)).counters.in_drops, 1000U);
  EXPECT_EQ(counting.look(virtioWith(1010, 300)).counters.in_drops, 1000U);
  EXPECT_EQ(counting.look(virtioWith(1020, 305)).counters.in_drops, 1005U);
  const Counters counters = counting.look(virtioWith(1020, 305)).counters;
  EXPECT_EQ(counters.in_drops, 1005U);
  EXPECT_EQ(counters.unknown_protos, 15U);
}

TEST(CounterSums, AStateOfAnAgentThatDidNotSplitGoesOnFromItsDrops) {
  Counting before;
  Components unsplit;
  unsplit.link = kernel({{&LinkStats::rx_dropped, 1000}});
  EXPECT_EQ(before.look(unsplit).counters.in_drops, 1000U);
  Counting after;
  after.backlog_drops = 0;
  after.totals.restore(before.totals.save());
  EXPECT_EQ(after.look(netvscWith(1070)).counters.in_drops, 1000U);
  const Counters counters = after.look(netvscWith(1140)).counters;
  EXPECT_EQ(counters.in_drops, 1000U);
  EXPECT_EQ(counters.unknown_protos, 140U);
}

TEST(CounterSums, TheSplitOutlivesARestart) {
  Counting before;
  before.backlog_drops = 0;
  before.look(netvscWith(0));
  before.backlog_drops = 40;
  const Counters last = before.look(netvscWith(100)).counters;
  EXPECT_EQ(last.backlog_drops, 40U);
  Counting after;
  after.backlog_drops = 0;
  after.totals.restore(before.totals.save());
  const Counters first = after.look(netvscWith(107)).counters;
  EXPECT_EQ(first.in_drops, 0U);
  EXPECT_EQ(first.backlog_drops, 40U);
  EXPECT_EQ(first.unknown_protos, 67U);
}

// An upgrade is no spike: what a VF and the driver had lost by then was never in the counter.
TEST(CounterSums, LossesThatAnOlderAgentDidNotReadCountFromTheUpgradeOn) {
  Components older;
  older.link = kernel({{&LinkStats::rx_missed_errors, 7}});
  Counting before;
  EXPECT_EQ(before.look(older).counters.in_drops, 7U);
  Components newer = older;
  newer.vf_drops = 5000;
  newer.driver.hidden_rx_drops = 300;
  newer.driver.hidden_tx_errors = 40;
  Counting after;
  after.totals.restore(before.totals.save());
  const CounterUpdate first = after.look(newer);
  EXPECT_EQ(first.counters.in_drops, 7U);
  EXPECT_EQ(first.counters.out_errors, 0U);
  EXPECT_FALSE(first.discontinuity);
  newer.vf_drops = 5002;
  newer.driver.hidden_rx_drops = 301;
  newer.driver.hidden_tx_errors = 41;
  const Counters counters = after.look(newer).counters;
  EXPECT_EQ(counters.in_drops, 7U + 2 + 1);
  EXPECT_EQ(counters.out_errors, 1U);
}

TEST(CounterSums, StatisticsThatCannotBeReadGiveNoInstanceOfWhatDependsOnThem) {
  Counting counting;
  Components unread = raw("vmxnet3", kernel({{&LinkStats::rx_dropped, 5}}));
  unread.driver_unread = true;
  const Counters none = counting.look(unread).counters;
  EXPECT_EQ(none.in_drops, std::nullopt);
  EXPECT_EQ(none.in_discards, std::nullopt);
  EXPECT_EQ(none.out_errors, std::nullopt);
  EXPECT_EQ(none.out_discards, std::nullopt);
  EXPECT_EQ(none.in_unicast, std::nullopt);
  EXPECT_EQ(none.in_multicast, std::nullopt);
  EXPECT_EQ(none.in_packets, 1'000'000U);
  EXPECT_EQ(none.in_errors, 0U);
  // Once they were read, what is missing keeps its last total.
  const LinkStats link = kernel({{&LinkStats::rx_dropped, 16}});
  EXPECT_EQ(counting.look(raw("vmxnet3", link, "vmxnet3-losses")).counters.in_drops, 316U);
  unread.link = link;
  EXPECT_EQ(counting.look(unread).counters.in_drops, 316U);
}

TEST(CounterSums, LossesThatOnlyTellErrorsFromDiscardsMakeBothUnknownWhereTheyCannotBeRead) {
  Counting counting;
  Components unread = raw("hv_netvsc", kernel({{&LinkStats::tx_dropped, 5}}));
  unread.driver_unread = true;
  const Counters none = counting.look(unread).counters;
  EXPECT_EQ(none.out_errors, std::nullopt);
  EXPECT_EQ(none.out_discards, std::nullopt);
}

TEST(CounterSums, ADriverThatHasNoStatisticsAtAllIsCountedByTheKernelAlone) {
  Counting counting;
  counting.backlog_drops = 0;
  const Counters counters = counting.look(netvscWith(5)).counters;
  EXPECT_EQ(counters.in_drops, 0U);
  EXPECT_EQ(counters.out_errors, 0U);
}

TEST(CounterSums, ASumOfMulticastAndBroadcastIsNonUnicastAndNothingElse) {
  Counting counting;
  const Counters counters =
      counting.look(raw("hv_netvsc", kernel({{&LinkStats::multicast, 300}}))).counters;
  EXPECT_EQ(counters.in_non_unicast, 300U);
  EXPECT_EQ(counters.in_multicast, std::nullopt);
  EXPECT_EQ(counters.in_broadcast, std::nullopt);
  EXPECT_EQ(counters.in_unicast, 999'700U);
}

TEST(CounterSums, MulticastThatADriverDoesNotCountIsNoInstanceAlsoAfterAnUpgrade) {
  Counting before;
  Components counted;
  counted.link = kernel({});
  before.look(counted);
  Counting after;
  after.totals.restore(before.totals.save());
  const Counters counters = after.look(raw("virtio_net", kernel({}))).counters;
  EXPECT_EQ(counters.in_multicast, std::nullopt);
  EXPECT_EQ(counters.in_non_unicast, std::nullopt);
  EXPECT_EQ(counters.in_unicast, counters.in_packets);
}

TEST(CounterSums, TheDropsOfAFailoverAdapterAreThoseOfItsParts) {
  Counting counting;
  counting.backlog_drops = 0;
  Components master = raw("net_failover", kernel({{&LinkStats::rx_dropped, 99}}));
  master.vf_drops = 7;
  const Counters counters = counting.look(master).counters;
  EXPECT_EQ(counters.in_drops, 7U);
  EXPECT_EQ(counters.unknown_protos, std::nullopt);
}

// The kernel's counter is read before the backlogs', and the driver's statistic tells its share of
// it one look later.
TEST(CounterSums, ABacklogThatOverflowsBetweenTwoReadingsIsNoFrameThatNobodyWants) {
  Counting counting;
  counting.backlog_drops = 0;
  counting.look(virtioWith(5, 5));
  counting.backlog_drops = 3000;
  counting.look(virtioWith(5, 5));
  Counters counters;
  for (int look = 0; look < 5; ++look) counters = counting.look(virtioWith(3005, 5)).counters;
  EXPECT_EQ(counters.backlog_drops, 3000U);
  EXPECT_EQ(counters.unknown_protos, 0U);
}

TEST(CounterSums, WhatBacklogsDroppedBeforeTheFirstLookIsNobodys) {
  Counting counting;
  counting.backlog_drops = 40'000;
  EXPECT_EQ(counting.look(netvscWith(100)).counters.backlog_drops, 0U);
  const Counters counters = counting.look(netvscWith(170)).counters;
  EXPECT_EQ(counters.backlog_drops, 0U);
  EXPECT_EQ(counters.unknown_protos, 170U);
}

TEST(BacklogPool, WhatNobodyTookCanStillBeTakenInTheNextTwoSamplesAndNotLater) {
  BacklogPool pool;
  EXPECT_FALSE(pool.known());
  pool.add(0);
  pool.add(100);
  EXPECT_EQ(pool.take(30), 30U);
  pool.add(110);
  EXPECT_EQ(pool.take(75), 75U);
  pool.add(150);
  EXPECT_EQ(pool.take(15), 15U) << "5 and 10 that are left";
  pool.add(150);
  pool.add(150);
  EXPECT_EQ(pool.take(10), 10U);
  pool.add(150);
  EXPECT_EQ(pool.take(100), 0U);
  EXPECT_TRUE(pool.known());
}

TEST(BacklogPool, GivesNothingOfWhatWasDroppedBeforeItsFirstSample) {
  BacklogPool pool;
  pool.add(1000);
  EXPECT_EQ(pool.take(10), 0U);
  pool.add(1007);
  EXPECT_EQ(pool.take(10), 7U);
  pool.add(std::nullopt);
  EXPECT_FALSE(pool.known());
}

}  // namespace
}  // namespace hvnet
