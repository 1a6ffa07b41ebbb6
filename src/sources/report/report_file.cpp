#include "sources/report/report_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/file_layer.h"
#include "base/unique_fd.h"

namespace hvnet {
namespace {

FileIdentity identityOf(const struct stat& found) {
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  return {found.st_dev, found.st_ino,
          found.st_mtim.tv_sec * kNanosecondsPerSecond + found.st_mtim.tv_nsec, found.st_size};
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
  auto text = readToEnd(fd.get(), limit, path);
  if (!text) return tl::unexpected(text.error());
  return WholeFile{identityOf(found), *std::move(text)};
}

}  // namespace hvnet
