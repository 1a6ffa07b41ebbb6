#include "counters/driver_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "sum_of.h"

namespace hvnet {
namespace {

using test::sumOf;
using Stats = std::vector<DriverStat>;

std::string fixtureText(const std::string& driver) {
  std::ifstream in(std::filesystem::path(HVNET_FIXTURES) / driver / "statistics");
  EXPECT_TRUE(in) << driver;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

constexpr std::array kFixtures = {"bnxt_en-6.1",
                                  "bnxt_en-6.12",
                                  "e1000",
                                  "e1000e",
                                  "ena-6.1",
                                  "ena-6.12",
                                  "gve-6.1",
                                  "gve-6.12",
                                  "hv_netvsc",
                                  "hv_netvsc-vf",
                                  "hv_netvsc-losses",
                                  "iavf",
                                  "idpf",
                                  "igbvf",
                                  "ixgbevf",
                                  "mana-6.12",
                                  "mana-6.19",
                                  "mlx4_en",
                                  "mlx5_core",
                                  "mlx5_core-port",
                                  "virtio_net",
                                  "virtio_net-6.1",
                                  "virtio_net-6.10",
                                  "virtio_net-device-stats",
                                  "vmxnet3",
                                  "vmxnet3-queues",
                                  "vmxnet3-losses",
                                  "xen_netfront"};

Stats parsed(const std::string& text) {
  auto stats = parseStatisticsText(text, "stats");
  if (!stats) ADD_FAILURE() << stats.error().text;
  return stats ? *stats : Stats{};
}

std::string refusal(const std::string& text) {
  const auto stats = parseStatisticsText(text, "stats");
  return stats ? "(taken)" : stats.error().text;
}

DriverSums planned(const Stats& stats, const DriverProfile& profile) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> values;
  for (const DriverStat& stat : stats) {
    names.push_back(stat.name);
    values.push_back(stat.value);
  }
  return SumPlan(names, profile).sums(values);
}

TEST(DriverStats, TextIsAHeaderAndALineForEachStatistic) {
  EXPECT_EQ(parsed("NIC statistics:\n     rx_drops: 7\n     tx_kicks: 12\n"),
            (Stats{{"rx_drops", 7}, {"tx_kicks", 12}}));
}

TEST(DriverStats, NamesLoseTheirBlanksAndHeadingsAreLinesToo) {
  EXPECT_EQ(
      parsed("NIC statistics:\n     Tx Queue#: 3\n       too many frags : 1\n\tpkts rx OOB: 2\n"),
      (Stats{{"Tx Queue#", 3}, {"too many frags", 1}, {"pkts rx OOB", 2}}));
}

TEST(DriverStats, ANameMayHaveColonsOrNothingAtAll) {
  EXPECT_EQ(parsed("NIC statistics:\n     [0]: rx:ucast: 5\n     : 6\n"),
            (Stats{{"[0]: rx:ucast", 5}, {"", 6}}));
}

TEST(DriverStats, BlankLinesAndAMissingLastNewlineDoNotMatter) {
  EXPECT_EQ(parsed("\nNIC statistics:\r\n\n     a: 1\r\n  \n     b: 2"),
            (Stats{{"a", 1}, {"b", 2}}));
}

TEST(DriverStats, NoStatisticsIsAnEmptyList) {
  for (const char* text : {"", "\n", "no stats available\n", "NIC statistics:\n"}) {
    EXPECT_EQ(parsed(text), Stats{}) << text;
  }
}

TEST(DriverStats, TheWholeOf64BitsIsTaken) {
  EXPECT_EQ(parsed("NIC statistics:\n a: 18446744073709551615\n").front().value,
            std::numeric_limits<std::uint64_t>::max());
}

TEST(DriverStats, ARefusalNamesFileAndLine) {
  EXPECT_EQ(refusal("rx_drops: 7\n"), "stats:1: expected \"NIC statistics:\"");
  EXPECT_EQ(refusal("no stats available\n a: 1\n"),
            "stats:2: expected nothing after \"no stats available\"");
  for (const char* line : {"a", "a:1", "a: ", "a: -1", "a: +1", "a: 1x", "a: 0x1", "a: 1.5",
                           "a: 18446744073709551616"}) {
    EXPECT_EQ(refusal("NIC statistics:\n b: 1\n " + std::string(line) + "\n"),
              "stats:3: expected \"name: value\" with an unsigned 64-bit value")
        << line;
  }
}

DriverProfile hiding(StatNames drops) {
  DriverProfile profile = nominalProfile();
  profile.hidden_rx.drops = drops;
  return profile;
}

TEST(DriverStats, RepeatedNamesAddUpAndAMissingOneIsNothing) {
  const Stats stats = {{"drops", 3}, {"other", 100}, {"drops", 4}, {"zero", 0}};
  constexpr std::array<std::string_view, 2> kDropsAndMore = {"drops", "absent"};
  constexpr std::array<std::string_view, 1> kZero = {"zero"};
  constexpr std::array<std::string_view, 1> kAbsent = {"absent"};
  EXPECT_EQ(planned(stats, hiding(kDropsAndMore)).hidden_rx_drops, 7U);
  EXPECT_EQ(planned(stats, hiding(kZero)).hidden_rx_drops, 0U);
  EXPECT_EQ(planned(stats, hiding(kAbsent)).hidden_rx_drops, std::nullopt);
  EXPECT_EQ(planned(stats, hiding({})).hidden_rx_drops, std::nullopt);
  EXPECT_EQ(planned({}, hiding(kZero)).hidden_rx_drops, std::nullopt);
}

TEST(DriverStats, ASumWithANegativePartIsNoSum) {
  constexpr std::array<std::string_view, 1> kDrops = {"rx#_drops"};
  constexpr auto kLargest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(
      planned({{"rx0_drops", 3}, {"rx1_drops", ~std::uint64_t{0}}}, hiding(kDrops)).hidden_rx_drops,
      std::nullopt);
  EXPECT_EQ(planned({{"rx0_drops", kLargest}}, hiding(kDrops)).hidden_rx_drops, kLargest);
  EXPECT_EQ(planned({{"rx0_drops", kLargest + 1}}, hiding(kDrops)).hidden_rx_drops, std::nullopt);
}

struct ByHand {
  const char* fixture;
  const char* profile;
  std::size_t lines;
  DriverSums sums;
};

// Comments give the terms, and what must not be among them.
const std::array kByHand = {
    // tx_no_memory 3 + tx_no_space 5 + tx_too_big 2
    ByHand{"hv_netvsc",
           "hv_netvsc",
           48,
           {.own_rx_drops = 0, .hidden_rx_drops = 7, .tx_losses = 10, .vf = {0, 0, 0, 0}}},
    // tx_no_space 1; vf_tx_dropped 11 are discards
    ByHand{"hv_netvsc-vf",
           "hv_netvsc",
           48,
           {.own_rx_drops = 0,
            .hidden_rx_drops = 4,
            .tx_losses = 1,
            .vf = {50000, 35'000'000, 20000, 12'800'000}}},
    // tx_no_memory 1 + tx_no_space 2 + tx_too_big 4 + vlan_error 8; not tx_busy 90, tx_send_full 70
    ByHand{"hv_netvsc-losses",
           "hv_netvsc",
           48,
           {.own_rx_drops = 0,
            .hidden_rx_drops = 500,
            .tx_losses = 15,
            .vf = {50000, 35'000'000, 20000, 12'800'000}}},
    ByHand{"vmxnet3",
           "vmxnet3",
           36,
           {.own_rx_drops = 0,
            .hidden_rx_drops = 0,
            .hidden_tx_discards = 0,
            .tx_losses = 0,
            .in = {2, 0},
            .out = {8, 1}}},
    // pkts rx OOB 0 + 3 + 0 + 9; packets as captured times 1, 10, 100 and 1000
    ByHand{"vmxnet3-queues",
           "vmxnet3",
           141,
           {.own_rx_drops = 0,
            .hidden_rx_drops = 12,
            .hidden_tx_discards = 0,
            .tx_losses = 0,
            .in = {2222, 0},
            .out = {8888, 1111}}},
    // drv dropped rx total 9 + 7; OOB 100 + 200; pkts tx discard 40 + 80; drv dropped tx total 6 +
    // 8
    ByHand{"vmxnet3-losses",
           "vmxnet3",
           85,
           {.own_rx_drops = 16,
            .hidden_rx_drops = 300,
            .hidden_tx_discards = 120,
            .tx_losses = 14,
            .in = {194606, 96711},
            .out = {42, 3}}},
    ByHand{"virtio_net", "virtio_net", 14, {.own_rx_drops = 0}},
    // rx_queue_N_drops 11 + 22
    ByHand{"virtio_net-6.1", "virtio_net", 28, {.own_rx_drops = 33}},
    // rx_drops, which is the sum of rx0_drops and rx1_drops: not 66
    ByHand{"virtio_net-6.10", "virtio_net", 30, {.own_rx_drops = 33}},
    ByHand{"xen_netfront", "xen_netfront", 1, {.own_rx_drops = 0}},
    // queue_N_rx_skb_alloc_fail 10 + 20; queue_N_tx_ dma_mapping_err 1 + 8, linearize_failed 2,
    // prepare_ctx_err 4
    ByHand{"ena-6.12", "ena", 92, {.hidden_rx_drops = 30, .hidden_tx_errors = 15}},
    // rx_skb_alloc_fail 9 + rx_desc_err_dropped_pkt 3; not rx_dropped, rx_buf_alloc_fail
    ByHand{
        "gve-6.1", "gvnic", 76, {.own_rx_drops = 0, .hidden_rx_drops = 12, .hidden_tx_errors = 6}},
    // and rx_queue_drop_cnt[0] 100
    ByHand{
        "gve-6.12", "gve", 112, {.own_rx_drops = 0, .hidden_rx_drops = 112, .hidden_tx_errors = 6}},
    // hc_tx_err_*: 1 + 2 + 4; tx_1_mana_map_err 3
    ByHand{"mana-6.12",
           "mana",
           65,
           {.hidden_rx_drops = 30,
            .hidden_unless_missed = 700,
            .hidden_rx_errors = 0,
            .hidden_tx_errors = 7,
            .tx_losses = 3}},
    // rx_wqe_err 2 + rx_oversize_pkts_sw_drop 4; not rx_steer_missed_packets 194
    ByHand{"mlx5_core",
           "mlx5_core",
           264,
           {.own_rx_drops = 0,
            .own_unless_missed = 700,
            .hidden_rx_errors = 6,
            .hidden_tx_errors = 3,
            .tx_losses = 6}},
    ByHand{"mlx4_en", "mlx4_en", 41, {.own_rx_drops = 0, .tx_losses = 5}},
    ByHand{"iavf", "iavf", 28, {.own_rx_drops = 2958, .in = {7, 1}, .out = {47, 0}}},
    ByHand{"ixgbevf", "ixgbevf", 24, {.own_rx_drops = 0}},
    ByHand{"igbvf", "igbvf", 13, {.own_rx_drops = 0}},
    // tx-skb_drops 6 + tx-dma_map_errs 2
    ByHand{"idpf", "idpf", 39, {.hidden_rx_errors = 9, .hidden_tx_errors = 8}},
    // One of the two names of its own drops is not there: not told.
    ByHand{"bnxt_en-6.1",
           "bnxt_en",
           51,
           {.hidden_rx_errors = 4, .hidden_tx_discards = 20, .tx_losses = 2}},
    // rx_total_oom_discards 50 + rx_total_netpoll_discards 6; not the queues' tx_discards again
    ByHand{"bnxt_en-6.12",
           "bnxt_en",
           57,
           {.own_rx_drops = 56, .hidden_rx_errors = 4, .hidden_tx_discards = 120, .tx_losses = 2}},
    ByHand{"e1000", "e1000", 46, {.own_rx_drops = 0}},
    ByHand{"e1000e", "e1000e", 53, {.own_rx_drops = 0}},
    ByHand{"hv_netvsc", "nominal", 48, {}},
    ByHand{"hv_netvsc", "hvnet", 48, {}},
};

TEST(DriverStats, EachDriversSumsAreTheOnesDoneByHand) {
  for (const ByHand& row : kByHand) {
    const Stats stats = parsed(fixtureText(row.fixture));
    EXPECT_EQ(stats.size(), row.lines) << row.fixture;
    ASSERT_NE(findProfile(row.profile), nullptr);
    EXPECT_EQ(planned(stats, *findProfile(row.profile)), row.sums)
        << row.fixture << " as " << row.profile;
  }
}

TEST(DriverStats, ANumberSignStandsForANumberAndForNothingElse) {
  EXPECT_TRUE(isNamed("rx_queue_0_drops", "rx_queue_#_drops"));
  EXPECT_TRUE(isNamed("rx_queue_drop_cnt[12]", "rx_queue_drop_cnt[#]"));
  EXPECT_TRUE(isNamed("[7]: rx_errors", "[#]: rx_errors"));
  for (const char* name : {"rx_queue__drops", "rx_queue_x_drops", "rx_queue_0_xdp_drops",
                           "rx_queue_-1_drops", "xrx_queue_0_drops", "rx_queue_0_dropsx", ""}) {
    EXPECT_FALSE(isNamed(name, "rx_queue_#_drops")) << name;
  }
}

TEST(DriverStats, APortThatCannotTellItsOwnDropsFromTheStacksDoesNot) {
  const DriverSums sums = planned(parsed(fixtureText("mlx5_core-port")), *findProfile("mlx5_core"));
  EXPECT_EQ(sums.own_rx_drops, std::nullopt);
  EXPECT_EQ(sums.own_unless_missed, std::nullopt);
}

TEST(DriverStats, APlanAddsUpAsWithoutAPlan) {
  for (const char* fixture : kFixtures) {
    const Stats stats = parsed(fixtureText(fixture));
    for (const DriverProfile& profile : driverProfiles()) {
      const auto split = [&stats](const PacketSplitNames& names) {
        return PacketSplit{sumOf(stats, names.multicast), sumOf(stats, names.broadcast)};
      };
      const DriverSums sums = planned(stats, profile);
      EXPECT_EQ(sums.hidden_rx_drops, sumOf(stats, profile.hidden_rx.drops));
      EXPECT_EQ(sums.hidden_rx_errors, sumOf(stats, profile.hidden_rx.errors));
      EXPECT_EQ(sums.hidden_tx_discards, sumOf(stats, profile.hidden_tx.discards));
      EXPECT_EQ(sums.hidden_tx_errors, sumOf(stats, profile.hidden_tx.errors));
      EXPECT_EQ(sums.tx_losses, sumOf(stats, profile.tx_losses));
      EXPECT_EQ(sums.in, split(profile.in));
      EXPECT_EQ(sums.out, split(profile.out));
      EXPECT_EQ(sums.vf.rx_packets, sumOf(stats, profile.vf.rx_packets)) << fixture;
    }
  }
}

TEST(DriverStats, WhatIsNoLossMovesNoSum) {
  const DriverProfile& profile = *findProfile("hv_netvsc");
  const Stats before = parsed(fixtureText("hv_netvsc"));
  for (const char* name :
       {"rx_comp_busy", "tx_busy", "tx_send_full", "stop_queue", "wake_queue", "tx_scattered"}) {
    Stats after = before;
    const auto found = std::ranges::find(after, std::string_view(name), &DriverStat::name);
    ASSERT_NE(found, after.end()) << name;
    found->value += 1000;
    EXPECT_EQ(planned(after, profile), planned(before, profile)) << name;
  }
}

TEST(DriverStats, AnyTruncationIsTakenOrRefused) {
  for (const char* fixture : kFixtures) {
    const std::string text = fixtureText(fixture);
    const std::size_t whole = parsed(text).size();
    for (std::size_t size = 0; size < text.size(); ++size) {
      // A copy of its own, so that the sanitizer sees a step beyond its end.
      const std::vector<char> cut(text.begin(), text.begin() + static_cast<long>(size));
      const auto stats = parseStatisticsText({cut.data(), cut.size()}, "cut");
      if (stats) {
        EXPECT_LE(stats->size(), whole);
      } else {
        EXPECT_TRUE(stats.error().text.starts_with("cut:")) << stats.error().text;
      }
    }
  }
}

TEST(DriverStats, AnyMutationIsTakenOrRefused) {
  std::mt19937 random(3);  // NOLINT(*-msc51-cpp): the same mutations each time
  constexpr std::string_view kTelling = ": \n\r\t0918-\xff";
  std::vector<std::string> texts;
  texts.reserve(kFixtures.size());
  for (const char* fixture : kFixtures) texts.push_back(fixtureText(fixture));
  for (int round = 0; round < 20'000; ++round) {
    std::string text = texts[random() % texts.size()];
    for (auto changes = 1 + random() % 8; changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.insert(at, 1, kTelling[random() % kTelling.size()]);
          break;
        default:
          text.erase(at, random() % 40);
      }
    }
    const auto stats = parseStatisticsText(text, "mutant");
    if (stats) {
      planned(*stats, *findProfile("vmxnet3"));
    } else {
      ASSERT_TRUE(stats.error().text.starts_with("mutant:")) << stats.error().text;
    }
  }
}

}  // namespace
}  // namespace hvnet
