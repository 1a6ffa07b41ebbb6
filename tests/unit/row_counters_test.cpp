#include "snapshot/row_counters.h"

#include <gtest/gtest.h>

#include <memory>

#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using std::chrono::seconds;
using test::interfaceAt;

constexpr TimePoint kStart = TimePoint{} + seconds(100);

class RowCountersTest : public testing::Test {
 protected:
  RowCountersTest()
      : counters_(CounterKeeper("state", CounterKeeper::Access::kReadWrite, "boot", log_, files_)) {
  }

  // Rows 1 and 2 are adapters (kernel indexes 101 and 102), 256 is not (356).
  static Interfaces interfaces(const std::vector<std::uint32_t>& indexes) {
    Interfaces out;
    for (const std::uint32_t index : indexes) {
      out.rows.push_back(interfaceAt(index));
      out.rows.back().adapter = index < 256;
    }
    return out;
  }
  static Sample sampleOf(int kernel_index, std::uint64_t drops) {
    Sample out{KernelIndex{kernel_index}, {}};
    out.raw.link.rx_dropped = drops;
    return out;
  }
  [[nodiscard]] Snapshot published() const {
    Snapshot out;
    counters_.publish(out);
    return out;
  }

  test::MemoryLog log_;
  test::MemoryFiles files_;
  RowCounters counters_;
};

TEST_F(RowCountersTest, MoveWithTheirInterface) {
  counters_.follow(interfaces({2, 256}), {});
  counters_.take(std::vector{sampleOf(102, 5), sampleOf(356, 6)}, kStart);
  counters_.follow(interfaces({1, 2, 256}), {});
  const Snapshot out = published();
  ASSERT_EQ(out.counters.size(), 3U);
  EXPECT_EQ(out.counters[0], Counters{});
  EXPECT_EQ(out.counters[1].in_drops, 5U);
  EXPECT_EQ(out.counters[2].in_drops, 6U);
}

TEST_F(RowCountersTest, KnowTheDropRateAndTheResetsOfAdapters) {
  counters_.follow(interfaces({1, 256}), {});
  for (std::uint64_t second = 0; second <= 5; ++second) {
    const std::uint64_t drops = second < 5 ? second * 30 : 0;
    counters_.take(std::vector{sampleOf(101, drops), sampleOf(356, drops)},
                   kStart + seconds(static_cast<int>(second)));
    if (second == 4) {
      EXPECT_EQ(published().rates[0].in_drops_rate, 30U);
    }
  }
  const Snapshot out = published();
  EXPECT_EQ(out.rates[0].in_drops_rate, std::nullopt) << "a reset is no drop";
  EXPECT_EQ(out.rates[0].resets, 1U);
  EXPECT_EQ(out.rates[1].in_drops_rate, std::nullopt);
}

TEST_F(RowCountersTest, PublishEveryStatisticAsTheDriverPrintsIt) {
  counters_.follow(interfaces({1, 2}), {});
  Sample sample = sampleOf(102, 0);
  sample.stat_names = std::make_shared<const std::vector<std::string>>(
      std::vector<std::string>{"Tx Queue#", "rx_no_memory"});
  sample.stat_values = {0, 42};
  counters_.take(std::vector{sample}, kStart);
  const Snapshot out = published();
  ASSERT_EQ(out.driver_stats.size(), 2U);
  EXPECT_EQ(out.driver_stats[0].index, IfIndex{2});
  EXPECT_EQ(out.driver_stats[0].number, 1U);
  EXPECT_EQ(out.driver_stats[0].name, "Tx Queue#");
  EXPECT_EQ(out.driver_stats[1].number, 2U);
  EXPECT_EQ(out.driver_stats[1].value, 42U);
}

TEST_F(RowCountersTest, OrderQueuesByTheirRowNotByTheKernelsNumbers) {
  Interfaces swapped = interfaces({1, 2});
  std::swap(swapped.rows[0].kernel_index, swapped.rows[1].kernel_index);
  counters_.follow(swapped, {});
  std::vector samples = {sampleOf(101, 0), sampleOf(102, 0)};
  for (Sample& sample : samples) {
    sample.stat_names = std::make_shared<const std::vector<std::string>>(
        std::vector<std::string>{"rx_queue_0_packets"});
    sample.stat_values = {static_cast<std::uint64_t>(sample.index)};
  }
  counters_.take(samples, kStart);
  const Snapshot out = published();
  ASSERT_EQ(out.queues.size(), 2U);
  EXPECT_EQ(out.queues[0].index, IfIndex{1});
  EXPECT_EQ(out.queues[0].rx_packets, 102U);
  EXPECT_EQ(out.queues[1].rx_packets, 101U);
}

TEST_F(RowCountersTest, TellWhichRowsMayHaveLostIncrements) {
  counters_.follow(interfaces({1, 2}), {});
  counters_.take(std::vector{sampleOf(101, 50), sampleOf(102, 50)}, kStart);
  counters_.markInterrupted();
  EXPECT_EQ(counters_.take(std::vector{sampleOf(101, 51), sampleOf(102, 3)}, kStart + seconds(1)),
            std::vector<std::size_t>{1});
}

TEST_F(RowCountersTest, PutsWhatWasSetOverTheConfiguredThresholds) {
  AlarmOptions alarms;
  alarms.all.rising = 80;
  Settings settings;
  settings[IfIndex{2}].rising = 90;
  settings[IfIndex{2}].ratio = 0;
  counters_.follow(interfaces({1, 2, 256}), alarms, settings);
  EXPECT_EQ(published().rates[0].settings.rising, 80U);
  EXPECT_EQ(published().rates[1].settings.rising, 90U);
  EXPECT_EQ(published().rates[1].settings.ratio, 0U);
  counters_.follow(interfaces({1, 2, 256}), alarms);
  EXPECT_EQ(published().rates[1].settings.rising, 80U);
}

}  // namespace
}  // namespace hvnet
