#include "counters/linux/stats_message.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <string>

#include "counters/linux/netlink_message.h"

namespace hvnet {
namespace {

// struct rtnl_link_stats64 only ever grew at its end; this is the last member that we read.
constexpr std::size_t kLeastStats =
    offsetof(rtnl_link_stats64, tx_carrier_errors) + sizeof(rtnl_link_stats64::tx_carrier_errors);

LinkStats toLinkStats(Bytes payload) {
  rtnl_link_stats64 kernel{};
  std::memcpy(&kernel, payload.data(), std::min(payload.size(), sizeof(kernel)));
  LinkStats stats;
  stats.rx_packets = kernel.rx_packets;
  stats.tx_packets = kernel.tx_packets;
  stats.rx_bytes = kernel.rx_bytes;
  stats.tx_bytes = kernel.tx_bytes;
  stats.rx_errors = kernel.rx_errors;
  stats.tx_errors = kernel.tx_errors;
  stats.rx_dropped = kernel.rx_dropped;
  stats.tx_dropped = kernel.tx_dropped;
  stats.multicast = kernel.multicast;
  stats.rx_missed_errors = kernel.rx_missed_errors;
  stats.rx_crc_errors = kernel.rx_crc_errors;
  stats.rx_frame_errors = kernel.rx_frame_errors;
  stats.tx_carrier_errors = kernel.tx_carrier_errors;
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
