// A folder that stands for /sys, built by a test and gone after it. Paths are relative to it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace hvnet::test {

class SysfsFixture {
 public:
  SysfsFixture() {
    std::string name = (std::filesystem::temp_directory_path() / "hvnet-sysfs-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  SysfsFixture(SysfsFixture&&) = delete;
  SysfsFixture& operator=(SysfsFixture&&) = delete;
  ~SysfsFixture() { std::filesystem::remove_all(root_); }

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  SysfsFixture& folder(const std::filesystem::path& path) {
    std::filesystem::create_directories(root_ / path);
    return *this;
  }
  SysfsFixture& file(const std::filesystem::path& path, const std::string& text) {
    folder(path.parent_path());
    std::ofstream(root_ / path) << text << '\n';
    return *this;
  }
  // As sysfs has them: a link's target need not exist.
  SysfsFixture& link(const std::filesystem::path& path, const std::filesystem::path& target) {
    folder(path.parent_path());
    std::filesystem::create_symlink(target, root_ / path);
    return *this;
  }

  // An interface of a device as the kernel shows it: /sys/class/net/<name> leads into the device's
  // folder, and its `device` link leads back.
  SysfsFixture& interface(const std::string& name, const std::filesystem::path& device,
                          const std::string& bus, const std::string& driver) {
    const auto up = std::filesystem::path("devices").lexically_relative(device);
    link(device / "subsystem", up / ".." / "bus" / bus);
    link(device / "driver", up / ".." / "bus" / bus / "drivers" / driver);
    link(device / "net" / name / "device", "../../../" / device.filename());
    link("class/net/" + name, "../.." / device / "net" / name);
    return *this;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace hvnet::test
