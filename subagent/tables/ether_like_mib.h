// EtherLike-MIB (RFC 3635): dot3StatsTable and dot3HCStatsTable, for every row of ifTable whose
// ifType is ethernetCsmacd.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> etherLikeMibTables();

}  // namespace hvnet
