// The kernel's list of the link-layer multicast addresses that its interfaces receive, as values.
// Text in, no file in sight.
//
// Threads: any; a pure function. Ownership: values. Errors: none; a line that is anything else is
// left out.
#pragma once

#include <string_view>
#include <vector>

#include "counters/link.h"

namespace hvnet {

// One address that one interface receives.
struct MulticastGroup {
  KernelIndex index{};
  HwAddress address;

  bool operator==(const MulticastGroup&) const = default;
};

// The text of /proc/net/dev_mcast: on each line the index of an interface, its name, how many ask
// for the address, how many of them globally, and the address as hexadecimal digits without
// separators. Sorted, each group once. A line that is anything else is skipped (an interface
// without link-layer addresses has lines without one).
std::vector<MulticastGroup> parseMulticastList(std::string_view text);

}  // namespace hvnet
