#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace hvnet {
namespace {

// Its number, as it has written it there; for a person only.
std::string holderOf(int fd) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  if (size <= 0) return "another process";
  return "process " + std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

Result<std::optional<FolderLock>> FolderLock::take(const std::filesystem::path& folder) {
  std::error_code ignored;  // the open() says it
  std::filesystem::create_directories(folder, ignored);
  const std::filesystem::path file = folder / "lock";
  UniqueFd fd{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
  if (!fd) return std::nullopt;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failErrno("locking " + file.string());
    return fail(folder.string() + " is in use by " + holderOf(fd.get()) +
                "; end it, or give this one another --state");
  }
  const std::string pid = std::to_string(::getpid());
  const bool told =
      ::ftruncate(fd.get(), 0) == 0 && ::pwrite(fd.get(), pid.data(), pid.size(), 0) >= 0;
  static_cast<void>(told);  // a full disk takes no number, and the lock holds all the same
  return FolderLock(std::move(fd));
}

}  // namespace hvnet
