#include "counters/traffic_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "counting.h"

namespace hvnet {
namespace {

using test::carried;
using test::Counting;

// hv_netvsc: a VF and channels. Octets are packets times 100, received twice what is sent.
class Netvsc {
 public:
  std::uint64_t vf = 0;  // packets received
  std::vector<std::uint64_t> channels = {0, 0};

  [[nodiscard]] Components totals() const {
    std::uint64_t packets = vf;
    for (const std::uint64_t channel : channels) packets += channel;
    return carried(packets, packets / 2, packets * 100, packets / 2 * 100);
  }
  // The statistics as they are now, beside totals that were read before.
  CounterUpdate look(Counting& lan0, Components totals) {
    names_ = std::make_shared<std::vector<std::string>>();
    values_.clear();
    const auto add = [this](const std::string& name, std::uint64_t value) {
      names_->push_back(name);
      values_.push_back(value);
    };
    totals.driver.vf = {vf, vf * 100, {}, {}};
    for (std::size_t i = 0; i < channels.size(); ++i) {
      add("rx_queue_" + std::to_string(i) + "_packets", channels[i]);
      add("rx_queue_" + std::to_string(i) + "_bytes", channels[i] * 100);
    }
    const StatNameList names = names_;
    return lan0.look(totals, {&names, values_});
  }
  CounterUpdate look(Counting& lan0) { return look(lan0, totals()); }

 private:
  std::shared_ptr<std::vector<std::string>> names_;
  std::vector<std::uint64_t> values_;
};

// Nothing is sent here, so that the totals of what is sent never step back.
Components received(std::uint64_t packets) {
  return carried(packets, 0, packets * 100, 0);
}

class TrafficPartsTest : public testing::Test {
 protected:
  CounterUpdate look() { return netvsc_.look(lan0_, received(sum())); }
  // The statistics are read when this much more has come in through the VF.
  CounterUpdate lookWithLateStatistics(std::uint64_t more) {
    const Components totals = received(sum());
    netvsc_.vf += more;
    return netvsc_.look(lan0_, totals);
  }
  [[nodiscard]] std::uint64_t sum() const {
    std::uint64_t packets = netvsc_.vf;
    for (const std::uint64_t channel : netvsc_.channels) packets += channel;
    return packets;
  }

  Counting lan0_;
  Netvsc netvsc_;
};

TEST_F(TrafficPartsTest, BridgeAnMtuChangeExactly) {
  netvsc_.vf = 500'000'000;
  netvsc_.channels = {150'000, 50'000};
  EXPECT_EQ(look().counters.in_octets, 50'020'000'000U);
  netvsc_.channels = {7, 3};
  netvsc_.vf += 90;
  const CounterUpdate update = look();
  EXPECT_EQ(update.counters.in_octets, 50'020'010'000U);
  EXPECT_EQ(update.counters.in_packets, 500'200'100U);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_TRUE(update.interrupted);
  EXPECT_EQ(look().resets, 1U);
}

TEST_F(TrafficPartsTest, SeeARestartThatTheTotalHasOvertaken) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {1000, 0};
  look();
  netvsc_.vf += 5000;
  netvsc_.channels = {10, 0};
  const CounterUpdate update = look();
  EXPECT_EQ(update.counters.in_packets, 1'001'000U + 5010);
  EXPECT_EQ(update.resets, 1U);
}

TEST_F(TrafficPartsTest, KeepWhatAChannelCountedThatIsNoLongerThere) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {1000, 2000};
  look();
  netvsc_.channels = {5};
  EXPECT_EQ(look().counters.in_packets, 1'003'005U);
  netvsc_.channels = {6, 10};
  EXPECT_EQ(look().counters.in_packets, 1'003'016U);
}

TEST_F(TrafficPartsTest, KeepWhatAVfCountedThatStartsAgain) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {1000, 2000};
  look();
  netvsc_.vf = 50;
  const CounterUpdate update = look();
  EXPECT_EQ(update.counters.in_packets, 1'003'050U);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(TrafficPartsTest, KnowThatAllThatAVfCountsStartsAgainAtOnce) {
  const StatNameList names = std::make_shared<const std::vector<std::string>>(
      std::vector<std::string>{"rx_queue_0_packets", "rx_queue_0_bytes"});
  const std::vector<std::uint64_t> channel = {1000, 140'000};
  const auto look = [&](std::uint64_t packets, std::uint64_t octets) {
    Components raw = carried(packets + channel[0], 0, octets + channel[1], 0);
    raw.driver.vf = {packets, octets, {}, {}};
    return lan0_.look(raw, {&names, channel}).counters;
  };
  look(1000, 60'000);
  const Counters restarted = look(500, 750'000);
  EXPECT_EQ(restarted.in_packets, 2500U);
  EXPECT_EQ(restarted.in_octets, 950'000U);
}

TEST_F(TrafficPartsTest, KnowThatAllChannelsStartAgainAtOnce) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {1000, 5};
  look();
  netvsc_.channels = {3, 40};  // the second one has overtaken what it was
  EXPECT_EQ(look().counters.in_packets, 1'001'048U);
}

TEST_F(TrafficPartsTest, WaitForATotalThatWasReadBeforeTheRestart) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {20'000, 0};
  look();
  const Components before = received(sum() + 30);  // 30 more by the channel before it went
  netvsc_.channels = {1, 0};
  const CounterUpdate late = netvsc_.look(lan0_, before);
  EXPECT_EQ(late.counters.in_packets, 1'020'030U);
  EXPECT_EQ(late.resets, 0U);
  netvsc_.channels = {4, 0};
  const CounterUpdate update = look();
  EXPECT_EQ(update.counters.in_packets, 1'020'034U);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(TrafficPartsTest, PublishTheKernelsTotalWhileNothingRestarts) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 300; ++i) {
    netvsc_.vf += random() % 1000;
    netvsc_.channels[random() % 2] += random() % 1000;
    const std::uint64_t total = sum();
    EXPECT_EQ(lookWithLateStatistics(random() % 50).counters.in_packets, total);
  }
}

TEST_F(TrafficPartsTest, LeaveATotalAloneThatIsNotTheirs) {
  netvsc_.vf = 50'000;
  netvsc_.channels = {3000, 6000};
  netvsc_.look(lan0_, received(300));
  netvsc_.channels = {10, 20};
  const CounterUpdate update = netvsc_.look(lan0_, received(305));
  EXPECT_EQ(update.counters.in_packets, 305U);
  EXPECT_EQ(update.resets, 0U);
}

TEST_F(TrafficPartsTest, ExplainNothingAfterATotalThatTheyDidNotExplain) {
  netvsc_.vf = 600;
  netvsc_.channels = {400, 0};
  look();
  netvsc_.channels = {10, 0};
  EXPECT_TRUE(netvsc_.look(lan0_, received(950)).discontinuity);
  netvsc_.channels = {15, 0};
  const CounterUpdate update = netvsc_.look(lan0_, received(615));
  EXPECT_EQ(update.counters.in_packets, 1000U);
  EXPECT_TRUE(update.discontinuity);
}

TEST_F(TrafficPartsTest, SurviveZerosInTheMiddleOfARestart) {
  netvsc_.vf = 1'000'000;
  netvsc_.channels = {20'000, 0};
  look();
  lan0_.look(received(0));  // the device is being rebuilt, and has no statistics
  netvsc_.channels = {5, 0};
  const CounterUpdate update = look();
  EXPECT_EQ(update.counters.in_packets, 1'020'005U);
  EXPECT_FALSE(update.discontinuity);
}

// Restarts at any time, also between the reading of the totals and of the statistics.
TEST_F(TrafficPartsTest, LoseNothingAndInventNothing) {
  std::mt19937_64 random(12);
  netvsc_.vf = 1'000'000;
  look();
  std::uint64_t truth = sum();
  std::uint64_t last = truth;
  const auto carry = [&](std::uint64_t most) {
    const std::uint64_t by_vf = random() % most;
    const std::uint64_t by_channel = random() % most;
    netvsc_.vf += by_vf;
    netvsc_.channels[random() % netvsc_.channels.size()] += by_channel;
    truth += by_vf + by_channel;
  };
  for (int i = 0; i < 2000; ++i) {
    // A channel that had counted less than it counts in the instant between the two readings does
    // not show that it started again.
    const bool shows = std::ranges::min(netvsc_.channels) > 40;
    const auto when = shows ? random() % 20 : 2;
    // In the instant of the last look, so that it can be known what was counted before.
    if (when == 0) netvsc_.channels.assign(1 + random() % 4, 0);
    carry(100'000);
    const Components totals = received(sum());
    const std::uint64_t truth_of_totals = truth;
    if (when == 1) netvsc_.channels.assign(netvsc_.channels.size(), 0);
    carry(20);
    const CounterUpdate update = netvsc_.look(lan0_, totals);
    ASSERT_GE(*update.counters.in_packets, last) << i;
    last = *update.counters.in_packets;
    // The statistics are up to 40 packets later than the totals.
    ASSERT_LE(last, truth) << i;
    ASSERT_GE(last + 4000, truth_of_totals) << i;
    ASSERT_FALSE(update.discontinuity) << i;
  }
}

}  // namespace
}  // namespace hvnet
