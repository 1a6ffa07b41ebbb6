// The counters of each queue, carried on over everything that a driver does to them. What was
// counted before this process looked is part of them; a restarted process counts anew.
//
// Poller thread only.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "counters/accumulator.h"
#include "counters/driver_stats.h"
#include "counters/queue_stats.h"
#include "snapshot/snapshot.h"

namespace hvnet {

class QueueKeeper {
 public:
  // `values` has one value for each name.
  void update(KernelIndex index, const StatNameList& names, std::span<const std::uint64_t> values);
  // Appends the queues of one port, ascending.
  void publish(KernelIndex index, IfIndex published, std::vector<QueueCounters>& out) const;
  void forget(KernelIndex index) { ports_.erase(index); }

 private:
  struct Queue {
    Accumulator rx_packets;
    Accumulator rx_octets;
    Accumulator tx_packets;
    Accumulator tx_octets;
  };
  struct Queues {
    StatNameList planned_names;  // what the plan was made from
    QueuePlan plan;
    std::map<std::uint32_t, Queue> by_number;
  };

  std::map<KernelIndex, Queues> ports_;
};

}  // namespace hvnet
