// What an adapter's hardware has dropped, as sums that only go up, from queues that come and go.
//
// Threads: the poller only. Ownership: values. Errors: none. Units: packets since the interface was
// first seen, and what its device had counted before.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "counters/accumulator.h"
#include "counters/components.h"
#include "sources/linux/netdev_queues.h"

namespace hvnet {

class HardwareLossTotals {
 public:
  // `queues`: what the kernel now says of this interface. Receive losses are the overruns, or where
  // a driver does not count those apart, all receive drops. What a queue that is gone has lost
  // stays in the sums; a counter that goes backwards goes on from there, and adds nothing then.
  HardwareLosses update(KernelIndex index, std::span<const QueueMessage> queues);
  // Forgets all interfaces but these.
  template <class Predicate>
  void keepOnly(Predicate still_there) {
    std::erase_if(interfaces_, [&](const auto& each) { return !still_there(each.first); });
  }

 private:
  struct Queue {
    Accumulator rx_losses{};
    Accumulator tx_drops{};
    Accumulator tx_errors{};
  };
  struct Interface {
    std::map<std::uint32_t, Queue> queues;
    std::uint64_t discards = 0;  // never taken back
  };

  static HardwareLosses sumOf(Interface& interface);

  std::map<KernelIndex, Interface> interfaces_;
};

}  // namespace hvnet
