// The map on disk: `<state>/ifindex.map`, one readable line an interface.
//
// Written to a temporary file, fsynced, renamed, and the directory fsynced: at any moment the old
// map or the new one is there, never half of one. A map that cannot be read is never overwritten.
// Poller thread only (and main before the poller starts). May block on the disk.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_layer.h"
#include "base/result.h"
#include "ifmap/index_map.h"

namespace hvnet {

// Pure. `file_name` is only for messages: "ifindex.map:12: index 3 given twice (lan0, lan2); …".
Result<std::vector<MapEntry>> parseMap(std::string_view text, std::string_view file_name);
std::string formatMap(std::span<const MapEntry> entries);

class MapStore {
 public:
  explicit MapStore(std::filesystem::path folder, FileLayer& files = realFiles());

  // No map yet is an empty one.
  [[nodiscard]] Result<std::vector<MapEntry>> load() const;
  Result<void> save(std::span<const MapEntry> entries);
  // Moves the map out of the way for --rebuild-map; says where to, empty when there was none.
  Result<std::optional<std::filesystem::path>> setAside();
  [[nodiscard]] std::filesystem::path file() const;

 private:
  std::filesystem::path folder_;
  FileLayer* files_;
};

}  // namespace hvnet
