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
  Queues queues;
  QueuePlan(names).read(values, queues);
  return queues;
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
      ByHand{"virtio_net-6.1",
             {{0, 77805, 5000, 12909598, 3200000}, {1, 341999, 6000, 34136159, 3840000}}},
      // From Linux 6.10 on only the kernel tells them (netdev_queues.h), not ethtool.
      ByHand{"virtio_net-6.10", {}},
      ByHand{"virtio_net-device-stats", {}},
      ByHand{"ena-6.12",
             {{0, 183700, 33539, 262838443, 3794749}, {1, 91000, 32452, 130000000, 3200766}}},
      ByHand{"gve-6.12",
             {{0, kNone, kNone, 558287, 221475}, {1, kNone, kNone, 850131019, 1199173}}},
      ByHand{"mana-6.12",
             {{0, 40000, 5000, 40000000, 3000000}, {1, 50000, 7000, 55000000, 5000000}}},
      ByHand{"mlx4_en", {{0, 40000, 5000, 40000000, 3000000}, {1, 50000, 7000, 55000000, 5000000}}},
      ByHand{"mlx5_core",
             {{0, 100000, 30000, 70000000, 19000000}, {1, 200000, 70000, 130000000, 45000000}}},
      // Queues that are not in use are in the list, with zeros.
      ByHand{
          "iavf",
          {{0, 0, 134, 0, 10988}, {1, 0, 53, 0, 3710}, {2, 142, 7, 12052, 626}, {3, 0, 0, 0, 0}}},
      ByHand{"idpf",
             {{0, 1143, 1002, 114300, 100200},
              {1, 3172, 2679, 317200, 267900},
              {2, 0, 1113, 0, 111300},
              {3, 0, 0, 0, 0}}},
      // xdp_queue_0 is none.
      ByHand{"ixgbevf", {{0, 40000, 5000, 40000000, 3000000}, {1, 50000, 7000, 55000000, 5000000}}},
      ByHand{"igbvf", {}},
      // rx: 1000 + 20 + 3 packets, 640000 + 2000 + 300 octets; tx: 500 + 5 + 1, 32000 + 400 + 64;
      // the second: 2000 + 40 + 5, 1280000 + 4000 + 500; 700, 44800
      ByHand{"bnxt_en-6.12", {{0, 1023, 506, 642300, 32464}, {1, 2045, 700, 1284500, 44800}}},
  };
  for (const ByHand& row : rows)
    EXPECT_EQ(queuesOf(fixture(row.fixture)), row.queues) << row.fixture;
}

TEST(QueueStats, ANumberMayStandRightAfterTheDirection) {
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

TEST(QueueStats, ANameMayHaveAColonOfItsOwn) {
  const auto stats = parseStatisticsText(
      "NIC statistics:\n"
      "     [0]: rx_ucast_packets: 5\n     [0]: rx_packets: 6\n     [11]: tx_bcast_bytes: 7\n"
      "     rxq2: rx_pkts: 8\n     rxq2: rx_bytes: 9\n     txq3: tx_pkts: 10\n"
      "     txq3: tx_bytes: 11\n",
      "statistics");
  ASSERT_TRUE(stats) << stats.error().text;
  EXPECT_EQ(queuesOf(*stats), (Queues{{0, 5, kNone, kNone, kNone},
                                      {2, 8, kNone, 9, kNone},
                                      {3, kNone, 10, kNone, 11},
                                      {11, kNone, kNone, kNone, 7}}))
      << "and `[0]: rx_packets` is nobody's name";
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
                                         {"tx4294967296_bytes", 1},
                                         {"xdp_queue_0_packets", 1},
                                         {"queue_0_xdp_tx_cnt", 1},
                                         {"queue_0_xdp_tx_bytes", 1},
                                         {"queue_0_rx_rx_copybreak_pkt", 1},
                                         {"queue_0_rx_csum_bad", 1},
                                         {"queue__rx_cnt", 1},
                                         {"tx_queue_0_xdp_xmit", 1},
                                         {"rx_queue_drop_cnt[0]", 1},
                                         {"rx_hsplit_bytes[0]", 1},
                                         {"rx_bytes[]", 1},
                                         {"rx_bytes[0", 1},
                                         {"rx_bytes[-1]", 1},
                                         {"rx_bytes[0]]", 1},
                                         {"tx_0_tso_packets", 1},
                                         {"tx_0_tso_bytes", 1},
                                         {"rx__packets", 1},
                                         {"rx-0.xdp.packets", 1},
                                         {"rx-.packets", 1},
                                         {"rx-unicast_pkts", 1},
                                         {"tx_q-0_lso_pkts", 1},
                                         {"rx_q-0_rx_gro_hw_pkts", 1},
                                         {"[0]: rx_discards", 1},
                                         {"[0]: tpa_packets", 1},
                                         {"[]: rx_ucast_packets", 1},
                                         {"[0] rx_ucast_packets", 1},
                                         {"rx0_lro_packets", 1},
                                         {"tx0_xdp_xmit", 1},
                                         {"cpu0_tx_bytes", 1},
                                         {"rxq0: rx_compl", 1}};
  EXPECT_EQ(queuesOf(stats), Queues{});
}

TEST(QueueStats, APlanServesManySamplesAndKnowsWhetherThereAreQueues) {
  const std::vector<std::string> names = {"other", "rx_queue_0_packets"};
  const QueuePlan plan(names);
  EXPECT_FALSE(plan.empty());
  Queues queues;
  plan.read(std::array<std::uint64_t, 2>{9, 5}, queues);
  EXPECT_EQ(queues, (Queues{{0, 5, kNone, kNone, kNone}}));
  plan.read(std::array<std::uint64_t, 2>{9, 6}, queues);
  EXPECT_EQ(queues, (Queues{{0, 6, kNone, kNone, kNone}}));
  EXPECT_TRUE(QueuePlan().empty());
  QueuePlan().read({}, queues);
  EXPECT_EQ(queues, Queues{});
}

}  // namespace
}  // namespace hvnet
