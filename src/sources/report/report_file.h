// Reading a file that somebody else writes: no pipe can hold us, no huge file can fill the memory.
//
// Threads: any. Blocks for as long as the disk takes. Ownership: values. Errors: values that name
// the file and the reason.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace hvnet {

// Tells one file from the one that replaced it, as far as the file system can.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;  // of the wall clock
  std::int64_t size = 0;         // octets
  auto operator<=>(const FileIdentity&) const = default;
};

// Nothing when there is no such file, or it cannot be asked.
std::optional<FileIdentity> identityOfFile(const std::filesystem::path& path);

struct WholeFile {
  FileIdentity identity;
  std::string text;
};

// No file is an empty optional. What has more than `limit` octets, or is no regular file, is
// refused.
Result<std::optional<WholeFile>> readWholeFile(const std::filesystem::path& path,
                                               std::size_t limit);

}  // namespace hvnet
