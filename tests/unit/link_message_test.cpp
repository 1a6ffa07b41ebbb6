#include "sources/linux/link_message.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <utility>

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
  EXPECT_EQ(message.link.hardware_type, HardwareType::kLoopback);
  EXPECT_TRUE(message.link.loopback);
  EXPECT_EQ(message.link.mtu, 65536U);
  EXPECT_TRUE(message.link.admin_up);
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

TEST(LinkMessage, TranslatesTheKernelsHardwareTypes) {
  const std::pair<unsigned short, HardwareType> types[] = {
      {ARPHRD_ETHER, HardwareType::kEthernet},
      {ARPHRD_IEEE80211, HardwareType::kIeee80211},
      {ARPHRD_INFINIBAND, HardwareType::kInfiniband},
      {ARPHRD_LOOPBACK, HardwareType::kLoopback},
      {ARPHRD_PPP, HardwareType::kPpp},
      {ARPHRD_NONE, HardwareType::kTunnel},
      {ARPHRD_SIT, HardwareType::kTunnel},
      {ARPHRD_IPGRE, HardwareType::kTunnel},
      {ARPHRD_IP6GRE, HardwareType::kTunnel},
      {ARPHRD_TUNNEL, HardwareType::kTunnel},
      {ARPHRD_TUNNEL6, HardwareType::kTunnel},
      {ARPHRD_CAN, HardwareType::kOther}};
  for (const auto& [arphrd, type] : types) {
    auto message = recordedMessage("newlink-lo");
    std::memcpy(message.data() + NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_type), &arphrd, 2);
    EXPECT_EQ(parsed(message).link.hardware_type, type) << arphrd;
  }
}

TEST(LinkMessage, ReadsEachFlagByItself) {
  const auto with = [](unsigned flags) {
    auto message = recordedMessage("newlink-lo");
    std::memcpy(message.data() + NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_flags), &flags, 4);
    return parsed(message).link;
  };
  EXPECT_FALSE(with(0).admin_up || with(0).loopback || with(0).promiscuous);
  EXPECT_TRUE(with(IFF_UP).admin_up);
  EXPECT_FALSE(with(IFF_RUNNING | IFF_LOWER_UP).admin_up) << "that is the carrier's";
  EXPECT_TRUE(with(IFF_LOOPBACK).loopback);
  EXPECT_TRUE(with(IFF_PROMISC).promiscuous);
  EXPECT_FALSE(with(IFF_ALLMULTI).promiscuous);
}

TEST(LinkMessage, ALinkThatIsSetDownWithoutACarrierMayHaveOne) {
  const auto carrier_with = [](unsigned flags, std::uint8_t carrier) {
    auto message = recordedMessage("newlink-lo");
    std::memcpy(message.data() + NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_flags), &flags, 4);
    const std::array<std::byte, 4> header = {std::byte{5}, std::byte{0}, std::byte{IFLA_CARRIER},
                                             std::byte{0}};
    const auto found = std::search(message.begin(), message.end(), header.begin(), header.end());
    EXPECT_NE(found, message.end());
    *(found + std::ssize(header)) = std::byte{carrier};
    return parsed(message).link.carrier;
  };
  EXPECT_EQ(carrier_with(IFF_UP, 0), false);
  EXPECT_EQ(carrier_with(IFF_UP, 1), true);
  EXPECT_EQ(carrier_with(0, 0), std::nullopt) << "the driver takes it away while it is down";
  EXPECT_EQ(carrier_with(0, 1), true) << "this driver knows";
}

TEST(LinkMessage, ReadsAliasKindAndPromiscuity) {
  const Link link = parsed(recordedMessage("newlink-ifb")).link;
  EXPECT_EQ(link.index, KernelIndex{100});
  EXPECT_EQ(link.alias, "uplink");
  EXPECT_EQ(link.kind, "ifb");
  EXPECT_TRUE(link.promiscuous);
  EXPECT_FALSE(link.admin_up);
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

TEST(LinkMessage, TheLongestAliasAndAddressFitAndOneOctetMoreIsAnError) {
  for (const auto& [type, longest] : {std::pair{IFLA_IFALIAS, IFALIASZ - 1}, {IFLA_ADDRESS, 32}}) {
    auto message = recordedMessage("newlink-lo");
    const std::vector<std::byte> fits(static_cast<std::size_t>(longest), std::byte('x'));
    appendAttribute(message, static_cast<std::uint16_t>(type), fits);
    const Link link = parsed(message).link;
    EXPECT_EQ(type == IFLA_ADDRESS ? link.address.size() : link.alias.size(), fits.size());
    const std::vector<std::byte> too_long(fits.size() + 1, std::byte('x'));
    appendAttribute(message, static_cast<std::uint16_t>(type), too_long);
    EXPECT_FALSE(parseLinkMessage(message)) << type;
  }
}

TEST(LinkMessage, TheFlagAloneMakesItPromiscuous) {
  auto message = recordedMessage("newlink-lo");
  EXPECT_FALSE(parsed(message).link.promiscuous);
  ifinfomsg family{};
  std::memcpy(&family, message.data() + NLMSG_HDRLEN, sizeof family);
  family.ifi_flags |= IFF_PROMISC;
  std::memcpy(message.data() + NLMSG_HDRLEN, &family, sizeof family);
  EXPECT_TRUE(parsed(message).link.promiscuous) << "IFF_PROMISC, without IFLA_PROMISCUITY";
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
