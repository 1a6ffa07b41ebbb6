// The map on disk (map_text.h), and the running map that is saved there.
//
// Written to a temporary file, fsynced, renamed, and the directory fsynced: at any moment the old
// map or the new one is there, never half of one. A map that cannot be read is never overwritten.
//
// Threads: the poller (and main before the poller starts). May block on the disk.
// Ownership: `log` and `files` outlive the store.
// Errors: "FILE:LINE: reason; what to do", or the path and the reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_layer.h"
#include "base/log.h"
#include "base/result.h"
#include "ifmap/index_map.h"
#include "ifmap/map_text.h"
#include "state/state_file.h"

namespace hvnet {

class MapStore {
 public:
  // `machine`: what the file says of who wrote it, see SavedMap.
  MapStore(const std::filesystem::path& folder, Log& log, FileLayer& files = realFiles(),
           std::string machine = {});
  static std::filesystem::path fileIn(const std::filesystem::path& folder);

  // No map yet is an empty one.
  [[nodiscard]] Result<SavedMap> load() const;
  // Logged as well when it fails, once until sayAgain(), and when it works again.
  Result<void> save(std::span<const MapEntry> entries, IfIndex given_up_to);
  void sayAgain() { file_.sayAgain(); }
  [[nodiscard]] bool failing() const { return file_.failing(); }

 private:
  StateFile file_;
  std::string machine_;
};

// The running map and its file.
//
// What was given is on disk before anybody is told: the numbers and who has them. Only a writer
// that makes many names in a short time is not worth a whole file for each: after kSavesAtOnce
// saves there is one a second at most, and until then the names are in memory only. Their numbers
// are safe all the same: the file then has a high-water mark that is kReserved numbers ahead, so
// that after a crash they are nobody's, and never another interface's. A number that no mark covers
// (1 to 255, and what a pin gives above the mark) is always on disk first. In quiet times the mark
// in the file is the highest number that was given.
//
// When the disk does not let it, it keeps serving, tries again, and says so once a minute.
class MapKeeper {
 public:
  static constexpr int kSavesAtOnce = 20;
  static constexpr std::uint32_t kReserved = 1024;

  // Without a store nothing is written: for --show.
  MapKeeper(IndexMap map, std::optional<MapStore> store, Log& log)
      : map_(std::move(map)), store_(std::move(store)), log_(&log), safe_up_to_(map_.givenUpTo()) {}

  // Numbers for everything present, in the order given; who is not in the answer has none, because
  // none is left. `wall_s` dates tombstones.
  std::vector<Assignment> assign(std::span<const Candidate> present, TimePoint now,
                                 std::int64_t wall_s);
  // Saves what is still unsaved, when it is time to; call it about once a second.
  void retry(TimePoint now);
  // A last try at the end.
  void flush(TimePoint now);

 private:
  [[nodiscard]] bool mustSave(const IndexMap::Outcome& outcome, TimePoint now);
  void refill(TimePoint now);
  void save(TimePoint now);
  void sayForgotten(TimePoint now);
  void sayUnnumbered(const std::vector<std::string>& names);

  IndexMap map_;
  std::optional<MapStore> store_;
  Log* log_;
  IfIndex safe_up_to_;  // the mark on disk: these numbers are nobody else's after a crash
  int saves_left_ = kSavesAtOnce;
  TimePoint refilled_{};
  TimePoint next_try_{};
  TimePoint next_complaint_{};
  Forgotten forgotten_;  // not said yet
  TimePoint next_forgotten_{};
  std::size_t said_unnumbered_ = 0;
};

}  // namespace hvnet
