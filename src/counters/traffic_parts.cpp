#include "counters/traffic_parts.h"

#include <algorithm>
#include <utility>

namespace hvnet {
namespace {

// How the parts of one total have moved between two looks.
struct Movement {
  std::uint64_t sum = 0;        // of all parts now
  std::uint64_t lost = 0;       // what the parts that started again, or went, had counted before
  std::uint64_t restarted = 0;  // what they have counted since
};

constexpr std::uint64_t kVf = 0;

// Whether a queue that was there before has fallen, or is gone.
template <class Parts>
bool queuesStartedAgain(const Parts& before, const Parts& now) {
  return std::ranges::any_of(before, [&](const auto& old) {
    if (old.number == kVf) return false;
    const auto part =
        std::ranges::find(now, old.number, [](const auto& each) { return each.number; });
    if (part == now.end()) return true;
    return !std::ranges::equal(part->counted, old.counted, std::ranges::greater_equal());
  });
}

// The VF is the first part, always. All that it counts starts again at once.
template <class Parts>
bool vfStartedAgain(const Parts& before, const Parts& now) {
  return !before.empty() && !std::ranges::equal(now.front().counted, before.front().counted,
                                                std::ranges::greater_equal());
}

template <class Parts>
Movement movement(const Parts& before, const Parts& now, std::size_t total, bool queues_restarted) {
  Movement out;
  for (const auto& part : now) {
    out.sum += part.counted[total];
    if (part.number != kVf && queues_restarted) out.restarted += part.counted[total];
  }
  for (const auto& part : before) {
    if (part.number != kVf && queues_restarted) out.lost += part.counted[total];
  }
  if (vfStartedAgain(before, now)) {
    out.lost += before.front().counted[total];
    out.restarted += now.front().counted[total];
  }
  return out;
}

}  // namespace

TrafficParts::Falls TrafficParts::look(const Totals& totals, const Traffic& vf,
                                       std::span<const QueueStats> queues) {
  if (!vf.rx_packets && !vf.rx_octets && !vf.tx_packets && !vf.tx_octets) return {};
  now_.clear();
  now_.push_back({kVf,
                  {vf.rx_packets.value_or(0), vf.tx_packets.value_or(0), vf.rx_octets.value_or(0),
                   vf.tx_octets.value_or(0)}});
  for (const QueueStats& queue : queues) {
    now_.push_back({std::uint64_t{queue.queue} + 1,
                    {queue.rx_packets.value_or(0), queue.tx_packets.value_or(0),
                     queue.rx_octets.value_or(0), queue.tx_octets.value_or(0)}});
  }
  queues_restarted_ = queuesStartedAgain(last_, now_);
  Falls falls;
  for (std::size_t total = 0; total < kTotals; ++total) {
    falls[total] = compare(total, totals[total]);
  }
  std::swap(last_, now_);
  return falls;
}

TrafficParts::Fall TrafficParts::compare(std::size_t total, std::optional<std::uint64_t> value) {
  History& history = history_[total];
  const bool first = last_.empty();
  if (first) history = {};
  const Movement moved = movement(last_, now_, total, queues_restarted_);
  const std::uint64_t grown = first ? 0 : moved.sum + moved.lost - history.sum;
  const bool was_explained = history.explained;
  const bool read_before = value && *value > moved.sum;
  history.sum = moved.sum;
  history.explained = value && !read_before && moved.sum - *value <= grown;
  if (!value || !was_explained) {
    history.pending = 0;
    return {};
  }
  Fall fall{.explained = true, .by = std::exchange(history.pending, 0)};
  if (moved.lost > 0 && read_before) {
    // The total still has what the old queues had counted: all of it but what the others have.
    history.pending = std::max(moved.lost, *value - (moved.sum - moved.restarted));
    history.explained = true;
  } else {
    fall.by += moved.lost;
  }
  return fall;
}

}  // namespace hvnet
