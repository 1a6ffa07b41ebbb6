// MAU-MIB (RFC 4836): ifMauTable, with one MAU for each adapter and none for other interfaces.
// What the hypervisor gives has no autonegotiation and no jack: those tables stay empty.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> mauMibTables();

}  // namespace hvnet
