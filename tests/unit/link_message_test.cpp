#include "counters/linux/link_message.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include <random>

#include "netlink_fixture.h"

namespace hvnet {
namespace {

using test::appendAttribute;
using test::recordedMessage;

// The message as a link; a test failure when it is not one.
LinkMessage parsed(const std::vector<std::byte>& bytes) {
  const auto message = parseLinkMessage(bytes);
  EXPECT_TRUE(message) << message.error().text;
  EXPECT_TRUE(message && *message) << "not about a link";
  return message && *message ? **message : LinkMessage{};
}

bool isAboutNoLink(const std::vector<std::byte>& bytes) {
  const auto message = parseLinkMessage(bytes);
  return message && !*message;
}

std::vector<std::byte> octets(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(std::byte(value));
  return bytes;
}

TEST(LinkMessage, ReadsTheLoopback) {
  const auto message = parsed(recordedMessage("newlink-lo"));
  EXPECT_FALSE(message.removed);
  EXPECT_EQ(message.link.index, KernelIndex{1});
  EXPECT_EQ(message.link.name, "lo");
  EXPECT_EQ(message.link.hardware_type, ARPHRD_LOOPBACK);
  EXPECT_EQ(message.link.mtu, 65536U);
  EXPECT_TRUE(message.link.flags & IFF_UP);
  EXPECT_EQ(message.link.carrier, true);
  EXPECT_EQ(toText(message.link.address), "00:00:00:00:00:00");
  EXPECT_TRUE(message.link.permanent_address.empty());
  EXPECT_EQ(message.link.kind, "");
  EXPECT_EQ(message.link.lower, std::nullopt);
}

TEST(LinkMessage, ReadsARealAdapterWithItsPermanentAddress) {
  const Link link = parsed(recordedMessage("newlink-device")).link;
  EXPECT_EQ(link.name, "eth0");
  EXPECT_EQ(link.kind, "");
  EXPECT_EQ(link.mtu, 1400U);
  EXPECT_EQ(link.oper_state, OperState::kUp);
  EXPECT_EQ(link.carrier, true);
  EXPECT_EQ(toText(link.address), "02:fc:00:00:00:01");
  EXPECT_EQ(link.permanent_address, link.address);
}

TEST(LinkMessage, ReadsAliasKindAndPromiscuity) {
  const Link link = parsed(recordedMessage("newlink-ifb")).link;
  EXPECT_EQ(link.index, KernelIndex{100});
  EXPECT_EQ(link.alias, "uplink");
  EXPECT_EQ(link.kind, "ifb");
  EXPECT_TRUE(link.promiscuous);
  EXPECT_FALSE(link.flags & IFF_UP);
  EXPECT_EQ(toText(link.address), "02:00:00:00:00:64");
}

TEST(LinkMessage, ReadsTheLowerLinkOfAMacvlan) {
  const Link link = parsed(recordedMessage("newlink-macvlan")).link;
  EXPECT_EQ(link.kind, "macvlan");
  EXPECT_EQ(link.lower, KernelIndex{100});
}

TEST(LinkMessage, ReadsTheMasterOfABridgePort) {
  const Link link = parsed(recordedMessage("newlink-port")).link;
  EXPECT_EQ(link.master, KernelIndex{102});
  EXPECT_EQ(link.lower, KernelIndex{104});
  EXPECT_EQ(link.kind, "veth");
  EXPECT_EQ(link.carrier, false);
  EXPECT_EQ(link.oper_state, OperState::kLowerLayerDown);
  EXPECT_TRUE(link.promiscuous) << "the bridge made it so: IFLA_PROMISCUITY, not IFF_PROMISC";
}

TEST(LinkMessage, APeerInAnotherNamespaceIsNoLowerLink) {
  const Link link = parsed(recordedMessage("newlink-far-peer")).link;
  EXPECT_EQ(link.name, "v0");
  EXPECT_EQ(link.lower, std::nullopt);
}

TEST(LinkMessage, ReadsTheDriversLimitOfTheMtu) {
  EXPECT_EQ(parsed(recordedMessage("newlink-device")).link.max_mtu, 65535U);
  EXPECT_EQ(parsed(recordedMessage("newlink-port")).link.max_mtu, 65535U);
}

TEST(LinkMessage, WithoutALimitTheMtuHasNone) {
  EXPECT_EQ(parsed(recordedMessage("newlink-lo")).link.max_mtu, std::nullopt) << "says 0";
  EXPECT_EQ(parsed(recordedMessage("newlink-ifb")).link.max_mtu, std::nullopt) << "says 0";
  auto older = recordedMessage("newlink-lo");  // a kernel before 4.20 has no such attribute
  older.resize(NLMSG_LENGTH(sizeof(ifinfomsg)));
  appendAttribute(older, IFLA_IFNAME, octets({'l', 'o', 0}));
  EXPECT_EQ(parsed(older).link.max_mtu, std::nullopt);
}

TEST(LinkMessage, ADeletedLinkIsRemoved) {
  const auto message = parsed(recordedMessage("dellink-ifb"));
  EXPECT_TRUE(message.removed);
  EXPECT_EQ(message.link.index, KernelIndex{100});
}

TEST(LinkMessage, ALinkMovedToAnotherNamespaceIsRemoved) {
  const auto message = parsed(recordedMessage("dellink-moved"));
  EXPECT_TRUE(message.removed);
  EXPECT_EQ(message.link.index, KernelIndex{104});
}

TEST(LinkMessage, ABridgePortsNoticeIsNeitherALinkNorADeletion) {
  EXPECT_TRUE(isAboutNoLink(recordedMessage("bridge-newlink")));
  EXPECT_TRUE(isAboutNoLink(recordedMessage("bridge-dellink")));
}

TEST(LinkMessage, AWirelessEventIsNotALink) {
  auto message = recordedMessage("newlink-lo");
  appendAttribute(message, IFLA_WIRELESS, octets({1, 2, 3, 4}));
  EXPECT_TRUE(isAboutNoLink(message));
}

TEST(LinkMessage, WithoutANameItIsNotALink) {
  auto message = recordedMessage("newlink-lo");
  message.resize(NLMSG_LENGTH(sizeof(ifinfomsg)));
  test::fixLength(message);
  EXPECT_TRUE(isAboutNoLink(message));
}

TEST(LinkMessage, AnotherTypeOfMessageIsNotALink) {
  EXPECT_TRUE(isAboutNoLink(recordedMessage("newstats-lo")));
}

TEST(LinkMessage, AnAllZeroPermanentAddressIsNone) {
  auto message = recordedMessage("newlink-device");
  appendAttribute(message, IFLA_PERM_ADDRESS, octets({0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(parsed(message).link.permanent_address.empty());
}

TEST(LinkMessage, AnUnknownOperStateIsUnknown) {
  auto message = recordedMessage("newlink-device");
  appendAttribute(message, IFLA_OPERSTATE, octets({200}));
  EXPECT_EQ(parsed(message).link.oper_state, OperState::kUnknown);
}

TEST(LinkMessage, LinkZeroOrItselfIsNoLowerLink) {
  auto message = recordedMessage("newlink-macvlan");
  appendAttribute(message, IFLA_LINK, octets({0, 0, 0, 0}));
  EXPECT_EQ(parsed(message).link.lower, std::nullopt);
  appendAttribute(message, IFLA_LINK, octets({101, 0, 0, 0}));
  EXPECT_EQ(parsed(message).link.lower, std::nullopt);
}

TEST(LinkMessage, AnAttributeOfTheWrongSizeIsAnError) {
  auto short_mtu = recordedMessage("newlink-lo");
  appendAttribute(short_mtu, IFLA_MTU, octets({1, 2}));
  const auto message = parseLinkMessage(short_mtu);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().text, "link message of ifindex 1: an attribute does not fit");

  auto short_limit = recordedMessage("newlink-lo");
  appendAttribute(short_limit, IFLA_MAX_MTU, octets({1, 2}));
  EXPECT_FALSE(parseLinkMessage(short_limit));

  auto long_address = recordedMessage("newlink-lo");
  appendAttribute(long_address, IFLA_ADDRESS, std::vector<std::byte>(33));
  EXPECT_FALSE(parseLinkMessage(long_address));

  auto long_name = recordedMessage("newlink-lo");
  appendAttribute(long_name, IFLA_IFNAME, std::vector<std::byte>(IFNAMSIZ, std::byte('x')));
  EXPECT_FALSE(parseLinkMessage(long_name));
}

TEST(LinkMessage, AnIndexThatIsNoneIsAnError) {
  auto message = recordedMessage("newlink-lo");
  std::fill_n(message.begin() + NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_index), 4, std::byte{0});
  EXPECT_FALSE(parseLinkMessage(message));
}

TEST(LinkMessage, EveryTruncationIsAnErrorOrAShorterLink) {
  for (const auto& whole : test::allRecordedMessages()) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of just that size, so that the address sanitizer sees a read past its end.
      std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EXPECT_FALSE(parseLinkMessage(cut)) << size << " octets, the header says more";
      test::fixLength(cut);
      const auto message = parseLinkMessage(cut);
      EXPECT_TRUE(!message || !*message || (*message)->link.index > KernelIndex{0});
    }
  }
}

TEST(LinkMessage, TwentyThousandMutationsNeverMakeAnImpossibleLink) {
  const auto messages = test::allRecordedMessages();
  std::mt19937 random(2863);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = messages[below(messages.size())];
    for (auto changes = below(8) + 1; changes > 0; --changes) {
      bytes[below(bytes.size())] = std::byte(below(256));
    }
    if (i % 2 == 0) test::fixLength(bytes);
    const auto message = parseLinkMessage(bytes);
    if (!message || !*message) continue;
    const Link& link = (*message)->link;
    EXPECT_GT(link.index, KernelIndex{0});
    EXPECT_TRUE(!link.name.empty() && link.name.size() < IFNAMSIZ) << link.name;
    EXPECT_NE(link.lower, link.index);
  }
}

}  // namespace
}  // namespace hvnet
