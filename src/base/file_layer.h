// All access of the product to files it writes goes through this interface, so that tests can
// replace the disk by one that fails.
//
// Threads: any; each call may block on the disk.
// Ownership: none; what is read is the caller's.
// Errors: name the path and the reason.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hvnet {

inline constexpr std::size_t kLargestFile = std::size_t{32} << 20U;  // octets

class FileLayer {
 public:
  virtual ~FileLayer() = default;
  virtual Result<void> makeDirectory(const std::filesystem::path& path) = 0;  // mkdir -p, 0755
  // No file is an empty optional, not an error. A file over kLargestFile is an error.
  virtual Result<std::optional<std::string>> read(const std::filesystem::path& path) = 0;
  virtual Result<void> writeSynced(const std::filesystem::path& path, std::string_view text) = 0;
  virtual Result<void> rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  virtual Result<void> syncDirectory(const std::filesystem::path& path) = 0;
};
FileLayer& realFiles();

// Replaces the text of `file`. Whatever fails, the file has the new text or the old one, never a
// part of one: the text is written to `file`.new and fsynced, the file is renamed, and the folder
// is fsynced. Creates the folder if it is missing.
Result<void> replaceFile(FileLayer& files, const std::filesystem::path& file,
                         std::string_view text);

// A whole file that somebody else may have written: no pipe can hold us, no huge file can fill the
// memory. No file is an empty optional; more than `limit` octets, or what is no regular file, is an
// error.
Result<std::optional<std::string>> readLimited(const std::filesystem::path& path,
                                               std::size_t limit);
// The same for a file that the caller has opened; `path` is for the error. It reads from where the
// descriptor stands to the end.
Result<std::string> readToEnd(int fd, std::size_t limit, const std::filesystem::path& path);

}  // namespace hvnet
