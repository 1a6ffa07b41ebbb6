// IF-MIB (RFC 2863).
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
