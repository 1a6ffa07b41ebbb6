#include "counters/queue_stats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>

namespace hvnet {
namespace {

using Counter = std::optional<std::uint64_t> QueueStats::*;

// "<prefix><queue><suffix>". hv_netvsc, and virtio_net up to Linux 6.9, have the longer prefixes;
// virtio_net from 6.10 on has the shorter ones.
struct NumberedName {
  std::string_view prefix;
  std::string_view suffix;
  Counter counter;
};

constexpr std::array kNumberedNames = {
    NumberedName{"rx_queue_", "_packets", &QueueStats::rx_packets},
    NumberedName{"rx_queue_", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx_queue_", "_packets", &QueueStats::tx_packets},
    NumberedName{"tx_queue_", "_bytes", &QueueStats::tx_octets},
    NumberedName{"rx", "_packets", &QueueStats::rx_packets},
    NumberedName{"rx", "_bytes", &QueueStats::rx_octets},
    NumberedName{"tx", "_packets", &QueueStats::tx_packets},
    NumberedName{"tx", "_bytes", &QueueStats::tx_octets},
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
  std::uint32_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
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

std::vector<QueueStats> QueuePlan::queues(std::span<const std::uint64_t> values) const {
  constexpr std::uint64_t kMostQueue = std::numeric_limits<std::uint32_t>::max();
  std::vector<QueueStats> queues;
  for (const Term& term : terms_) {
    const std::uint64_t queue = term.heading ? values[*term.heading] : term.queue;
    if (queue > kMostQueue) continue;
    auto& counter = entryOf(queues, static_cast<std::uint32_t>(queue)).*term.counter;
    counter = counter.value_or(0) + values[term.slot];
  }
  return queues;
}

}  // namespace hvnet
