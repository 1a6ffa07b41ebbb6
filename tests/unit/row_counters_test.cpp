#include "snapshot/publish/row_counters.h"

#include <gtest/gtest.h>

#include <memory>

#include "counters/counter_file.h"
#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using std::chrono::seconds;
using test::interfaceAt;

constexpr TimePoint kStart = TimePoint{} + seconds(100);

class RowCountersTest : public testing::Test {
 protected:
  using Access = CounterStorage::Access;

  RowCountersTest() : counters_(make()) {}

  RowCounters make(Access access = Access::kReadWrite, const std::string& boot = "this boot") {
    return {{"state", access, boot, &files_}, CounterTotals::Numbers::kDevices, log_};
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
  static Sample queuesOf(int kernel_index, std::vector<std::string> names,
                         std::vector<std::uint64_t> values) {
    Sample out = sampleOf(kernel_index, 0);
    out.stat_names = std::make_shared<const std::vector<std::string>>(std::move(names));
    out.stat_values = std::move(values);
    return out;
  }
  // Applies one sample of drops, a second after the last one.
  std::vector<std::size_t> apply(RowCounters& counters, int kernel_index, std::uint64_t drops) {
    now_ += seconds(1);
    return counters.apply(std::vector{sampleOf(kernel_index, drops)}, now_, now_);
  }
  // The drops that a process publishes which starts now and sees these.
  std::optional<std::uint64_t> dropsAfterARestart(std::uint64_t drops,
                                                  const std::string& boot = "this boot") {
    RowCounters next = make(Access::kReadWrite, boot);
    next.restore(interfaces_);
    next.follow(interfaces({1}), {});
    apply(next, 101, drops);
    Snapshot out;
    next.publish(out);
    return out.counters.at(0).in_drops;
  }
  // What is discontinued by the first sample of a process that starts now. A second one is not.
  std::vector<std::size_t> firstOf(const std::string& origin, bool served_before) {
    RowCounters next({"state", Access::kReadWrite, origin, &files_, served_before},
                     CounterTotals::Numbers::kDevices, log_);
    next.restore(interfaces_);
    next.follow(interfaces({1}), {});
    std::vector<std::size_t> first = apply(next, 101, 7);
    EXPECT_TRUE(apply(next, 101, 8).empty()) << "only the first sample";
    return first;
  }
  [[nodiscard]] Snapshot published() const {
    Snapshot out;
    counters_.publish(out);
    return out;
  }

  TimePoint now_ = kStart;
  std::vector<SourceInterface> interfaces_ = {test::interfaceOf(101, "lan0", 9)};
  test::MemoryLog log_;
  test::MemoryFiles files_;
  RowCounters counters_;
};

TEST_F(RowCountersTest, MoveWithTheirInterface) {
  counters_.follow(interfaces({2, 256}), {});
  counters_.apply(std::vector{sampleOf(102, 5), sampleOf(356, 6)}, kStart, kStart);
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
    const TimePoint when = kStart + seconds(static_cast<int>(second));
    counters_.apply(std::vector{sampleOf(101, drops), sampleOf(356, drops)}, when, when);
    if (second == 4) {
      EXPECT_EQ(published().rates[0].in_drops_rate, 30U);
    }
  }
  const Snapshot out = published();
  EXPECT_EQ(out.rates[0].in_drops_rate, std::nullopt) << "a reset is no drop";
  EXPECT_EQ(out.rates[0].resets, 1U);
  EXPECT_EQ(out.rates[1].in_drops_rate, std::nullopt);
}

TEST_F(RowCountersTest, KnowNoDropRateOfATimeInWhichNobodyLooked) {
  counters_.follow(interfaces({1}), {});
  for (std::uint64_t second = 0; second < 5; ++second) apply(counters_, 101, second * 30);
  EXPECT_EQ(published().rates[0].in_drops_rate, 30U);
  counters_.markInterrupted();
  EXPECT_EQ(published().rates[0].in_drops_rate, std::nullopt);
}

TEST_F(RowCountersTest, PublishEveryStatisticAsTheDriverPrintsIt) {
  counters_.follow(interfaces({1, 2}), {});
  Sample sample = sampleOf(102, 0);
  sample.stat_names = std::make_shared<const std::vector<std::string>>(
      std::vector<std::string>{"Tx Queue#", "rx_no_memory"});
  sample.stat_values = {0, 42};
  counters_.apply(std::vector{sample}, kStart, kStart);
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
  counters_.apply(samples, kStart, kStart);
  const Snapshot out = published();
  ASSERT_EQ(out.queues.size(), 2U);
  EXPECT_EQ(out.queues[0].index, IfIndex{1});
  EXPECT_EQ(out.queues[0].rx_packets, 102U);
  EXPECT_EQ(out.queues[1].rx_packets, 101U);
}

TEST_F(RowCountersTest, TellWhichRowsMayHaveLostIncrements) {
  counters_.follow(interfaces({1, 2}), {});
  counters_.apply(std::vector{sampleOf(101, 50), sampleOf(102, 50)}, kStart, kStart);
  counters_.markInterrupted();
  EXPECT_EQ(counters_.apply(std::vector{sampleOf(101, 51), sampleOf(102, 3)}, kStart + seconds(1),
                            kStart + seconds(1)),
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

TEST_F(RowCountersTest, PublishEachQueueWithWhatTheDriverCountsOfIt) {
  counters_.follow(interfaces({1}), {});
  const Sample sample =
      queuesOf(101, {"rx_queue_0_packets", "rx_queue_0_bytes", "tx_queue_1_packets"}, {5, 500, 7});
  counters_.apply(std::vector{sample}, kStart, kStart);
  const auto queues = published().queues;
  ASSERT_EQ(queues.size(), 2U);
  EXPECT_EQ(queues[0].index, IfIndex{1});
  EXPECT_EQ(queues[0].queue, 0U);
  EXPECT_EQ(queues[0].rx_packets, 5U);
  EXPECT_EQ(queues[0].rx_octets, 500U);
  EXPECT_EQ(queues[0].tx_packets, std::nullopt);
  EXPECT_EQ(queues[1].queue, 1U);
  EXPECT_EQ(queues[1].tx_packets, 7U);
}

TEST_F(RowCountersTest, NeverLetAQueuesCounterGoDown) {
  counters_.follow(interfaces({1}), {});
  const auto see = [&](std::vector<std::string> names, std::vector<std::uint64_t> values) {
    now_ += seconds(1);
    counters_.apply(std::vector{queuesOf(101, std::move(names), std::move(values))}, now_, now_);
    return published().queues;
  };
  const std::vector<std::string> names = {"rx_queue_0_packets", "tx_queue_1_packets"};
  see(names, {5, 7});
  auto queues = see(names, {1, 8});
  EXPECT_EQ(queues[0].rx_packets, 6U);
  EXPECT_EQ(queues[1].tx_packets, 8U);
  queues = see({"rx_queue_0_packets"}, {2});  // the driver no longer shows the other one
  ASSERT_EQ(queues.size(), 2U);
  EXPECT_EQ(queues[0].rx_packets, 7U);
  counters_.follow(interfaces({2}), {});
  EXPECT_TRUE(published().queues.empty());
  counters_.follow(interfaces({1}), {});
  queues = see(names, {3, 9});
  EXPECT_EQ(queues[0].rx_packets, 8U) << "it has come back";
}

TEST_F(RowCountersTest, RaiseNoAlarmOverAnythingButDrops) {
  AlarmOptions alarms;
  alarms.all.rising = 1;
  counters_.follow(interfaces({1}), alarms);
  std::uint64_t packets = 1000;
  const auto see = [&](std::uint64_t shown_packets, std::uint64_t drops) {
    Sample sample = sampleOf(101, drops);
    sample.raw.link.rx_packets = shown_packets;
    now_ += seconds(1);
    counters_.apply(std::vector{sample}, now_, now_);
    ASSERT_EQ(published().rates[0].alarm, AlarmState::kQuiet);
  };
  for (int second = 0; second < 30; ++second) see(packets += 10, 5000);
  for (int second = 0; second < 3; ++second) see(0, 0);                  // down
  for (int second = 0; second < 30; ++second) see(packets += 10, 6000);  // and goes on
  for (int second = 0; second < 30; ++second) see(packets / 20, 500);    // starts again
  counters_.follow(interfaces({}), alarms);
  counters_.follow(interfaces({1}), alarms);
  for (int second = 0; second < 30; ++second) see(packets / 20, 9000);  // has returned
  counters_.markInterrupted();
  for (int second = 0; second < 30; ++second) see(packets / 20, 20'000);
}

// A VF is a part of its adapter.
class VfOfAnAdapter : public RowCountersTest {
 protected:
  // The rows with these kernel indexes, of which 0 is not there.
  void follow(int adapter, int vf, const char* key_of_vf = "the VF") {
    Interfaces all;
    std::vector<PresentInterface> keys;
    const auto add = [&](std::uint32_t row, int kernel_index, const char* key) {
      if (kernel_index == 0) return;
      // With indexOrder kernel, a row has the kernel's number.
      all.rows.push_back(test::interfaceAt(row));
      all.rows.back().kernel_index = KernelIndex{kernel_index};
      all.rows.back().adapter = row == 1;
      keys.push_back({KernelIndex{kernel_index}, key});
    };
    add(1, adapter, "the adapter");
    add(static_cast<std::uint32_t>(vf), vf, key_of_vf);
    if (adapter != 0 && vf != 0) {
      all.rows[0].facts.parts.push_back(IfIndex{static_cast<std::uint32_t>(vf)});
    }
    std::ranges::sort(keys, {}, &PresentInterface::index);
    counters_.follow(all, {}, {}, keys);
    adapter_ = adapter;
    vf_ = vf;
  }
  // Both see traffic; the device of the VF shows these drops.
  Count drops(std::uint64_t of_vf) {
    std::vector<Sample> samples;
    if (adapter_ != 0) samples.push_back(sampleOf(adapter_, 0));
    if (vf_ != 0) samples.push_back(sampleOf(vf_, of_vf));
    now_ += seconds(1);
    counters_.apply(samples, now_, now_);
    return adapter_ == 0 ? std::nullopt : published().counters[0].in_drops;
  }

  // The process is another one from now on.
  void restart() {
    counters_.save(interfaces_);
    counters_ = make();
    counters_.restore(interfaces_);
  }

 private:
  int adapter_ = 0;
  int vf_ = 0;
};

TEST_F(VfOfAnAdapter, WithoutALossHasNone) {
  follow(101, 356);
  EXPECT_EQ(drops(0), 0U);
}

TEST_F(VfOfAnAdapter, ThatReturnsWithAnotherNumberBringsNoLossTwice) {
  follow(101, 356);
  EXPECT_EQ(drops(500), 500U);
  follow(101, 0);
  EXPECT_EQ(drops(0), 500U);
  follow(101, 357);
  EXPECT_EQ(drops(3), 503U) << "a new device of the same VF";
}

TEST_F(VfOfAnAdapter, ThatStaysBringsNoLossTwiceWhenTheAdapterReturns) {
  follow(101, 356);
  EXPECT_EQ(drops(500), 500U);
  follow(0, 356);
  drops(500);
  follow(102, 356);
  EXPECT_EQ(drops(500), 500U);
  EXPECT_EQ(drops(503), 503U);
  follow(103, 357);
  EXPECT_EQ(drops(2), 505U) << "both in one look";
}

TEST_F(VfOfAnAdapter, ThatWasAwayAtAStartOfTheProcessBringsNoLossTwice) {
  follow(101, 356);
  EXPECT_EQ(drops(500), 500U);
  follow(101, 0);
  EXPECT_EQ(drops(0), 500U);
  restart();
  follow(101, 357, "another VF");
  EXPECT_EQ(drops(0), 500U) << "it has lost nothing";
  follow(101, 358);
  EXPECT_EQ(drops(3), 503U);
}

TEST_F(VfOfAnAdapter, ThatIsAwayAfterAStartOfTheProcessTakesNoLossAway) {
  follow(101, 356);
  EXPECT_EQ(drops(500), 500U);
  follow(101, 0);
  drops(0);
  restart();
  follow(101, 0);
  EXPECT_EQ(drops(0), 500U);
  EXPECT_EQ(drops(0), 500U);
  follow(101, 357);
  EXPECT_EQ(drops(4), 504U);
}

TEST_F(VfOfAnAdapter, ThatIsAnotherOneTakesNothingAway) {
  follow(101, 356);
  EXPECT_EQ(drops(500), 500U);
  follow(101, 357, "another VF");
  EXPECT_EQ(drops(3), 503U);
  follow(0, 357, "another VF");
  drops(3);
  follow(102, 357, "another VF");
  EXPECT_EQ(drops(4), 504U);
}

// The file

TEST_F(RowCountersTest, GoOnAfterARestartWhereTheLastProcessStood) {
  counters_.follow(interfaces({1}), {});
  apply(counters_, 101, 1000);
  apply(counters_, 101, 10);  // the driver started again
  counters_.save(interfaces_);
  EXPECT_EQ(dropsAfterARestart(15), 1015U);
  EXPECT_EQ(dropsAfterARestart(15, "next boot"), 15U);
}

TEST_F(RowCountersTest, ReadAFileOfVersion1AndGiveNobodyAnothersCounters) {
  files_.files["state/counters.saved"] =
      "hvnet-counters 1\nboot this%20boot\n"
      "101 name lan0 resets 1 discards 0 in_unicast 0 out_unicast 0 rx_dropped 10 1010\nend 1\n";
  EXPECT_EQ(dropsAfterARestart(15), 1015U);
  EXPECT_EQ(log_.lines.size(), 0U);
  interfaces_.front().link.name = "other0";
  EXPECT_EQ(dropsAfterARestart(15), 15U);
}

TEST_F(RowCountersTest, KeepTheTotalsOfThoseThatAreGoneInTheFile) {
  counters_.follow(interfaces({1}), {});
  apply(counters_, 101, 1000);
  counters_.follow(interfaces({}), {});
  counters_.save({});
  Interfaces back = interfaces({1});
  back.rows[0].kernel_index = KernelIndex{150};
  RowCounters next = make();
  next.restore({});
  next.follow(back, {});
  EXPECT_EQ(apply(next, 150, 7), std::vector<std::size_t>{0});
  Snapshot out;
  next.publish(out);
  EXPECT_EQ(out.counters[0].in_drops, 1007U);
}

TEST_F(RowCountersTest, SaveAResetAtOnceAndElseOnceAMinute) {
  counters_.follow(interfaces({1}), {});
  apply(counters_, 101, 1000);
  for (int second = 0; second < 60; ++second) {
    counters_.tick(interfaces_, kStart + seconds(second));
  }
  EXPECT_EQ(files_.writes, 0);
  counters_.tick(interfaces_, kStart + seconds(60));
  EXPECT_EQ(files_.writes, 1);
  apply(counters_, 101, 10);
  counters_.tick(interfaces_, kStart + seconds(61));
  EXPECT_EQ(files_.writes, 2);
}

TEST_F(RowCountersTest, SayOnceThatTheyCannotBeSavedAndGoOn) {
  files_.refusing = true;
  counters_.follow(interfaces({1}), {});
  apply(counters_, 101, 1000);
  counters_.save(interfaces_);
  counters_.save(interfaces_);
  EXPECT_EQ(log_.count("No space left"), 1U);
  apply(counters_, 101, 1001);
  EXPECT_EQ(published().counters[0].in_drops, 1001U);
}

TEST_F(RowCountersTest, RefuseABrokenFileWholeAndSayWhere) {
  files_.files["state/counters.saved"] = "hvnet-counters 2\nboot x\nnonsense\n";
  EXPECT_EQ(dropsAfterARestart(15), 15U);
  EXPECT_EQ(log_.count("state/counters.saved:3: "), 1U);
}

TEST_F(RowCountersTest, ThatAreLostAreADiscontinuityOfAll) {
  EXPECT_TRUE(firstOf("a", false).empty()) << "nobody has seen other values";
  EXPECT_EQ(firstOf("a", true), std::vector<std::size_t>{0});
  files_.files["state/counters.saved"] = "nonsense\n";
  EXPECT_EQ(firstOf("a", true), std::vector<std::size_t>{0});
}

TEST_F(RowCountersTest, OfAnotherNamespaceOrSourceAreLostUnlessTheMachineBooted) {
  files_.files["state/counters.saved"] = formatCounters({"a/net:[1]", {}});
  EXPECT_TRUE(firstOf("a/net:[1]", true).empty());
  EXPECT_EQ(firstOf("a/net:[2]", true), std::vector<std::size_t>{0});
  EXPECT_EQ(firstOf("a/net:[1] report", true), std::vector<std::size_t>{0});
  EXPECT_TRUE(firstOf("b/net:[1]", true).empty()) << "whoever asks starts anew as well";
  EXPECT_EQ(firstOf("", true), std::vector<std::size_t>{0}) << "nothing is ever saved";
}

TEST_F(RowCountersTest, AreOnlyReadForAShow) {
  RowCounters shown = make(Access::kReadOnly);
  shown.follow(interfaces({1}), {});
  apply(shown, 101, 1000);
  shown.tick(interfaces_, kStart);
  shown.save(interfaces_);
  EXPECT_EQ(files_.writes, 0);
}

}  // namespace
}  // namespace hvnet
