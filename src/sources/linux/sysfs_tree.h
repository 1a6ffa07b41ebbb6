// One door to sysfs: reads below a root that may be /sys or a folder that stands for it.
//
// Every path given or returned is relative to the root, and no link leads out of it: an absolute
// target in /sys means the same place below the root, ".." stops at the root.
//
// Threads: any; each call reads files. Ownership: values. Errors: none; what is missing or
// unreadable is absent.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hvnet {

class SysfsTree {
 public:
  explicit SysfsTree(const std::filesystem::path& root);

  // Whether the root is the kernel's own sysfs, and not a folder that stands for it.
  [[nodiscard]] bool isKernels() const { return is_kernels_; }
  // The same place with all links followed. The end of the path need not exist: a dangling link
  // leads to the place that it names. Nothing for a loop, or an absolute link to elsewhere.
  [[nodiscard]] std::optional<std::filesystem::path> resolve(
      const std::filesystem::path& path) const;
  // A file, a folder or a link, even one that dangles.
  [[nodiscard]] bool exists(const std::filesystem::path& path) const;
  // The last part of what a link points to, whether that exists or not.
  [[nodiscard]] std::optional<std::string> linkTargetName(const std::filesystem::path& path) const;
  // An attribute's value without the newline at its end.
  [[nodiscard]] std::optional<std::string> readAttribute(const std::filesystem::path& path) const;
  // The paths of a folder's entries, in no particular order.
  [[nodiscard]] std::vector<std::filesystem::path> entries(const std::filesystem::path& path) const;

 private:
  [[nodiscard]] std::optional<std::filesystem::path> withoutRoot(
      const std::filesystem::path& absolute) const;

  std::filesystem::path root_;  // absolute, normal, without a slash at its end
  bool is_kernels_;
};

}  // namespace hvnet
