// Stand-ins for what a unit test cannot have: a kernel that does as it is told, a log that is read.
#pragma once

#include <sys/eventfd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_layer.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "counters/source.h"

namespace hvnet::test {

class FakeSource final : public Source {
 public:
  FakeSource() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  // Ports must be kept sorted by kernel index.
  std::vector<Port> ports_now;
  std::map<KernelIndex, Components> counters_now;
  std::optional<Error> sample_error;
  std::vector<VmbusDevice> vmbus_devices_now;
  std::string complaint_now;
  bool changed = false;

  [[nodiscard]] int eventFd() const override { return event_fd_.get(); }
  Result<bool> readEvents(TimePoint) override { return std::exchange(changed, false); }
  [[nodiscard]] const std::vector<Port>& ports() const override { return ports_now; }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_now;
  }
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override {
    out.clear();
    if (sample_error) return tl::unexpected(*sample_error);
    for (const auto& [index, raw] : counters_now) out.push_back({index, raw});
    return now;
  }
  [[nodiscard]] const std::string& complaint() const override { return complaint_now; }
  [[nodiscard]] std::uint64_t overruns() const override { return 0; }
  [[nodiscard]] bool kernelIndexed() const override { return true; }
  [[nodiscard]] std::string name() const override { return "fake"; }

 private:
  UniqueFd event_fd_;
};

class MemoryLog final : public Log {
 public:
  void write(LogLevel level, std::string_view text) override {
    lines.emplace_back(level, std::string(text));
  }
  // How many lines contain `what`.
  [[nodiscard]] std::size_t count(std::string_view what) const {
    std::size_t found = 0;
    for (const auto& [level, text] : lines) found += text.find(what) != std::string::npos ? 1U : 0U;
    return found;
  }

  std::vector<std::pair<LogLevel, std::string>> lines;
};

// A disk in memory that can be told to refuse.
class MemoryFiles final : public FileLayer {
 public:
  bool refusing = false;
  int writes = 0;
  std::map<std::filesystem::path, std::string> files;

  Result<void> makeDirectory(const std::filesystem::path&) override { return {}; }
  Result<std::optional<std::string>> read(const std::filesystem::path& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }
  Result<void> writeSynced(const std::filesystem::path& path, std::string_view text) override {
    ++writes;
    if (refusing) return fail("writing " + path.string() + ": No space left on device");
    files[path] = text;
    return {};
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    files[to] = std::move(files[from]);
    files.erase(from);
    return {};
  }
  Result<void> syncDirectory(const std::filesystem::path&) override { return {}; }
};

inline HwAddress macOf(std::uint8_t last) {
  return {0x00, 0x15, 0x5d, 0x01, 0x02, last};
}

// An adapter of hv_netvsc at a relid, or with relid 0 a veth.
inline Port portOf(int kernel_index, std::string name, std::uint8_t relid = 0) {
  Port out;
  out.link.index = KernelIndex{kernel_index};
  out.link.name = std::move(name);
  out.link.hardware_type = 1;  // ARPHRD_ETHER
  out.link.flags = 1;          // IFF_UP
  out.link.mtu = 1500;
  out.link.oper_state = OperState::kUp;
  out.link.carrier = true;
  out.link.address = macOf(static_cast<std::uint8_t>(kernel_index));
  if (relid == 0) {
    out.link.kind = "veth";
    return out;
  }
  Guid guid;
  guid.octets.fill(relid);
  out.device = BusDevice{BusPosition{Bus::kVmbus, relid}, "hv_netvsc", guid};
  out.profile = findProfile("hv_netvsc");
  return out;
}

}  // namespace hvnet::test
