// A folder that replaces /sys in a test, and is deleted after it. Paths are relative to it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace hvnet::test {

inline constexpr const char* kNetworkClass = "{f8615163-df3e-46c5-913f-f2d2f965ed0e}";
inline constexpr const char* kHeartbeatClass = "{57164f39-9115-4e78-ab55-382f3bd5422d}";
inline constexpr const char* kKeyboardClass = "{f912ad6d-2b17-48ea-bd65-f927a61c7684}";

// A device on the VMBus, with the content of its files.
struct VmbusFolder {
  std::string guid;
  std::string relid;
  std::string class_id = kNetworkClass;
  std::string driver{};                 // empty: not configured
  std::vector<std::string> channels{};  // names below channels/
};

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
  // As in sysfs, the target of a link need not exist.
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

  static std::filesystem::path vmbusPath(const std::string& guid) {
    return "devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/" + guid;
  }
  SysfsFixture& vmbusDevice(const VmbusFolder& device) {
    const auto path = vmbusPath(device.guid);
    file(path / "id", device.relid);
    file(path / "class_id", device.class_id);
    file(path / "device_id", "{" + device.guid + "}");
    for (const std::string& channel : device.channels) folder(path / "channels" / channel);
    if (!device.driver.empty()) link(path / "driver", "/sys/bus/vmbus/drivers/" + device.driver);
    return link("bus/vmbus/devices/" + device.guid, "../../.." / path);
  }
  SysfsFixture& vmbusAdapter(const std::string& ifname, VmbusFolder device) {
    device.driver.clear();  // interface() links it
    interface(ifname, vmbusPath(device.guid), "vmbus", "hv_netvsc");
    return vmbusDevice(device);
  }

 private:
  std::filesystem::path root_;
};

}  // namespace hvnet::test
