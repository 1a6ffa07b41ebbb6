#include "base/file_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "base/unique_fd.h"

namespace hvnet {
namespace {

Result<void> writeAll(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failErrno("writing " + path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

class RealFiles final : public FileLayer {
 public:
  Result<void> makeDirectory(const std::filesystem::path& path) override {
    std::filesystem::path made;
    for (const auto& part : path) {
      made /= part;
      if (::mkdir(made.c_str(), 0755) == 0) continue;
      // Creating a parent can fail (EROFS, EACCES) although it exists. Only a missing one is an
      // error.
      const int code = errno;
      struct stat found {};
      if (::stat(made.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) continue;
      errno = code == EEXIST ? ENOTDIR : code;
      return failErrno("creating the folder " + made.string());
    }
    return {};
  }

  Result<std::optional<std::string>> read(const std::filesystem::path& path) override {
    return readLimited(path, kLargestFile);
  }

  Result<void> writeSynced(const std::filesystem::path& path, std::string_view text) override {
    const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (!fd) return failErrno("creating " + path.string());
    if (auto written = writeAll(fd.get(), text, path.string()); !written) return written;
    if (::fsync(fd.get()) != 0) return failErrno("syncing " + path.string());
    return {};
  }

  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    return failErrno("renaming " + from.string() + " to " + to.string());
  }

  Result<void> syncDirectory(const std::filesystem::path& path) override {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) return failErrno("opening " + path.string());
    if (::fsync(fd.get()) != 0) return failErrno("syncing " + path.string());
    return {};
  }
};

}  // namespace

FileLayer& realFiles() {
  static RealFiles files;  // has no state
  return files;
}

Result<std::string> readToEnd(int fd, std::size_t limit, const std::filesystem::path& path) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return failErrno("asking for the size of " + path.string());
  const auto said = static_cast<std::size_t>(found.st_size);  // 0 in /proc
  std::string text;
  text.reserve(std::min(said, limit));
  std::array<char, 65536> block;
  while (true) {
    const ssize_t length = ::read(fd, block.data(), block.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return failErrno("reading " + path.string());
    if (length == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(length));
    if (text.size() > limit) {
      return fail(path.string() + " is larger than " + std::to_string(limit) + " octets");
    }
  }
}

Result<std::optional<std::string>> readLimited(const std::filesystem::path& path,
                                               std::size_t limit) {
  // Opening a pipe would wait for its writer.
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) return failErrno("opening " + path.string());
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return failErrno("asking for the size of " + path.string());
  // Reading a folder fails and says so.
  if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
    return fail(path.string() + " is no regular file");
  }
  return readToEnd(fd.get(), limit, path).map([](std::string text) {
    return std::optional(std::move(text));
  });
}

Result<void> replaceFile(FileLayer& files, const std::filesystem::path& file,
                         std::string_view text) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  return files.makeDirectory(file.parent_path())
      .and_then([&] { return files.writeSynced(fresh, text); })
      .and_then([&] { return files.rename(fresh, file); })
      .and_then([&] { return files.syncDirectory(file.parent_path()); });
}

}  // namespace hvnet
