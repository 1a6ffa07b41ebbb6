// The running map and its file: saves before a new number is told to anybody, and keeps serving
// when the disk does not let it, trying again and saying so once a minute.
//
// Poller thread only. May block on the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "ifmap/index_map.h"
#include "ifmap/map_store.h"

namespace hvnet {

class MapKeeper {
 public:
  // Without a store nothing is written: for --show.
  MapKeeper(IndexMap map, std::optional<MapStore> store, Log& log)
      : map_(std::move(map)), store_(std::move(store)), log_(&log) {}

  // Numbers for everything present; on disk when this returns, if the disk allows.
  // `wall_s` dates tombstones.
  std::vector<Assignment> assign(std::span<const Candidate> present, TimePoint now,
                                 std::int64_t wall_s);
  // Saves what is still unsaved, when it is time to; call it about once a second.
  void retry(TimePoint now);
  // A last try at the end.
  void flush(TimePoint now);

 private:
  void save(TimePoint now);

  IndexMap map_;
  std::optional<MapStore> store_;
  Log* log_;
  TimePoint next_try_{};
  TimePoint next_complaint_{};
  bool failing_ = false;
};

}  // namespace hvnet
