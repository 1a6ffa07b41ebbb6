// EtherLike-MIB (RFC 3635): dot3StatsTable and dot3HCStatsTable, for every row of ifTable whose
// ifType is ethernetCsmacd.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> etherLikeMibTables();

}  // namespace hvnet
