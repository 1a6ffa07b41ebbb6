// Replacements for parts that a unit test cannot use: a source that the test controls, a log in
// memory, a disk in memory.
#pragma once

#include <sys/eventfd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_layer.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "sources/source.h"

namespace hvnet::test {

class FakeSource final : public Source {
 public:
  FakeSource() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  // Interfaces must be kept sorted by kernel index.
  std::vector<SourceInterface> ports_now;
  std::map<KernelIndex, Components> counters_now;
  std::optional<Error> sample_error;
  std::optional<Error> events_error;
  std::vector<VmbusDevice> vmbus_devices_now;
  std::string complaint_now;
  bool changed = false;
  bool complete_now = true;
  std::atomic<bool> more_events = false;

  [[nodiscard]] int eventFd() const override { return event_fd_.get(); }
  Result<bool> readEvents(TimePoint) override {
    if (events_error) return tl::unexpected(*events_error);
    return std::exchange(changed, false);
  }
  [[nodiscard]] bool hasMoreEvents() const override { return more_events; }
  [[nodiscard]] bool complete() const override { return complete_now; }
  [[nodiscard]] const std::vector<SourceInterface>& interfaces() const override {
    return ports_now;
  }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_now;
  }
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override {
    out.clear();
    if (sample_error) return tl::unexpected(*sample_error);
    for (const auto& [index, raw] : counters_now) out.push_back({index, raw});
    return now;
  }
  [[nodiscard]] const std::string& partialError() const override { return complaint_now; }
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

// A disk in memory that can refuse every write.
class MemoryFiles final : public FileLayer {
 public:
  bool refusing = false;
  int writes = 0;
  std::filesystem::path unreadable;
  std::vector<std::filesystem::path> synced;  // folders
  std::map<std::filesystem::path, std::string> files;

  Result<void> makeDirectory(const std::filesystem::path&) override { return {}; }
  Result<std::optional<std::string>> read(const std::filesystem::path& path) override {
    if (path == unreadable) return fail("reading " + path.string() + ": Input/output error");
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
  Result<void> syncDirectory(const std::filesystem::path& path) override {
    synced.push_back(path);
    return {};
  }
};

inline HwAddress macOf(std::uint8_t last) {
  return {0x00, 0x15, 0x5d, 0x01, 0x02, last};
}

// An adapter of hv_netvsc at a relid, or with relid 0 a veth.
inline SourceInterface interfaceOf(int kernel_index, std::string name, std::uint8_t relid = 0) {
  SourceInterface out;
  out.link.index = KernelIndex{kernel_index};
  out.link.name = std::move(name);
  out.link.hardware_type = HardwareType::kEthernet;
  out.link.admin_up = true;
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
