#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace hvnet {
namespace {

// The number of the process that holds the lock, as it wrote it into the file; for messages only.
std::string holderOf(int fd) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  if (size <= 0) return "another process";
  return "process " + std::string(text.data(), static_cast<std::size_t>(size));
}

// Writes the process number. If the disk is full there is no number, but the lock still works.
void tellHolder(const std::filesystem::path& file) {
  const UniqueFd fd{::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)};
  const std::string pid = std::to_string(::getpid());
  if (fd) static_cast<void>(::write(fd.get(), pid.data(), pid.size()) > 0);
}

}  // namespace

Result<std::optional<FolderLock>> FolderLock::take(const std::filesystem::path& folder) {
  std::error_code ignored;  // open() reports the error
  std::filesystem::create_directories(folder, ignored);
  const std::filesystem::path file = folder / "lock";
  // The file is not open for writing, so that the file system can still be remounted read-only.
  UniqueFd fd{::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644)};
  if (!fd) return std::nullopt;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failErrno("locking " + file.string());
    return fail(folder.string() + " is in use by " + holderOf(fd.get()) +
                "; end it, or give this one another --state");
  }
  tellHolder(file);
  return FolderLock(std::move(fd));
}

}  // namespace hvnet
