#include "sources/linux/stats_message.h"

#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <random>

#include "netlink_fixture.h"

namespace hvnet {
namespace {

using test::recordedMessage;

constexpr std::size_t kAttributesAt = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(if_stats_msg));

// Up to and with tx_carrier_errors, the 18th.
constexpr std::size_t kLeastCounters = 144;

// A message whose one attribute holds that many octets of counters: 1, 2, 3, ... in order.
std::vector<std::byte> messageWithCounters(std::size_t octets) {
  auto message = recordedMessage("newstats-lo");
  message.resize(kAttributesAt);
  std::vector<std::byte> counters((octets + 7) / 8 * 8);
  for (std::uint64_t i = 0; i < counters.size() / 8; ++i) {
    const std::uint64_t value = i + 1;
    std::memcpy(counters.data() + i * 8, &value, 8);
  }
  counters.resize(octets);
  test::appendAttribute(message, IFLA_STATS_LINK_64, counters);
  return message;
}

TEST(StatsMessage, ReadsTheLoopbacksCounters) {
  const auto message = parseStatsMessage(recordedMessage("newstats-lo"));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->index, KernelIndex{1});
  LinkStats zeros;
  for (const auto member : kLinkStatsOrder) zeros.*member = 0;
  LinkStats expected = zeros;
  expected.rx_packets = expected.tx_packets = 3;
  expected.rx_bytes = expected.tx_bytes = 384;
  EXPECT_EQ(message->stats, expected);
}

TEST(StatsMessage, ReadsARealAdaptersCounters) {
  const auto message = parseStatsMessage(recordedMessage("newstats-device"));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->index, KernelIndex{4});
  EXPECT_EQ(message->stats.rx_packets, 0xb4dU);
  EXPECT_EQ(message->stats.tx_packets, 0x9d0U);
  EXPECT_EQ(message->stats.rx_bytes, 0x4cc192aU);
  EXPECT_EQ(message->stats.tx_bytes, 0x300b9U);
}

TEST(StatsMessage, TakesEachCounterFromItsPlace) {
  const auto message = parseStatsMessage(messageWithCounters(sizeof(rtnl_link_stats64)));
  ASSERT_TRUE(message) << message.error().text;
  std::uint64_t place = 0;
  for (const auto member : kLinkStatsOrder) EXPECT_EQ(message->stats.*member, ++place);
  EXPECT_EQ(message->stats.multicast, 9U);
  EXPECT_EQ(message->stats.rx_crc_errors, 13U);
  EXPECT_EQ(message->stats.rx_frame_errors, 14U);
  EXPECT_EQ(message->stats.rx_missed_errors, 16U);
  EXPECT_EQ(message->stats.tx_carrier_errors, 18U);
  EXPECT_EQ(message->stats.rx_nohandler, 24U);
}

TEST(StatsMessage, AnOlderKernelsShorterCountersAreEnough) {
  const auto message = parseStatsMessage(messageWithCounters(kLeastCounters));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->stats.rx_missed_errors, 16U);
  EXPECT_EQ(message->stats.rx_nohandler, std::nullopt);
}

TEST(StatsMessage, AKernelThatEndsWithTheLastOneOfOursIsReadToItsEnd) {
  const auto message =
      parseStatsMessage(messageWithCounters(kLinkStatsOrder.size() * sizeof(std::uint64_t)));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->stats.rx_nohandler, 24U);
}

TEST(StatsMessage, ANewerKernelsLongerCountersAreFine) {
  const auto message = parseStatsMessage(messageWithCounters(sizeof(rtnl_link_stats64) + 64));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->stats.rx_missed_errors, 16U);
}

TEST(StatsMessage, CountersTooShortToHoldOursAreAnError) {
  for (std::size_t octets = 0; octets < kLeastCounters; ++octets) {
    const auto message = parseStatsMessage(messageWithCounters(octets));
    ASSERT_FALSE(message) << octets;
    EXPECT_EQ(message.error().text, "statistics of ifindex 1: no 64-bit link counters");
  }
}

TEST(StatsMessage, WithoutLinkCountersItIsAnError) {
  auto message = recordedMessage("newstats-lo");
  message.resize(kAttributesAt);
  test::fixLength(message);
  EXPECT_FALSE(parseStatsMessage(message));
}

TEST(StatsMessage, AnAttributeThatDoesNotFitBehindTheCountersIsAnError) {
  auto message = messageWithCounters(sizeof(rtnl_link_stats64));
  ASSERT_TRUE(parseStatsMessage(message));
  test::appendAttribute(message, IFLA_STATS_LINK_XSTATS, std::vector<std::byte>(8));
  ASSERT_TRUE(parseStatsMessage(message));
  message.resize(message.size() - 4);
  test::fixLength(message);
  const auto cut = parseStatsMessage(message);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().text, "statistics of ifindex 1: an attribute does not fit");
}

TEST(StatsMessage, AnotherTypeOfMessageIsAnErrorWhateverIsInIt) {
  EXPECT_FALSE(parseStatsMessage(recordedMessage("newlink-lo")));
  auto message = recordedMessage("newstats-lo");
  test::setType(message, RTM_GETSTATS);
  const auto refused = parseStatsMessage(message);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().text.starts_with("not a whole statistics message"));
}

TEST(StatsMessage, ReadsFromAnUnalignedPlace) {
  auto bytes = recordedMessage("newstats-lo");
  bytes.insert(bytes.begin(), 4, std::byte{0});  // netlink aligns to 4; the counters want 8
  const auto message = parseStatsMessage(std::span(bytes).subspan(4));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->stats.rx_bytes, 384U);
}

TEST(StatsMessage, EveryTruncationIsAnError) {
  for (const char* name : {"newstats-lo", "newstats-device"}) {
    const auto whole = recordedMessage(name);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EXPECT_FALSE(parseStatsMessage(cut)) << name << ", " << size << " octets";
      test::fixLength(cut);
      EXPECT_FALSE(parseStatsMessage(cut)) << name << ", " << size << " octets";
    }
  }
}

TEST(StatsMessage, TwentyThousandMutationsParseOrAreErrorsWithAReason) {
  const auto messages = test::allRecordedMessages();
  std::mt19937 random(2863);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = i % 4 == 0 ? messages[below(messages.size())] : recordedMessage("newstats-lo");
    for (auto changes = below(8) + 1; changes > 0; --changes) {
      bytes[below(bytes.size())] = std::byte(below(256));
    }
    if (i % 2 == 0) test::fixLength(bytes);
    const auto message = parseStatsMessage(bytes);
    EXPECT_TRUE(message || !message.error().text.empty());
  }
}

}  // namespace
}  // namespace hvnet
