// From what the source says and the numbers the map gave to everything that changes only when the
// topology does. Pure; histories are added by InterfaceHistory.
#pragma once

#include <span>

#include "snapshot/interfaces.h"

namespace hvnet {

// What holds for the source as a whole.
struct SourceFacts {
  bool kernel_indexed = true;  // Port::link.index is a kernel's ifindex
  bool failed = false;         // nobody can say whether the links are still up
};

Interfaces describe(std::span<const NumberedPort> ports, std::span<const VmbusDevice> vmbus_devices,
                    const PublishOptions& options, const SourceFacts& source);

}  // namespace hvnet
