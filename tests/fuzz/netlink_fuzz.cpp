// rtnetlink and generic netlink messages. The first octet chooses the parser, in the order of
// kParsers; the rest is the message. netlink_seeds.py makes the seeds from the recorded ones.

#include <linux/if.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "fuzz.h"
#include "sources/linux/link_message.h"
#include "sources/linux/netdev_queues.h"
#include "sources/linux/qdisc_message.h"
#include "sources/linux/stats_message.h"

namespace hvnet::fuzz {
namespace {

// Aligned as a socket's buffer is, and exactly as long as the message.
using Message = std::vector<std::byte>;

void mustHaveReason(const Error& error) {
  mustHold(!error.text.empty(), "a refusal has a reason");
}

void parseAsLink(const Message& message) {
  const auto parsed = parseLinkMessage(message);
  if (!parsed) return mustHaveReason(parsed.error());
  if (!*parsed) return;
  const Link& link = (*parsed)->link;
  mustHold(!link.name.empty() && link.name.size() < IFNAMSIZ, "a link's name is the kernel's");
  mustHold(link.name.find('\0') == std::string::npos, "a name ends where the kernel ends it");
  mustHold(!link.master || static_cast<int>(*link.master) > 0, "a master is a link or absent");
}

void parseAsStats(const Message& message) {
  const auto parsed = parseStatsMessage(message);
  if (!parsed) return mustHaveReason(parsed.error());
  mustHold(parsed->stats.rx_packets.has_value(), "the kernel has every counter");
}

void parseAsQdisc(const Message& message) {
  const auto parsed = parseQdiscMessage(message);
  if (!parsed) return mustHaveReason(parsed.error());
  mustHold(parsed->kind.size() < IFNAMSIZ, "a kind is shorter than IFNAMSIZ");
}

void parseAsFamily(const Message& message) {
  const auto number = netdevFamilyIn(message);
  mustHold(!number || message.size() > sizeof(nlmsghdr), "a family's number is in its message");
}

// Each message is of the family that it says it is of.
void parseAsQueue(const Message& message) {
  nlmsghdr header{};
  // An empty message has no data that memcpy() may be given.
  if (!message.empty()) {
    std::memcpy(&header, message.data(), std::min(message.size(), sizeof(header)));
  }
  const auto parsed = parseQueueMessage(message, header.nlmsg_type);
  if (!parsed) return mustHaveReason(parsed.error());
  mustHold(static_cast<int>(parsed->index) > 0, "a queue is an interface's");
  const QueueStats& stats = parsed->stats;
  mustHold(!(stats.rx_packets || stats.rx_octets) || !(stats.tx_packets || stats.tx_octets),
           "a queue has one direction");
}

constexpr std::array kParsers = {parseAsLink, parseAsStats, parseAsQdisc, parseAsFamily,
                                 parseAsQueue};

}  // namespace
}  // namespace hvnet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hvnet::fuzz::kParsers;
  if (size == 0) return 0;
  hvnet::fuzz::Message message(size - 1);
  std::transform(data + 1, data + size, message.begin(),
                 [](auto octet) { return std::byte(octet); });
  kParsers[data[0] % kParsers.size()](message);
  return 0;
}
