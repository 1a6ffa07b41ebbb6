// What was SET, in memory and on disk: replaced whole, and on disk before anybody sees it.
//
// Threads: current() by any, all else by the main thread. open(), replace(), keepOnly() and
// setAside() may block on the disk.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "base/file_layer.h"
#include "base/log.h"
#include "base/result.h"
#include "ifmap/index_map.h"
#include "snapshot/settings.h"

namespace hvnet {

class SettingsStore {
 public:
  // No file is no settings. One that cannot be read is an error that says where and what to do,
  // and stays as it is.
  static Result<std::unique_ptr<SettingsStore>> open(std::filesystem::path file, Log& log,
                                                     FileLayer& files = realFiles());
  // Moves the file out of the way, whatever is in it, for --rebuild-map; says where to, empty when
  // there was none.
  static Result<std::optional<std::filesystem::path>> setAside(const std::filesystem::path& file,
                                                               FileLayer& files = realFiles());

  [[nodiscard]] SettingsPtr current() const;
  // Written whole, then current. After an error, which is logged once until it is over, everything
  // is as it was.
  Result<void> replace(Settings next);
  // Forgets what was SET of numbers that the map has forgotten: somebody else may get them.
  void keepOnly(std::span<const MapEntry> known);

 private:
  SettingsStore(std::filesystem::path file, Settings settings, Log& log, FileLayer& files);
  void putBack(const Settings& failed);

  std::filesystem::path file_;
  Log* log_;
  FileLayer* files_;
  bool failing_ = false;
  mutable std::mutex mutex_;  // for current_
  SettingsPtr current_;
};

}  // namespace hvnet
