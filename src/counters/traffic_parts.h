// The parts that a driver adds up to the totals of an interface, where its statistics tell them
// apart: what a VF has carried, and each queue (hv_netvsc: each channel). An MTU, ring or channel
// change makes the queues anew, and the totals fall by what they had counted; the VF's part goes
// on.
//
// The totals are the kernel's, and what is published goes by them. The parts only say by how much a
// total has fallen, and so what must be added that nothing is lost. The statistics are read a
// little later than the totals, so:
// - Parts explain a total when it lies between what they were in the look before and what they are
//   now. Parts that do not are about something else, and nothing is concluded from them.
// - After a restart, a total that is larger than its parts was read before the restart: its fall
//   shows in the next look.
//
// Threads: the poller only. Ownership: a value. Errors: none. Units: packets and octets. Cost: no
// allocation while the driver has the same queues.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "counters/driver_stats.h"
#include "counters/queue_stats.h"

namespace hvnet {

class TrafficParts {
 public:
  // The order of Fall; the totals that have parts.
  enum Total : std::size_t { kRxPackets, kTxPackets, kRxOctets, kTxOctets, kTotals };
  using Totals = std::array<std::optional<std::uint64_t>, kTotals>;

  // Of one total, in one look.
  struct Fall {
    bool explained = false;  // the parts are this total's, and say how it moved
    std::uint64_t by = 0;    // it is smaller by this than if no part had started again
  };
  using Falls = std::array<Fall, kTotals>;

  // The parts, read just after the totals. Without a VF's statistics nothing is known of this look.
  Falls look(const Totals& totals, const Traffic& vf, std::span<const QueueStats> queues);
  // The next look is the first one again.
  void forget() { last_.clear(); }

 private:
  // A VF (number 0) or a queue (its number and 1).
  struct Part {
    std::uint64_t number = 0;
    std::array<std::uint64_t, kTotals> counted{};
  };
  // Of one total.
  struct History {
    std::uint64_t sum = 0;      // of the parts
    std::uint64_t pending = 0;  // what the total is about to fall by
    bool explained = false;
  };

  [[nodiscard]] Fall compare(std::size_t total, std::optional<std::uint64_t> value);

  std::vector<Part> last_;  // ascending by number
  std::vector<Part> now_;
  bool queues_restarted_ = false;  // since the last look
  std::array<History, kTotals> history_{};
};

}  // namespace hvnet
