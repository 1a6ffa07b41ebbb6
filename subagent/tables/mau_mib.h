// MAU-MIB (RFC 4836): ifMauTable, with one MAU for each adapter and none for other interfaces.
// What the hypervisor gives has no autonegotiation and no jack: those tables stay empty.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> mauMibTables();

}  // namespace hvnet
