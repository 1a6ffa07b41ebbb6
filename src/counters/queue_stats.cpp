#include "counters/queue_stats.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "base/words.h"

namespace hvnet {
namespace {

using Counter = std::optional<std::uint64_t> QueueStats::*;

// "<prefix><queue><suffix>", and between the two nothing but the number: neither `rx0_xdp_packets`
// nor `xdp_queue_0_packets` is a queue's packets. Where several lines count the packets of one
// queue, their sum does.
struct NumberedName {
  std::string_view prefix;
  std::string_view suffix;
  Counter counter;
};

constexpr std::array kNumberedNames = {
    // drivers/net/hyperv/netvsc_drv.c, virtio_net.c (up to Linux 6.9), ethernet/intel/ixgbevf
    NumberedName{"rx_queue_", "_packets", &QueueStats::rx_packets},
    NumberedName{"rx_queue_", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx_queue_", "_packets", &QueueStats::tx_packets},
    NumberedName{"tx_queue_", "_bytes", &QueueStats::tx_octets},
    // ethernet/mellanox/mlx4 and mlx5
    NumberedName{"rx", "_packets", &QueueStats::rx_packets},
    NumberedName{"rx", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx", "_packets", &QueueStats::tx_packets},
    NumberedName{"tx", "_bytes", &QueueStats::tx_octets},
    // ethernet/microsoft/mana/mana_ethtool.c
    NumberedName{"rx_", "_packets", &QueueStats::rx_packets},
    NumberedName{"rx_", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx_", "_packets", &QueueStats::tx_packets},
    NumberedName{"tx_", "_bytes", &QueueStats::tx_octets},
    // ethernet/intel/iavf/iavf_ethtool.c
    NumberedName{"rx-", ".packets", &QueueStats::rx_packets},
    NumberedName{"rx-", ".bytes", &QueueStats::rx_octets},
    NumberedName{"tx-", ".packets", &QueueStats::tx_packets},
    NumberedName{"tx-", ".bytes", &QueueStats::tx_octets},
    // ethernet/intel/idpf/idpf_ethtool.c
    NumberedName{"rx_q-", "_pkts", &QueueStats::rx_packets},
    NumberedName{"rx_q-", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx_q-", "_pkts", &QueueStats::tx_packets},
    NumberedName{"tx_q-", "_bytes", &QueueStats::tx_octets},
    // ethernet/amazon/ena/ena_ethtool.c
    NumberedName{"queue_", "_rx_cnt", &QueueStats::rx_packets},
    NumberedName{"queue_", "_rx_bytes", &QueueStats::rx_octets},
    NumberedName{"queue_", "_tx_cnt", &QueueStats::tx_packets},
    NumberedName{"queue_", "_tx_bytes", &QueueStats::tx_octets},
    // ethernet/google/gve/gve_ethtool.c, which counts no packets by queue
    NumberedName{"rx_bytes[", "]", &QueueStats::rx_octets},
    NumberedName{"tx_bytes[", "]", &QueueStats::tx_octets},
    // ethernet/broadcom/bnxt/bnxt_ethtool.c
    NumberedName{"[", "]: rx_ucast_packets", &QueueStats::rx_packets},
    NumberedName{"[", "]: rx_mcast_packets", &QueueStats::rx_packets},
    NumberedName{"[", "]: rx_bcast_packets", &QueueStats::rx_packets},
    NumberedName{"[", "]: rx_ucast_bytes", &QueueStats::rx_octets},
    NumberedName{"[", "]: rx_mcast_bytes", &QueueStats::rx_octets},
    NumberedName{"[", "]: rx_bcast_bytes", &QueueStats::rx_octets},
    NumberedName{"[", "]: tx_ucast_packets", &QueueStats::tx_packets},
    NumberedName{"[", "]: tx_mcast_packets", &QueueStats::tx_packets},
    NumberedName{"[", "]: tx_bcast_packets", &QueueStats::tx_packets},
    NumberedName{"[", "]: tx_ucast_bytes", &QueueStats::tx_octets},
    NumberedName{"[", "]: tx_mcast_bytes", &QueueStats::tx_octets},
    NumberedName{"[", "]: tx_bcast_bytes", &QueueStats::tx_octets},
    // ethernet/emulex/benet/be_ethtool.c
    NumberedName{"rxq", ": rx_pkts", &QueueStats::rx_packets},
    NumberedName{"rxq", ": rx_bytes", &QueueStats::rx_octets},
    NumberedName{"txq", ": tx_pkts", &QueueStats::tx_packets},
    NumberedName{"txq", ": tx_bytes", &QueueStats::tx_octets},
};

// vmxnet3 repeats the same names below a heading for each queue, whose value is the queue's number.
// TSO and LRO packets are among the unicast ones.
struct SectionName {
  std::string_view heading;
  std::string_view name;
  Counter counter;
};

constexpr std::string_view kRxHeading = "Rx Queue#";
constexpr std::string_view kTxHeading = "Tx Queue#";

constexpr std::array kSectionNames = {
    SectionName{kRxHeading, "ucast pkts rx", &QueueStats::rx_packets},
    SectionName{kRxHeading, "mcast pkts rx", &QueueStats::rx_packets},
    SectionName{kRxHeading, "bcast pkts rx", &QueueStats::rx_packets},
    SectionName{kRxHeading, "ucast bytes rx", &QueueStats::rx_octets},
    SectionName{kRxHeading, "mcast bytes rx", &QueueStats::rx_octets},
    SectionName{kRxHeading, "bcast bytes rx", &QueueStats::rx_octets},
    SectionName{kTxHeading, "ucast pkts tx", &QueueStats::tx_packets},
    SectionName{kTxHeading, "mcast pkts tx", &QueueStats::tx_packets},
    SectionName{kTxHeading, "bcast pkts tx", &QueueStats::tx_packets},
    SectionName{kTxHeading, "ucast bytes tx", &QueueStats::tx_octets},
    SectionName{kTxHeading, "mcast bytes tx", &QueueStats::tx_octets},
    SectionName{kTxHeading, "bcast bytes tx", &QueueStats::tx_octets},
};

std::optional<std::uint32_t> numberIn(std::string_view name, const NumberedName& form) {
  if (!name.starts_with(form.prefix) || !name.ends_with(form.suffix)) return std::nullopt;
  name.remove_prefix(form.prefix.size());
  if (name.size() <= form.suffix.size()) return std::nullopt;
  name.remove_suffix(form.suffix.size());
  return parseNumber<std::uint32_t>(name);
}

Counter counterIn(std::string_view heading, std::string_view name) {
  const auto* const row = std::ranges::find_if(kSectionNames, [&](const SectionName& each) {
    return each.heading == heading && each.name == name;
  });
  return row == kSectionNames.end() ? nullptr : row->counter;
}

QueueStats& entryOf(std::vector<QueueStats>& queues, std::uint32_t queue) {
  const auto place = std::ranges::lower_bound(queues, queue, {}, &QueueStats::queue);
  if (place != queues.end() && place->queue == queue) return *place;
  return *queues.insert(place, QueueStats{queue});
}

}  // namespace

QueuePlan::QueuePlan(std::span<const std::string> trimmed_names) {
  std::optional<std::size_t> heading;
  for (std::size_t slot = 0; slot < trimmed_names.size(); ++slot) {
    const std::string& name = trimmed_names[slot];
    if (name == kRxHeading || name == kTxHeading) {
      heading = slot;
    } else if (!heading) {
      addNumbered(name, slot);
    } else if (const Counter counter = counterIn(trimmed_names[*heading], name)) {
      terms_.push_back({.counter = counter, .slot = slot, .heading = heading});
    }
  }
}

void QueuePlan::addNumbered(const std::string& name, std::size_t slot) {
  for (const NumberedName& form : kNumberedNames) {
    const auto queue = numberIn(name, form);
    if (!queue) continue;
    terms_.push_back({.counter = form.counter, .slot = slot, .queue = *queue});
    return;
  }
}

void QueuePlan::read(std::span<const std::uint64_t> values, std::vector<QueueStats>& queues) const {
  constexpr std::uint64_t kMostQueue = std::numeric_limits<std::uint32_t>::max();
  queues.clear();
  for (const Term& term : terms_) {
    const std::uint64_t queue = term.heading ? values[*term.heading] : term.queue;
    if (queue > kMostQueue) continue;
    auto& counter = entryOf(queues, static_cast<std::uint32_t>(queue)).*term.counter;
    counter = counter.value_or(0) + values[term.slot];
  }
}

}  // namespace hvnet
