#include "sources/linux/netdev_queues.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <tuple>

#include "netdev_kernel.h"
#include "netlink_fixture.h"

namespace hvnet {
namespace {

using namespace test::netdev;
using test::recordedMessage;

constexpr std::nullopt_t kNone = std::nullopt;
QueueMessage parsed(const Octets& bytes) {
  const auto message = parseQueueMessage(bytes, kFamily);
  EXPECT_TRUE(message) << message.error().text;
  return message.value_or(QueueMessage{});
}

std::string refusal(const Octets& bytes) {
  const auto message = parseQueueMessage(bytes, kFamily);
  return message ? "none" : message.error().text;
}

TEST(QueueMessage, ReadsTheQueuesOfAVirtioAdapterAsAKernelSaidThem) {
  EXPECT_EQ(parsed(recordedMessage("qstats-rx")),
            (QueueMessage{KernelIndex{4}, {0, 18365, kNone, 791207660, kNone}, {}}));
  EXPECT_EQ(parsed(recordedMessage("qstats-tx")),
            (QueueMessage{KernelIndex{4}, {0, kNone, 9145, kNone, 700104}, {}}));
}

TEST(QueueMessage, ACounterHasFourOctetsOrEight) {
  const auto message =
      parsed(Queue(2, kRx, 1).with(kRxPackets, 0xffff'ffffU).with(kRxBytes, 0x1'0000'0000U));
  EXPECT_EQ(message.stats.rx_packets, 0xffff'ffffU);
  EXPECT_EQ(message.stats.rx_octets, 0x1'0000'0000U);
}

TEST(QueueMessage, HasTheDropsOfTheHardware) {
  EXPECT_EQ(parsed(Queue(2, kRx, 7).with(kRxHwDrops, 9U).with(kRxHwOverruns, 5U)),
            (QueueMessage{KernelIndex{2}, {7}, {9, 5, kNone, kNone}}));
  EXPECT_EQ(parsed(Queue(2, kTx, 7).with(kTxHwDrops, 4U).with(kTxHwErrors, 0U)),
            (QueueMessage{KernelIndex{2}, {7}, {kNone, kNone, 4, 0}}));
}

TEST(QueueMessage, WhatIsAbsentIsNotZero) {
  EXPECT_EQ(parsed(Queue(2, kRx, 0)), (QueueMessage{KernelIndex{2}, {0}, {}}));
}

TEST(QueueMessage, PassesOverWhatItDoesNotKnowAndWhatIsOfTheOtherDirection) {
  EXPECT_EQ(parsed(Queue(2, kRx, 0)
                       .with(kRxAllocFail, 1U)
                       .with(kTxPackets, 2U)
                       .with(kTxHwErrors, 3U)
                       .withOctets(4000, 3)
                       .with(kRxPackets, 4U)),
            (QueueMessage{KernelIndex{2}, {0, 4}, {}}));
}

TEST(QueueMessage, ACounterOfAnyOtherLengthIsAnError) {
  for (const std::size_t octets : {0U, 1U, 2U, 3U, 5U, 7U, 9U, 16U}) {
    EXPECT_EQ(refusal(Queue(2, kRx, 0).withOctets(kRxPackets, octets)),
              "statistics of a queue: an attribute does not fit")
        << octets;
  }
}

TEST(QueueMessage, WithoutInterfaceQueueOrDirectionItIsAnError) {
  const std::string expected = "statistics of a queue: no interface, no queue or no direction";
  EXPECT_EQ(refusal(Queue(0, kRx, 0)), expected);
  EXPECT_EQ(refusal(Queue(0x8000'0000, kRx, 0)), expected);
  EXPECT_EQ(refusal(Queue(2, 2, 0)), expected) << "a type of queue that comes later";
  EXPECT_EQ(refusal(Queue(2, kRx, 0).with(kQueue, 0x1'0000'0000U)), expected);
  EXPECT_EQ(refusal(Queue(2, kRx, 0).with(kIfindex, 0x1'0000'0002U)), expected);
  auto of_a_device = generic(kFamily, kQstatsGet);
  test::appendAttribute(of_a_device, kIfindex, octetsOf(2U));
  test::appendAttribute(of_a_device, kRxPackets, octetsOf(1U));
  EXPECT_EQ(refusal(of_a_device), expected);
}

TEST(QueueMessage, AnotherFamilyOrCommandIsAnError) {
  EXPECT_FALSE(parseQueueMessage(recordedMessage("qstats-rx"), kFamily + 1));
  EXPECT_FALSE(parseQueueMessage(recordedMessage("newlink-lo"), kFamily));
  EXPECT_FALSE(parseQueueMessage(recordedMessage("newfamily-netdev"), GENL_ID_CTRL));
  EXPECT_FALSE(parseQueueMessage({}, kFamily));
}

TEST(QueueMessage, ReadsFromAnUnalignedPlace) {
  auto bytes = recordedMessage("qstats-rx");
  bytes.insert(bytes.begin(), 4, std::byte{0});
  const auto message = parseQueueMessage(std::span(bytes).subspan(4), kFamily);
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->stats.rx_packets, 18365U);
}

// With its header corrected, a cut between two attributes is a whole message: what is left of its
// counters must be true.
TEST(QueueMessage, EveryTruncationIsAnErrorOrStillTrue) {
  for (const char* name : {"qstats-rx", "qstats-tx"}) {
    const auto whole = recordedMessage(name);
    const QueueMessage truth = parsed(whole);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Octets cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EXPECT_FALSE(parseQueueMessage(cut, kFamily)) << name << ", " << size << " octets";
      test::fixLength(cut);
      const auto message = parseQueueMessage(cut, kFamily);
      if (!message) continue;
      EXPECT_EQ(message->stats.queue, truth.stats.queue);
      for (const auto counter : {&QueueStats::rx_packets, &QueueStats::rx_octets,
                                 &QueueStats::tx_packets, &QueueStats::tx_octets}) {
        const auto& value = message->stats.*counter;
        EXPECT_TRUE(!value || value == truth.stats.*counter) << name << ", " << size << " octets";
      }
    }
  }
}

TEST(QueueMessage, TwentyThousandMutationsParseOrAreErrorsWithAReason) {
  const auto messages = test::allRecordedMessages();
  const std::array own = {recordedMessage("qstats-rx"), recordedMessage("qstats-tx"),
                          recordedMessage("newfamily-netdev")};
  std::mt19937 random(4181);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = i % 4 == 0 ? messages[below(messages.size())] : own[below(own.size())];
    for (auto changes = below(8) + 1; changes > 0; --changes) {
      bytes[below(bytes.size())] = std::byte(below(256));
    }
    if (i % 2 == 0) test::fixLength(bytes);
    const auto message = parseQueueMessage(bytes, kFamily);
    EXPECT_TRUE(message || !message.error().text.empty());
    const auto family = netdevFamilyIn(bytes);
    EXPECT_TRUE(!family || bytes.size() > NLMSG_HDRLEN);
  }
}

TEST(NetdevFamily, IsTheOneThatARunningKernelNamed) {
  EXPECT_EQ(netdevFamilyIn(recordedMessage("newfamily-netdev")), kFamily);
}

TEST(NetdevFamily, NeedsTheNameAndTheCommand) {
  EXPECT_EQ(netdevFamilyIn(familyMessage("netdev", 31, {1, 5, 12})), 31);
  EXPECT_EQ(netdevFamilyIn(familyMessage("netdev", 31, {1, 2, 3})), kNone) << "Linux 6.3 to 6.8";
  EXPECT_EQ(netdevFamilyIn(familyMessage("netdev", 31, {})), kNone);
  EXPECT_EQ(netdevFamilyIn(familyMessage("netdev2", 31, {12})), kNone);
  EXPECT_EQ(netdevFamilyIn(familyMessage("netde", 31, {12})), kNone);
  EXPECT_EQ(netdevFamilyIn(recordedMessage("newlink-lo")), kNone);
  EXPECT_EQ(netdevFamilyIn({}), kNone);
}

TEST(NetdevFamily, ACutMessageIsNoOther) {
  const auto whole = recordedMessage("newfamily-netdev");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Octets cut(whole.begin(), whole.begin() + static_cast<long>(size));
    EXPECT_EQ(netdevFamilyIn(cut), kNone) << size << " octets";
    test::fixLength(cut);
    const auto family = netdevFamilyIn(cut);
    EXPECT_TRUE(!family || family == kFamily) << size << " octets";
  }
}

constexpr std::uint16_t kInterrupted = NLM_F_MULTI | NLM_F_DUMP_INTR;

TEST(NetdevQueues, AreSortedByInterfaceAndQueue) {
  auto kernel = kernelWith({{{Queue(9, kRx, 1).with(kRxPackets, 1U), Queue(9, kRx, 0),
                              Queue(9, kTx, 0), Queue(3, kTx, 11)}}});
  auto queues = NetdevQueues::openWith(kernel.connect());
  ASSERT_TRUE(queues.available());
  std::vector<QueueMessage> out(1);
  ASSERT_TRUE(queues.read(out));
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[0], (QueueMessage{KernelIndex{3}, {11}, {}}));
  EXPECT_EQ(out[3], (QueueMessage{KernelIndex{9}, {1, 1}, {}}));
}

TEST(NetdevQueues, AQueueIsWhatItReceivesAndWhatItSends) {
  const std::vector<QueueMessage> messages = {parsed(Queue(9, kTx, 0).with(kTxPackets, 2U)),
                                              parsed(Queue(9, kRx, 0).with(kRxPackets, 1U)),
                                              parsed(Queue(9, kRx, 3).with(kRxBytes, 4U))};
  EXPECT_EQ(queueStatsOf(messages),
            (std::vector<QueueStats>{{0, 1, 2, kNone, kNone}, {3, kNone, kNone, 4, kNone}}));
  EXPECT_TRUE(queueStatsOf({}).empty());
}

TEST(NetdevQueues, AreAskedForOfAllInterfacesAtOnceByQueue) {
  auto kernel = kernelWith({{}});
  auto queues = NetdevQueues::openWith(kernel.connect());
  std::vector<QueueMessage> out;
  ASSERT_TRUE(queues.read(out));
  ASSERT_EQ(kernel.requests.size(), 2U);
  // length 28, type 20, NLM_F_REQUEST | NLM_F_DUMP, sequence 2, port 0; command 12, version 1;
  // attribute 4 (scope) with the value 1 (queue), and no ifindex
  const Octets expected = [] {
    auto message = generic(kFamily, kQstatsGet);
    message[6] = std::byte{0x01};
    message[7] = std::byte{0x03};
    message[8] = std::byte{2};
    message[17] = std::byte{1};
    test::appendAttribute(message, 4, octetsOf(1U));
    return message;
  }();
  EXPECT_EQ(kernel.requests[1], expected);
}

TEST(NetdevQueues, AKernelWithoutThemIsAskedNothingMore) {
  for (const auto& families :
       {std::vector<Octets>{}, std::vector<Octets>{familyMessage("nlctrl", GENL_ID_CTRL, {12})},
        std::vector<Octets>{familyMessage("netdev", kFamily, {1, 2, 3})}}) {
    FakeKernel kernel;
    kernel.dumps[GENL_ID_CTRL] = {{families}};
    auto queues = NetdevQueues::openWith(kernel.connect());
    EXPECT_FALSE(queues.available());
    std::vector<QueueMessage> out(3);
    EXPECT_TRUE(queues.read(out));
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(kernel.requests.size(), 1U) << "the one for the families";
  }
}

TEST(NetdevQueues, WhoMayNotAskHasNone) {
  auto refused = NetdevQueues::openWith(
      []() -> Result<std::unique_ptr<DumpTransport>> { return fail("no socket"); });
  EXPECT_FALSE(refused.available());
  FakeKernel kernel;
  kernel.dumps[GENL_ID_CTRL] = {{{}, -EPERM}};
  EXPECT_FALSE(NetdevQueues::openWith(kernel.connect()).available());
}

TEST(NetdevQueues, AnInterruptedDumpIsAskedForAgain) {
  auto kernel =
      kernelWith({{{Queue(9, kRx, 0), Queue(9, kRx, 1)}, 0, kInterrupted}, {{Queue(9, kRx, 0)}}});
  auto queues = NetdevQueues::openWith(kernel.connect());
  std::vector<QueueMessage> out;
  ASSERT_TRUE(queues.read(out));
  EXPECT_EQ(out.size(), 1U) << "what the interrupted one said is forgotten";
}

TEST(NetdevQueues, HalfADumpIsNoneAndTheNextOneIsGood) {
  auto kernel = kernelWith({{{Queue(9, kRx, 0)}, -ENOMEM}, {{Queue(9, kRx, 0)}}});
  auto queues = NetdevQueues::openWith(kernel.connect());
  std::vector<QueueMessage> out;
  const auto read = queues.read(out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "reading the queues: netlink dump: Cannot allocate memory");
  EXPECT_TRUE(out.empty());
  ASSERT_TRUE(queues.read(out));
  EXPECT_EQ(out.size(), 1U);
}

TEST(NetdevQueues, AMessageThatIsNotUnderstoodCostsThatQueueOnly) {
  auto kernel = kernelWith({{{Queue(9, kRx, 0).withOctets(kRxPackets, 3), Queue(9, kRx, 1),
                              Queue(9, 7, 0), generic(kFamily, 4), Octets(NLMSG_HDRLEN)}}});
  auto queues = NetdevQueues::openWith(kernel.connect());
  std::vector<QueueMessage> out;
  ASSERT_TRUE(queues.read(out));
  EXPECT_EQ(out, (std::vector{QueueMessage{KernelIndex{9}, {1}, {}}}));
}

TEST(NetdevQueues, TheRunningKernelGivesEachQueueOnceInEachDirectionWithoutPrivileges) {
  auto queues = NetdevQueues::open();
  if (!queues.available()) GTEST_SKIP() << "this kernel has no queue statistics (before Linux 6.9)";
  std::vector<QueueMessage> out;
  ASSERT_TRUE(queues.read(out));
  constexpr auto kPlace = [](const QueueMessage& each) {
    return std::tuple(each.index, each.stats.queue);
  };
  EXPECT_TRUE(std::ranges::is_sorted(out, {}, kPlace));
  for (const QueueMessage& each : out) {
    EXPECT_GT(static_cast<int>(each.index), 0);
    EXPECT_LE(std::ranges::count(out, kPlace(each), kPlace), 2);
  }
}

}  // namespace
}  // namespace hvnet
