// The one door to the disk, so that tests can put a failing one in its place.
//
// Any thread; each call may block on the disk. Errors name the path and the reason.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hvnet {

class FileLayer {
 public:
  virtual ~FileLayer() = default;
  virtual Result<void> makeDirectory(const std::filesystem::path& path) = 0;  // mkdir -p, 0755
  // No file is an empty optional, not an error.
  virtual Result<std::optional<std::string>> read(const std::filesystem::path& path) = 0;
  virtual Result<void> writeSynced(const std::filesystem::path& path, std::string_view text) = 0;
  virtual Result<void> rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  virtual Result<void> syncDirectory(const std::filesystem::path& path) = 0;
};
FileLayer& realFiles();

// `file` has the new text or the old one, never half of one, whatever fails: written to
// `file`.new, fsynced, renamed, and the folder (made if it is missing) fsynced.
Result<void> replaceFile(FileLayer& files, const std::filesystem::path& file,
                         std::string_view text);

}  // namespace hvnet
