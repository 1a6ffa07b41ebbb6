// HVNET-MIB: the agent itself, the hypervisor's adapters with their drivers' own numbers, and the
// VMBus. (The alarm table is not served yet.)
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> hvnetMibTables();

}  // namespace hvnet
