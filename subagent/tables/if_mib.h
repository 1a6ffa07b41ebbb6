// IF-MIB (RFC 2863).
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

// ifTable, ifXTable and the scalars around them.
std::span<const Table> ifMibTables();

// What interfaces are to each other and to the link: ifStackTable, ifStackLastChange and
// ifRcvAddressTable.
std::span<const Table> ifMibRelationTables();

}  // namespace hvnet
