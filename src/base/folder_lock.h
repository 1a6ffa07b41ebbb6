// One process a folder: what two would write in turn, neither could rely on.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class FolderLock {
 public:
  // Makes the folder when it is missing, and holds `folder`/lock (flock(2)) for as long as it
  // lives: with the process it is gone, whatever ended it. An error when another process has it.
  // Empty where nothing can be written; there is nothing to be protected then.
  static Result<std::optional<FolderLock>> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace hvnet
