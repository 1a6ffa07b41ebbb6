#include "counters/queue_stats.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "counters/driver_stats.h"

namespace hvnet {

std::ostream& operator<<(std::ostream& out, const QueueStats& stats) {
  const auto part = [&out](const char* name, const std::optional<std::uint64_t>& count) {
    out << " " << name << " " << (count ? std::to_string(*count) : "-");
  };
  out << "queue " << stats.queue;
  part("rx_packets", stats.rx_packets);
  part("tx_packets", stats.tx_packets);
  part("rx_octets", stats.rx_octets);
  part("tx_octets", stats.tx_octets);
  return out;
}

namespace {

using Queues = std::vector<QueueStats>;
constexpr std::nullopt_t kNone = std::nullopt;

Queues queuesOf(const std::vector<DriverStat>& stats) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> values;
  for (const DriverStat& stat : stats) {
    names.push_back(stat.name);
    values.push_back(stat.value);
  }
  return QueuePlan(names).queues(values);
}

std::vector<DriverStat> fixture(const std::string& driver) {
  std::ifstream in(std::filesystem::path(HVNET_FIXTURES) / driver / "statistics");
  EXPECT_TRUE(in) << driver;
  std::ostringstream text;
  text << in.rdbuf();
  auto stats = parseStatisticsText(text.str(), driver);
  EXPECT_TRUE(stats) << stats.error().text;
  return stats ? *stats : std::vector<DriverStat>{};
}

struct ByHand {
  const char* fixture;
  Queues queues;  // queue, rx packets, tx packets, rx octets, tx octets
};

TEST(QueueStats, EachDriversQueuesAreTheOnesDoneByHand) {
  const std::array rows = {
      ByHand{"hv_netvsc", {{0, 3000, 1000, 2100000, 640000}, {1, 6000, 2000, 4200000, 1280000}}},
      // The VF's own traffic goes through no queue of the synthetic device.
      ByHand{"hv_netvsc-vf", {{0, 3000, 1000, 2100000, 640000}, {1, 6000, 2000, 4200000, 1280000}}},
      // rx: 3 + 2 + 0 packets, 260 + 220 + 0 octets; tx: 2 + 8 + 1 packets, 196 + 672 + 42 octets
      ByHand{"vmxnet3", {{0, 5, 11, 480, 910}}},
      ByHand{"vmxnet3-queues",
             {{0, 5, 11, 480, 910},
              {1, 50, 110, 4800, 9100},
              {2, 500, 1100, 48000, 91000},
              {3, 5000, 11000, 480000, 910000}}},
      ByHand{"virtio_net", {{0, 5, 11, 480, 910}}},
      ByHand{"xen_netfront", {}},
  };
  for (const ByHand& row : rows)
    EXPECT_EQ(queuesOf(fixture(row.fixture)), row.queues) << row.fixture;
}

TEST(QueueStats, ANewerVirtioNetLeavesTheWordQueueOut) {
  EXPECT_EQ(queuesOf({{"rx0_packets", 1},
                      {"rx0_bytes", 2},
                      {"rx0_drops", 3},
                      {"rx0_xdp_packets", 4},
                      {"rx0_hw_packets", 5},
                      {"rx10_packets", 6},
                      {"tx0_packets", 7},
                      {"tx0_bytes", 8},
                      {"tx0_kicks", 9}}),
            (Queues{{0, 1, 7, 2, 8}, {10, 6, kNone, kNone, kNone}}));
}

TEST(QueueStats, QueuesAreAscendingWhateverTheDriversOrder) {
  EXPECT_EQ(queuesOf({{"tx_queue_11_bytes", 1}, {"rx_queue_2_bytes", 2}, {"rx_queue_11_bytes", 3}}),
            (Queues{{2, kNone, kNone, 2, kNone}, {11, kNone, kNone, 3, 1}}));
}

TEST(QueueStats, AHeadingsValueIsTheQueuesNumber) {
  EXPECT_EQ(queuesOf({{"Tx Queue#", 6},
                      {"ucast pkts tx", 1},
                      {"bcast pkts tx", 2},
                      {"ucast pkts rx", 100},
                      {"Rx Queue#", 4},
                      {"mcast bytes rx", 3},
                      {"ucast bytes tx", 100}}),
            (Queues{{4, kNone, kNone, 3, kNone}, {6, kNone, 3, kNone, kNone}}))
      << "and what is not of the heading's direction is not the queue's";
}

TEST(QueueStats, AHeadingsValueThatIsNoNumberOfAQueueHidesItsSection) {
  EXPECT_EQ(queuesOf({{"Tx Queue#", std::numeric_limits<std::uint64_t>::max()},
                      {"ucast pkts tx", 1},
                      {"Tx Queue#", 1},
                      {"ucast pkts tx", 2}}),
            (Queues{{1, kNone, 2, kNone, kNone}}));
}

TEST(QueueStats, WhatIsNoCounterOfAQueueIsNone) {
  const std::vector<DriverStat> stats = {{"rx_packets", 1},
                                         {"rx_queue_packets", 1},
                                         {"rx_queue__packets", 1},
                                         {"rx_queue_a_packets", 1},
                                         {"rx_queue_0_drops", 1},
                                         {"rx_queue_0_xdp_packets", 1},
                                         {"rx_queue_-1_packets", 1},
                                         {"cpu0_rx_packets", 1},
                                         {"vf_rx_packets", 1},
                                         {"rx_queue_0_packets_x", 1},
                                         {"ucast pkts tx", 1},
                                         {"", 1},
                                         {"rx_queue_0", 1},
                                         {"xrx_queue_0_bytes", 1},
                                         {"rx0", 1},
                                         {"rx_bytes", 1},
                                         {"tx_4294967296_bytes", 1},
                                         {"tx4294967296_bytes", 1}};
  EXPECT_EQ(queuesOf(stats), Queues{});
}

TEST(QueueStats, APlanServesManySamplesAndKnowsWhetherThereAreQueues) {
  const std::vector<std::string> names = {"other", "rx_queue_0_packets"};
  const QueuePlan plan(names);
  EXPECT_FALSE(plan.empty());
  EXPECT_EQ(plan.queues(std::array<std::uint64_t, 2>{9, 5}), (Queues{{0, 5, kNone, kNone, kNone}}));
  EXPECT_EQ(plan.queues(std::array<std::uint64_t, 2>{9, 6}), (Queues{{0, 6, kNone, kNone, kNone}}));
  EXPECT_TRUE(QueuePlan().empty());
  EXPECT_EQ(QueuePlan().queues({}), Queues{});
}

}  // namespace
}  // namespace hvnet
