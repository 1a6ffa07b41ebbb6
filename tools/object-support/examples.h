// One example interface for each driver profile, and one that is no adapter, as a source shows
// them: what object-support lets the product publish. Pure data and the snapshot made from it.
#pragma once

#include <span>
#include <string_view>

#include "snapshot/snapshot.h"

namespace hvnet {

// What a driver and its bus tell; everything else is the same for all.
struct Example {
  std::string_view name;  // a profile's; empty: an interface that is no adapter
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

// What is published of it, with the real line from a source to a snapshot. Every counter that the
// driver has stands above zero.
SnapshotPtr publish(const Example& example, TimePoint now);

}  // namespace hvnet
