// One line of the map file, as an entry:
//
//   3 guid 6f1d9b1c-… mac 00:15:5d:01:02:03 position vmbus 12 name lan0 gone 1732233600
//
// Threads: any. Ownership: none. Errors: the reason alone, without file and line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/words.h"
#include "ifmap/map_entries.h"

namespace hvnet {

// One to 32 pairs of hexadecimal digits with ':' between them: any HwAddress but the empty one.
std::optional<HwAddress> parseHwAddress(std::string_view word);

// An entry and nothing after it.
Result<MapEntry> readEntry(Words words);
std::string formatEntry(const MapEntry& entry);  // without the newline

}  // namespace hvnet
