#include "hvnet-sim/report.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "base/unique_fd.h"

namespace hvnet::sim {
namespace {

// The devices on the VMBus of a Hyper-V guest, except the adapters.
struct OtherDevice {
  std::uint32_t relid;
  std::string_view device_class;
  AdapterNumber instance;   // a number that no adapter has
  std::string_view driver;  // empty: not configured
};
constexpr std::array kOtherDevices = {
    OtherDevice{2, "57164f39-9115-4e78-ab55-382f3bd5422d", kMostAdapters, "hvhb0"},
    OtherDevice{3, "9527e630-d0ae-497b-adce-e80ab0175caf", kMostAdapters + 1, "hvts0"},
    OtherDevice{9, "f912ad6d-2b17-48ea-bd65-f927a61c7684", kMostAdapters + 2, ""},
};

std::string vmbusLine(const OtherDevice& device) {
  std::string line = "vmbus relid " + std::to_string(device.relid) + " class ";
  line += device.device_class;
  if (device.driver.empty()) return line + " not configured\n";
  return line + " instance " + toText(instanceOf(device.instance)) + " driver " +
         std::string(device.driver) + "\n";
}

std::string adapterLines(AdapterNumber number, const Adapter& adapter) {
  const std::string digits = std::to_string(number);
  std::string lines = "adapter lan" + digits + " unit hvnet" + digits;
  lines += " relid " + std::to_string(adapter.relid());
  lines += " instance " + toText(instanceOf(number)) + " mac " + toText(macOf(number));
  lines += adapter.assigned() ? " network assigned" : " network unassigned";
  lines += " mtu 1500 admin up";
  if (adapter.width32()) lines += " width 32";
  lines += "\nstats lan" + digits;
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    lines += ' ';
    lines += kCounterNames[i];
    lines += ' ' + std::to_string(adapter.value(static_cast<CounterKind>(i)));
  }
  return lines + "\n";
}

}  // namespace

std::string formatReport(const World& world, std::int64_t generated_ms) {
  std::string report = "hvnet-report 1\n# written by hvnet-sim: this is a simulated router\n";
  report += "generated " + std::to_string(generated_ms) + "\n";
  for (const OtherDevice& device : kOtherDevices) report += vmbusLine(device);
  for (const auto& [number, adapter] : world.adapters()) report += adapterLines(number, adapter);
  return report + "end\n";
}

std::string_view cutInTheMiddle(std::string_view report) {
  const std::string_view half = report.substr(0, report.size() / 2);
  return half.ends_with('\n') ? half.substr(0, half.size() - 1) : half;
}

Result<void> writeInPlace(const std::filesystem::path& file, std::string_view text) {
  const UniqueFd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!fd) return failErrno("creating " + file.string());
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failErrno("writing " + file.string());
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> writeWhole(const std::filesystem::path& file, std::string_view report) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  if (auto written = writeInPlace(fresh, report); !written) return written;
  if (std::rename(fresh.c_str(), file.c_str()) == 0) return {};
  return failErrno("renaming " + fresh.string() + " to " + file.string());
}

}  // namespace hvnet::sim
