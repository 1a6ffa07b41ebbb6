// Computes the facts of an adapter that are not in its row of ifTable (HVNET-MIB,
// hvnetAdapterTable).
//
// Threads: any; pure functions. Ownership: borrows its arguments. Errors: none; an unknown fact is
// empty.
#pragma once

#include <span>

#include "snapshot/describe/row.h"

namespace hvnet {

// The facts that one adapter alone gives. `interface.profile` must not be null.
AdapterFacts adapterFacts(const SourceInterface& interface, bool kernel_indexed);

// Adds the facts that depend on all interfaces: positions in the hypervisor's list, VFs and data
// paths. `rows[i]` is the row of `interfaces[i]`.
void relateAdapters(std::span<const NumberedInterface> interfaces, std::span<Interface> rows);

// The hypervisor of the adapters, from their drivers. Empty if no driver belongs to one.
std::string_view hypervisorOf(std::span<const NumberedInterface> interfaces);

}  // namespace hvnet
