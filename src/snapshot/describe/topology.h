// Makes everything that changes only when the topology changes, from the interfaces of the source
// and the numbers of the index map. InterfaceHistory adds the histories.
//
// Threads: any; pure functions. Ownership: borrows its arguments, returns values. Errors: none.
#pragma once

#include <span>

#include "snapshot/describe/row.h"

namespace hvnet {

Interfaces describe(std::span<const NumberedInterface> interfaces,
                    std::span<const VmbusDevice> vmbus_devices, const PublishOptions& options,
                    const SourceFacts& source);

}  // namespace hvnet
