#include "sources/linux/qdisc_message.h"

#include <gtest/gtest.h>
#include <linux/gen_stats.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <functional>
#include <random>

#include "netlink_fixture.h"
#include "sources/linux/qdisc_drops.h"

namespace hvnet {
namespace {

using test::recordedMessage;

constexpr std::uint32_t kFirstQueue = 0x0001'0001;  // "1:1" in tc's words

template <class T>
std::vector<std::byte> octetsOf(const T& value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  return {first, first + sizeof(T)};
}

std::vector<std::byte> kindOf(const std::string& kind) {
  const auto* first = reinterpret_cast<const std::byte*>(kind.c_str());
  return {first, first + kind.size() + 1};
}

// The messages of qdiscs that the recording kernel does not have are put together here.
std::vector<std::byte> messageOf(int index, std::uint32_t parent, const std::string& kind) {
  std::vector<std::byte> message(NLMSG_HDRLEN);
  const std::uint16_t type = RTM_NEWQDISC;
  std::memcpy(message.data() + 4, &type, sizeof(type));
  tcmsg family{};
  family.tcm_ifindex = index;
  family.tcm_handle = 0x0001'0000;
  family.tcm_parent = parent;
  const auto octets = octetsOf(family);
  message.insert(message.end(), octets.begin(), octets.end());
  test::appendAttribute(message, TCA_KIND, kindOf(kind));
  return message;
}

void appendStats2(std::vector<std::byte>& message, std::uint32_t drops, std::uint32_t qlen,
                  std::size_t octets = sizeof(gnet_stats_queue)) {
  gnet_stats_queue queue{};
  queue.qlen = qlen;
  queue.drops = drops;
  auto payload = octetsOf(queue);
  payload.resize(octets);
  std::vector<std::byte> nested;
  test::appendAttribute(nested, TCA_STATS_QUEUE, payload);
  // appendAttribute() takes the start for a header; the attribute's own comes first here.
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + octets), TCA_STATS_QUEUE};
  std::memcpy(nested.data(), &header, sizeof(header));
  test::appendAttribute(message, TCA_STATS2, nested);
}

void appendStats(std::vector<std::byte>& message, std::uint32_t drops, std::uint32_t qlen) {
  tc_stats stats{};
  stats.drops = drops;
  stats.qlen = qlen;
  test::appendAttribute(message, TCA_STATS, octetsOf(stats));
}

std::vector<std::byte> messageOf(int index, std::uint32_t parent, const std::string& kind,
                                 std::uint32_t drops) {
  auto message = messageOf(index, parent, kind);
  appendStats2(message, drops, 0);
  return message;
}

std::vector<QdiscDrops> collect(const std::vector<std::vector<std::byte>>& messages) {
  std::vector<QdiscDrops> out;
  QdiscSink sink(out);
  sink.restart();
  for (const auto& message : messages) sink.read(message);
  sink.finish();
  return out;
}

QdiscMessage parsed(const std::vector<std::byte>& bytes) {
  const auto message = parseQdiscMessage(bytes);
  EXPECT_TRUE(message) << message.error().text;
  return message.value_or(QdiscMessage{});
}

constexpr const char* kRecorded[] = {
    "newqdisc-noqueue", "newqdisc-pfifo-fast", "newqdisc-clsact",
    "newqdisc-tbf",     "newqdisc-mq",         "newqdisc-mq-1",
    "newqdisc-mq-2",    "newqdisc-htb",        "newqdisc-htb-child"};

TEST(QdiscMessage, ReadsDropsAndWhatWaits) {
  const QdiscMessage expected{KernelIndex{103}, 0x0005'0000, TC_H_ROOT, "tbf", 7};
  EXPECT_EQ(parsed(recordedMessage("newqdisc-tbf")), expected);
}

TEST(QdiscMessage, ReadsTheQdiscsThatTheKernelAttachesByItself) {
  EXPECT_EQ(parsed(recordedMessage("newqdisc-noqueue")),
            (QdiscMessage{KernelIndex{103}, 0, TC_H_ROOT, "noqueue", 0}));
  const auto fast = parsed(recordedMessage("newqdisc-pfifo-fast"));
  EXPECT_EQ(fast.kind, "pfifo_fast");
  EXPECT_TRUE(isRoot(fast));
}

TEST(QdiscMessage, ReadsAnFqCodelWithDrops) {
  const auto message = parsed(messageOf(2, TC_H_ROOT, "fq_codel", 0xffff'fff0));
  EXPECT_EQ(message.kind, "fq_codel");
  EXPECT_EQ(message.drops, 0xffff'fff0U);
}

TEST(QdiscMessage, FallsBackToTheOldStatistics) {
  auto message = messageOf(2, TC_H_ROOT, "pfifo");
  appendStats(message, 11, 3);
  EXPECT_EQ(parsed(message).drops, 11U);
}

TEST(QdiscMessage, PrefersTheNewStatisticsInEitherOrder) {
  auto message = messageOf(2, TC_H_ROOT, "pfifo");
  appendStats2(message, 12, 4);
  appendStats(message, 11, 3);
  EXPECT_EQ(parsed(message).drops, 12U);
  message = messageOf(2, TC_H_ROOT, "pfifo");
  appendStats(message, 11, 3);
  appendStats2(message, 12, 4);
  EXPECT_EQ(parsed(message).drops, 12U);
}

TEST(QdiscMessage, ReadsLongerAndShorterStatisticsAsLongAsDropsAreThere) {
  constexpr std::size_t kLeast = offsetof(gnet_stats_queue, drops) + 4;
  for (std::size_t octets = 0; octets < 64; ++octets) {
    auto message = messageOf(2, TC_H_ROOT, "pfifo");
    appendStats2(message, 12, 4, octets);
    EXPECT_EQ(parseQdiscMessage(message).has_value(), octets >= kLeast) << octets;
  }
}

TEST(QdiscMessage, AnAttributeThatDoesNotFitInsideTheStatisticsIsAnError) {
  auto message = messageOf(2, TC_H_ROOT, "pfifo");
  std::vector<std::byte> nested;
  test::appendAttribute(nested, TCA_STATS_QUEUE, octetsOf(gnet_stats_queue{}));
  test::appendAttribute(nested, TCA_STATS_BASIC, std::vector<std::byte>(8));
  nested.resize(nested.size() - 4);
  test::appendAttribute(message, TCA_STATS2, nested);
  const auto cut = parseQdiscMessage(message);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().text, "qdisc message of ifindex 2: an attribute does not fit");
}

TEST(QdiscMessage, WithoutStatisticsItIsAnError) {
  const auto message = parseQdiscMessage(messageOf(2, TC_H_ROOT, "pfifo"));
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().text, "qdisc message of ifindex 2: no queue statistics");
}

TEST(QdiscMessage, AnotherTypeNoIndexOrANameTooLongIsAnError) {
  EXPECT_FALSE(parseQdiscMessage(recordedMessage("newlink-lo")));
  auto message = recordedMessage("newqdisc-tbf");
  test::setType(message, RTM_DELQDISC);
  EXPECT_FALSE(parseQdiscMessage(message)) << "it has gone, and counts no more";
  EXPECT_FALSE(parseQdiscMessage(messageOf(0, TC_H_ROOT, "pfifo", 0)));
  EXPECT_FALSE(parseQdiscMessage(messageOf(-1, TC_H_ROOT, "pfifo", 0)));
  EXPECT_TRUE(parseQdiscMessage(messageOf(2, TC_H_ROOT, std::string(15, 'q'), 0)));
  EXPECT_FALSE(parseQdiscMessage(messageOf(2, TC_H_ROOT, std::string(16, 'q'), 0)));
}

TEST(QdiscMessage, ReadsFromAnUnalignedPlace) {
  auto bytes = recordedMessage("newqdisc-tbf");
  bytes.insert(bytes.begin(), 4, std::byte{0});  // struct tc_stats wants 8
  const auto message = parseQdiscMessage(std::span(bytes).subspan(4));
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->drops, 7U);
}

// With its header corrected, a cut between two attributes is a whole message; the statistics that
// are left must then be the true ones.
TEST(QdiscMessage, EveryTruncationIsAnErrorOrStillTrue) {
  for (const char* name : kRecorded) {
    const auto whole = recordedMessage(name);
    const auto truth = parsed(whole);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EXPECT_FALSE(parseQdiscMessage(cut)) << name << ", " << size << " octets";
      test::fixLength(cut);
      const auto message = parseQdiscMessage(cut);
      if (message) {
        EXPECT_EQ(*message, truth) << name << ", " << size << " octets";
      }
    }
  }
}

TEST(QdiscMessage, TwentyThousandMutationsParseOrAreErrorsWithAReason) {
  const auto messages = test::allRecordedMessages();
  std::mt19937 random(2863);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = i % 4 == 0 ? messages[below(messages.size())]
                            : recordedMessage(kRecorded[below(std::size(kRecorded))]);
    for (auto changes = below(8) + 1; changes > 0; --changes) {
      bytes[below(bytes.size())] = std::byte(below(256));
    }
    if (i % 2 == 0) test::fixLength(bytes);
    const auto message = parseQdiscMessage(bytes);
    EXPECT_TRUE(message || !message.error().text.empty());
  }
}

TEST(QdiscDrops, CountsMqOnceBecauseTheKernelHasSummedItsChildren) {
  const auto root = parsed(recordedMessage("newqdisc-mq"));
  const auto first = parsed(recordedMessage("newqdisc-mq-1"));
  const auto second = parsed(recordedMessage("newqdisc-mq-2"));
  EXPECT_EQ(first.parent, kFirstQueue);
  EXPECT_EQ(root.drops, 9U);
  EXPECT_EQ(first.drops + second.drops, 9U);

  const auto drops = collect({recordedMessage("newqdisc-mq"), recordedMessage("newqdisc-mq-2"),
                              recordedMessage("newqdisc-mq-1")});
  EXPECT_EQ(drops, (std::vector<QdiscDrops>{{KernelIndex{105}, 9, 0x0001'0000}}));
}

TEST(QdiscDrops, CountsMqprioOnce) {
  const auto drops =
      collect({messageOf(2, TC_H_ROOT, "mqprio", 30), messageOf(2, kFirstQueue, "fq_codel", 10),
               messageOf(2, kFirstQueue + 1, "fq_codel", 20)});
  EXPECT_EQ(drops, (std::vector<QdiscDrops>{{KernelIndex{2}, 30, 0x0001'0000}}));
}

TEST(QdiscDrops, CountsAClassfulRootOnceBecauseItCountsWhatItsChildrenRefuse) {
  EXPECT_EQ(parsed(recordedMessage("newqdisc-htb-child")).drops, 6U);
  const auto drops =
      collect({recordedMessage("newqdisc-htb"), recordedMessage("newqdisc-htb-child")});
  EXPECT_EQ(drops, (std::vector<QdiscDrops>{{KernelIndex{103}, 6, 0x0002'0000}}));
}

TEST(QdiscDrops, IgnoresWhatDropsOnTheWayIn) {
  EXPECT_EQ(parsed(recordedMessage("newqdisc-clsact")).parent, TC_H_INGRESS);
  EXPECT_TRUE(collect({recordedMessage("newqdisc-clsact")}).empty());
  const auto drops = collect(
      {messageOf(2, TC_H_ROOT, "fq_codel", 5), messageOf(2, TC_H_INGRESS, "ingress", 1'000)});
  EXPECT_EQ(drops, (std::vector<QdiscDrops>{{KernelIndex{2}, 5, 0x0001'0000}}));
}

TEST(QdiscDrops, AreSortedAndNamedOnceAndStartAgainWithTheDump) {
  std::vector<QdiscDrops> out;
  QdiscSink sink(out);
  sink.read(messageOf(9, TC_H_ROOT, "pfifo", 1));
  sink.restart();
  for (const int index : {7, 3, 5, 3}) sink.read(messageOf(index, TC_H_ROOT, "pfifo", 1));
  sink.read({});  // costs nothing but itself
  sink.finish();
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].index, KernelIndex{3});
  EXPECT_EQ(out[1].index, KernelIndex{5});
  EXPECT_EQ(out[2].index, KernelIndex{7});
}

TEST(QdiscDrops, NothingIsKnownOfAnInterfaceWithoutARootQdisc) {
  const auto drops =
      collect({messageOf(2, TC_H_ROOT, "pfifo", 4), messageOf(4, TC_H_ROOT, "noqueue", 0)});
  ASSERT_EQ(drops.size(), 2U);
  EXPECT_EQ(drops[0].index, KernelIndex{2});
  EXPECT_EQ(drops[0].drops, 4U);
  EXPECT_EQ(drops[1].index, KernelIndex{4});
  EXPECT_EQ(drops[1].drops, 0U);
}

TEST(QdiscDrops, TheRunningKernelGivesASortedDumpWithoutPrivileges) {
  auto socket = DumpSocket::open();
  ASSERT_TRUE(socket) << socket.error().text;
  std::vector<QdiscDrops> drops;
  for (int round = 0; round < 3; ++round) {
    const auto read = readQdiscDrops(*socket, drops);
    if (!read && read.error().text.ends_with("Operation not supported")) {
      GTEST_SKIP() << "this kernel has no CONFIG_NET_SCHED";
    }
    ASSERT_TRUE(read) << read.error().text;
    // Strictly: no interface twice. There may be none, in a namespace whose links are all down.
    constexpr std::ranges::greater_equal kOutOfOrder;
    EXPECT_EQ(std::ranges::adjacent_find(drops, kOutOfOrder, &QdiscDrops::index), drops.end());
    for (const auto& each : drops) EXPECT_GT(static_cast<int>(each.index), 0);
  }
}

}  // namespace
}  // namespace hvnet
