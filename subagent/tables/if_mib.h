// IF-MIB (RFC 2863): ifTable, ifXTable and the scalars around them.
#pragma once

#include <span>

#include "tables/table.h"

namespace hvnet {

std::span<const Table> ifMibTables();

}  // namespace hvnet
