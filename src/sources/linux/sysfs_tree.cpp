#include "sources/linux/sysfs_tree.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>
#include <system_error>

#include "base/unique_fd.h"

namespace hvnet {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as path_resolution(7) has it

fs::path normalRoot(const fs::path& root) {
  std::error_code failed;
  fs::path normal = fs::absolute(root, failed).lexically_normal();
  if (failed) return root;
  return normal.has_filename() ? normal : normal.parent_path();
}

bool isSysfs(const fs::path& root) {
  struct statfs found {};
  return ::statfs(root.c_str(), &found) == 0 && found.f_type == SYSFS_MAGIC;
}

// What a link says; nothing for what is no link. (std::filesystem asks twice for this.)
std::optional<fs::path> readLink(const fs::path& path) {
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  return fs::path(std::string_view(target.data(), static_cast<std::size_t>(length)));
}

// What is left of `path` below `base`.
std::optional<fs::path> below(const fs::path& base, const fs::path& path) {
  const fs::path rest = path.lexically_relative(base);
  if (rest.empty() || *rest.begin() == "..") return std::nullopt;
  return rest;
}

// Puts the parts of a path on a stack, the first one on top.
void pushParts(std::vector<fs::path>& stack, const fs::path& path) {
  const auto size = stack.size();
  for (const fs::path& part : path) stack.insert(stack.begin() + static_cast<long>(size), part);
}

}  // namespace

SysfsTree::SysfsTree(const fs::path& root) : root_(normalRoot(root)), is_kernels_(isSysfs(root_)) {}

std::optional<fs::path> SysfsTree::withoutRoot(const fs::path& absolute) const {
  const fs::path normal = absolute.lexically_normal();
  if (auto rest = below(root_, normal)) return rest;
  return below("/sys", normal);
}

std::optional<fs::path> SysfsTree::resolve(const fs::path& path) const {
  fs::path done;
  std::vector<fs::path> ahead;
  pushParts(ahead, path);
  for (int links = 0; !ahead.empty();) {
    const fs::path part = std::move(ahead.back());
    ahead.pop_back();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done = done.parent_path();
      continue;
    }
    auto target = readLink(root_ / done / part);
    if (!target) {
      done /= part;
      continue;
    }
    if (++links > kMostLinks) return std::nullopt;
    if (target->is_absolute()) {
      target = withoutRoot(*target);
      if (!target) return std::nullopt;
      done.clear();
    }
    pushParts(ahead, *target);
  }
  return done;
}

bool SysfsTree::exists(const fs::path& path) const {
  std::error_code failed;
  const auto status = fs::symlink_status(root_ / path, failed);
  return fs::status_known(status) && fs::exists(status);
}

std::optional<std::string> SysfsTree::linkTargetName(const fs::path& path) const {
  const auto target = readLink(root_ / path);
  if (!target || !target->has_filename()) return std::nullopt;
  return target->filename().string();
}

std::optional<std::string> SysfsTree::readAttribute(const fs::path& path) const {
  // O_NONBLOCK: a fixture may hold anything, a pipe too.
  const UniqueFd file{::open((root_ / path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return std::nullopt;
  std::array<char, 256> text{};
  const auto got = ::read(file.get(), text.data(), text.size());
  if (got < 0) return std::nullopt;
  std::string value(text.data(), static_cast<std::size_t>(got));
  value.erase(value.find_last_not_of(" \t\n") + 1);
  return value;
}

std::vector<fs::path> SysfsTree::entries(const fs::path& path) const {
  std::vector<fs::path> found;
  std::error_code failed;
  fs::directory_iterator entry(root_ / path, failed);
  while (!failed && entry != fs::directory_iterator()) {
    found.push_back(path / entry->path().filename());
    entry.increment(failed);
  }
  return found;
}

}  // namespace hvnet
