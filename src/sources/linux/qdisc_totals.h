// Root qdisc drops that only go up, from numbers that wrap at 2^32 and start again whenever an
// administrator puts another qdisc in its place.
//
// Threads: the poller only. Ownership: values. Errors: none. Units: packets since the interface was
// first seen.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <iterator>

#include "sources/linux/qdisc_drops.h"

namespace hvnet {

class QdiscTotals {
 public:
  // Another handle is another qdisc, whose drops are all new. The same one going backwards has
  // wrapped, if that is likely; else (a child of mq was replaced, and the sum is over the others)
  // what it shows was counted before.
  std::uint64_t update(const QdiscDrops& now);
  // Forgets all interfaces but these.
  template <class Predicate>
  void keepOnly(Predicate still_there) {
    for (auto interface = interfaces_.begin(); interface != interfaces_.end();) {
      interface =
          still_there(interface->first) ? std::next(interface) : interfaces_.erase(interface);
    }
  }

 private:
  struct Queue {
    std::uint32_t handle = 0;
    std::uint32_t drops = 0;
    std::uint64_t total = 0;
  };
  boost::container::flat_map<KernelIndex, Queue> interfaces_;
};

}  // namespace hvnet
