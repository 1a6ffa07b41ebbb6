// HVNET-MIB: the agent itself, the hypervisor's adapters with their drivers' own numbers and their
// alarms, and the VMBus.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> hvnetMibTables();

}  // namespace hvnet
