// One line of the map file, as an entry.
#pragma once

#include <string>

#include "base/result.h"
#include "base/words.h"
#include "ifmap/map_entry.h"

namespace hvnet {

// An entry and nothing after it. The error is the reason alone, without file and line.
Result<MapEntry> readEntry(Words words);
std::string formatEntry(const MapEntry& entry);  // without the newline

}  // namespace hvnet
