// One example interface for each driver profile, and one that is not an adapter, with the snapshot
// that the product makes of each.
//
// Threads: any. Ownership: constant data; publish() returns a new snapshot. Errors: none.
// Units: in the names and comments of the members.
#pragma once

#include <span>
#include <string_view>

#include "snapshot/snapshot.h"

namespace hvnet {

// The facts of a driver and its bus. Everything else is the same for all examples.
struct Example {
  std::string_view name;  // the profile's name; empty: an interface that is not an adapter
  Bus bus = Bus::kOther;
  std::string_view bus_address = {};
  std::string_view unit = {};
  std::uint32_t channels = 0;
  std::uint32_t max_mtu = 0;     // octets; 0: the kernel has none
  std::uint32_t speed_mbps = 0;  // 0: the driver has none
  std::span<const std::string_view> statistics = {};
  bool kernel = true;  // a Linux driver: with the kernel's counters; otherwise a report
};

std::span<const Example> examples();

// Publishes the example with the same code as a real source. Every counter that the driver has is
// above zero.
SnapshotPtr publish(const Example& example, TimePoint now);

}  // namespace hvnet
