#include "counters/report/report_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace hvnet {
namespace {

FileIdentity identityOf(const struct stat& found) {
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  return {found.st_dev, found.st_ino,
          found.st_mtim.tv_sec * kNanosecondsPerSecond + found.st_mtim.tv_nsec, found.st_size};
}

// Until the end of the file, or until the text is full.
Result<void> fill(int fd, std::string& text, const std::filesystem::path& path) {
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(fd, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failErrno(path.string() + ": reading");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  return {};
}

}  // namespace

std::optional<FileIdentity> identityOfFile(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return identityOf(found);
}

Result<std::optional<WholeFile>> readWholeFile(const std::filesystem::path& path,
                                               std::size_t limit) {
  // Opening a pipe would wait for its writer.
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) return failErrno(path.string() + ": opening");
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return failErrno(path.string() + ": asking for its size");
  if (!S_ISREG(found.st_mode)) return fail(path.string() + ": not a regular file");
  WholeFile file{identityOf(found), std::string()};
  // Of a file that grows meanwhile, or has no size (/proc), more than it said.
  const auto said = static_cast<std::size_t>(found.st_size);
  file.text.resize(said < limit && said > 0 ? said + 1 : limit + 1);
  if (auto read = fill(fd.get(), file.text, path); !read) return tl::unexpected(read.error());
  return file;
}

}  // namespace hvnet
