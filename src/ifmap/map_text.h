// The text of the map: `<state>/ifindex.map`, one readable line an interface.
//
//   hvnet-ifindex-map 2
//   # comment
//   machine 3f0c1a…
//   given 257
//   1 guid 6f1d9b1c-… mac 00:15:5d:01:02:03 position vmbus 12 name lan0
//   256 link loopback lo
//   257 link veth veth1a2b3c gone 1732233601
//   258 retired
//   end 4
//
// `given` is the high-water mark: numbers from 256 up to it were given, or may have been, and are
// never given again, whether they have a line or not (free_numbers.h). Version 1 has no such line:
// its mark is its highest number that no pin explains.
//
// `machine` is the machine that wrote it. A map without that line is of no certain machine.
//
// A map with many tombstones is read in bounded memory: what would be forgotten anyhow
// (tombstones.h) is checked like every line and not kept.
//
// Threads: any. Ownership: none.
// Errors: "FILE:LINE: reason; what to do": ifindex.map:12: index 3 given twice (lan0, lan2); ….
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ifmap/map_entries.h"
#include "ifmap/tombstones.h"

namespace hvnet {

struct SavedMap {
  std::vector<MapEntry> entries{};          // sorted by index
  std::optional<IfIndex> given_up_to{};     // none in version 1
  std::optional<IfIndex> last_forgotten{};  // the highest number whose line was not kept
  Forgotten forgotten{};
  std::string machine{};  // /etc/machine-id of who wrote it; empty: not known
};

// `file_name` is only for messages.
Result<SavedMap> parseMap(std::string_view text, std::string_view file_name);
// `machine`: see SavedMap.
std::string formatMap(std::span<const MapEntry> entries, IfIndex given_up_to,
                      std::string_view machine = {});

}  // namespace hvnet
