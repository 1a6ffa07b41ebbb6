#include "sources/linux/stats_message.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <string>

#include "sources/linux/netlink_message.h"

namespace hvnet {
namespace {

// Every kernel that answers RTM_GETSTATS (4.7 and later) has at least these.
constexpr std::size_t kLeastStats =
    offsetof(rtnl_link_stats64, tx_carrier_errors) + sizeof(rtnl_link_stats64::tx_carrier_errors);

static_assert(offsetof(rtnl_link_stats64, rx_nohandler) ==
              (kLinkStatsOrder.size() - 1) * sizeof(std::uint64_t));

// As many counters as the kernel has, and no more than LinkStats names.
LinkStats toLinkStats(Bytes payload) {
  LinkStats stats;
  for (const auto member : kLinkStatsOrder) {
    std::uint64_t value = 0;
    if (payload.size() < sizeof(value)) break;
    std::memcpy(&value, payload.data(), sizeof(value));
    stats.*member = value;
    payload = payload.subspan(sizeof(value));
  }
  return stats;
}

tl::unexpected<Error> failOf(std::uint32_t index, const char* what) {
  return fail("statistics of ifindex " + std::to_string(index) + ": " + what);
}

}  // namespace

Result<StatsMessage> parseStatsMessage(std::span<const std::byte> message) {
  const auto parts = openMessage<if_stats_msg>(message);
  if (!parts || parts->type != RTM_NEWSTATS) {
    return fail("not a whole statistics message: " + std::to_string(message.size()) + " octets");
  }
  const std::uint32_t index = parts->family.ifindex;
  Bytes counters;
  const bool whole = eachAttribute(parts->attributes, [&](std::uint16_t type, Bytes payload) {
    if (type == IFLA_STATS_LINK_64) counters = payload;
    return true;
  });
  if (!whole) return failOf(index, "an attribute does not fit");
  if (counters.size() < kLeastStats) return failOf(index, "no 64-bit link counters");
  return StatsMessage{KernelIndex{static_cast<int>(index)}, toLinkStats(counters)};
}

}  // namespace hvnet
