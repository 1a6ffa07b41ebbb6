// Makes sure that only one process uses a state folder. Two processes would overwrite each other's
// files.
//
// Threads: any. Ownership: the object owns the lock file's descriptor; the lock ends with it.
// Errors: a Result that names the folder, and the process that uses it.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class FolderLock {
 public:
  // Creates the folder if it is missing, and locks `folder`/lock with flock(2). The kernel releases
  // the lock when the process ends, for whatever reason. Another process that holds the lock is an
  // error. Returns an empty optional if the folder cannot be written: then there is nothing to
  // protect.
  static Result<std::optional<FolderLock>> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace hvnet
