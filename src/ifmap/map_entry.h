// One line of the map: a number and whose it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ifmap/identity.h"

namespace hvnet {

struct MapEntry {
  IfIndex index{};
  Identity identity{};
  HwAddress mac{};                        // last seen; lets a new GUID take over an old one's entry
  std::optional<BusPosition> position{};  // last seen; decides between two with the same MAC
  std::string name{};                    // last seen; for the reader, and a last resort between two
  std::optional<std::int64_t> gone_s{};  // a tombstone since this wall-clock second

  bool operator==(const MapEntry&) const = default;
};

}  // namespace hvnet
