#include "counters/driver_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

namespace hvnet {
namespace {

using Stats = std::vector<DriverStat>;

std::string fixtureText(const std::string& driver) {
  std::ifstream in(std::filesystem::path(HVNET_FIXTURES) / driver / "statistics");
  EXPECT_TRUE(in) << driver;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

constexpr std::array kFixtures = {"hv_netvsc",      "hv_netvsc-vf", "vmxnet3",
                                  "vmxnet3-queues", "virtio_net",   "xen_netfront"};

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

TEST(DriverStats, RepeatedNamesAddUpAndAMissingOneIsNothing) {
  const Stats stats = {{"drops", 3}, {"other", 100}, {"drops", 4}, {"zero", 0}};
  constexpr std::array<std::string_view, 2> kDropsAndMore = {"drops", "absent"};
  constexpr std::array<std::string_view, 1> kZero = {"zero"};
  constexpr std::array<std::string_view, 1> kAbsent = {"absent"};
  EXPECT_EQ(sumOf(stats, kDropsAndMore), 7U);
  EXPECT_EQ(sumOf(stats, kZero), 0U);
  EXPECT_EQ(sumOf(stats, kAbsent), std::nullopt);
  EXPECT_EQ(sumOf(stats, {}), std::nullopt);
  EXPECT_EQ(sumOf({}, kZero), std::nullopt);
}

struct ByHand {
  const char* fixture;
  const char* profile;
  std::size_t lines;
  DriverSums sums;
};

TEST(DriverStats, EachDriversSumsAreTheOnesDoneByHand) {
  const std::array rows = {
      // tx_no_memory 3 + tx_no_space 5 + tx_too_big 2 + vf_tx_dropped 0
      ByHand{"hv_netvsc", "hv_netvsc", 48, {7, 10, {}, {}}},
      // tx_no_space 1 + vf_tx_dropped 11
      ByHand{"hv_netvsc-vf", "hv_netvsc", 48, {4, 12, {}, {}}},
      ByHand{"vmxnet3", "vmxnet3", 36, {0, std::nullopt, {2, 0}, {8, 1}}},
      // pkts rx OOB 0 + 3 + 0 + 9; packets as captured times 1, 10, 100 and 1000
      ByHand{"vmxnet3-queues", "vmxnet3", 141, {12, std::nullopt, {2222, 0}, {8888, 1111}}},
      ByHand{"virtio_net", "virtio_net", 14, {}},
      ByHand{"xen_netfront", "xen_netfront", 1, {}},
      ByHand{"hv_netvsc", "nominal", 48, {}},
      ByHand{"hv_netvsc", "hvnet", 48, {}},
  };
  for (const ByHand& row : rows) {
    const Stats stats = parsed(fixtureText(row.fixture));
    EXPECT_EQ(stats.size(), row.lines) << row.fixture;
    ASSERT_NE(findProfile(row.profile), nullptr);
    EXPECT_EQ(planned(stats, *findProfile(row.profile)), row.sums)
        << row.fixture << " as " << row.profile;
  }
}

TEST(DriverStats, APlanAddsUpAsSumOfDoes) {
  for (const char* fixture : kFixtures) {
    const Stats stats = parsed(fixtureText(fixture));
    for (const DriverProfile& profile : driverProfiles()) {
      const auto split = [&stats](const PacketSplitNames& names) {
        return PacketSplit{sumOf(stats, names.multicast), sumOf(stats, names.broadcast)};
      };
      EXPECT_EQ(planned(stats, profile),
                (DriverSums{sumOf(stats, profile.hidden_rx_drops), sumOf(stats, profile.tx_losses),
                            split(profile.in), split(profile.out)}))
          << fixture << " as " << profile.name;
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
