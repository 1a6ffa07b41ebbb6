// The order in which interfaces that are new together get their numbers.
#pragma once

#include <tuple>

#include "ifmap/identity.h"

namespace hvnet {

// The hypervisor's order: by position (those without one last), then MAC, then name.
inline bool sortsBefore(const Candidate& a, const Candidate& b) {
  const bool a_lost = !a.position;
  const bool b_lost = !b.position;
  const BusPosition a_at = a.position.value_or(BusPosition{});
  const BusPosition b_at = b.position.value_or(BusPosition{});
  return std::tie(a_lost, a_at, a.mac, a.name, a.kernel_index) <
         std::tie(b_lost, b_at, b.mac, b.name, b.kernel_index);
}

}  // namespace hvnet
