// What is known of an adapter beyond its row in ifTable (HVNET-MIB, hvnetAdapterTable). Pure.
#pragma once

#include <span>

#include "snapshot/interfaces.h"

namespace hvnet {

// Of one adapter by itself; `port.profile` is not null.
AdapterFacts adapterFacts(const Port& port, bool kernel_indexed);

// What takes all of them to know: places in the hypervisor's list, VFs and data paths. `rows[i]`
// is the row of `ports[i]`.
void relateAdapters(std::span<const NumberedPort> ports, std::span<Interface> rows);

// The hypervisor that gives the adapters; empty without any whose driver tells.
std::string_view hypervisorOf(std::span<const NumberedPort> ports);

}  // namespace hvnet
