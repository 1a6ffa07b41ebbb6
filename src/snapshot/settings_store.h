// What was SET, in memory and on disk: replaced whole, and on disk before anybody sees it.
//
// Threads: current() by any, all else by the main thread. open(), replace() and keepOnly() may
// block on the disk. Ownership: `log` and `files` outlive the store. Errors: a file that cannot be
// used says "FILE:LINE: reason; what to do" or names the path; it stays as it is.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

#include "base/log.h"
#include "base/result.h"
#include "ifmap/index_map.h"
#include "snapshot/settings.h"
#include "state/state_file.h"

namespace hvnet {

class SettingsStore {
 public:
  // No file is no settings.
  static Result<std::unique_ptr<SettingsStore>> open(std::filesystem::path path, Log& log,
                                                     FileLayer& files = realFiles());
  [[nodiscard]] SettingsPtr current() const;
  // Written whole, then current. After an error, which is logged once until it is over, everything
  // is as it was.
  Result<void> replace(Settings next);
  // Forgets what was SET of numbers that the map has forgotten: nobody will have them again.
  // `known` is sorted by index.
  void keepOnly(std::span<const MapEntry> known);

 private:
  SettingsStore(StateFile file, Settings settings);

  StateFile file_;
  mutable std::mutex mutex_;  // for current_
  SettingsPtr current_;
};

}  // namespace hvnet
