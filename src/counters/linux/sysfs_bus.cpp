#include "counters/linux/sysfs_bus.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <tuple>

namespace hvnet {
namespace {

namespace fs = std::filesystem;

// Documentation/ABI/stable/sysfs-bus-vmbus: class_id is the type of device; this one is network.
constexpr std::string_view kVmbusNetworkClass = "f8615163-df3e-46c5-913f-f2d2f965ed0e";

template <class Number>
std::optional<Number> parseNumber(std::string_view text, int base = 10) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// The number that is all there is after the prefix: 3 in "virtio3" after "virtio".
std::optional<std::uint64_t> numberAfter(std::string_view prefix, std::string_view text, int base) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return parseNumber<std::uint64_t>(text.substr(prefix.size()), base);
}

std::optional<std::uint64_t> parseVif(std::string_view name) {
  return numberAfter("vif-", name, 10);
}

// The platform device of a virtio-mmio transport: "a000000.virtio_mmio" from a device tree (its
// address), "virtio-mmio.0" from the kernel's command line, "LNRO0005:0a" from ACPI (an instance).
std::optional<std::uint64_t> parseVirtioMmio(std::string_view name) {
  constexpr std::string_view kSuffix = ".virtio_mmio";
  if (name.ends_with(kSuffix)) {
    name.remove_suffix(kSuffix.size());
    return parseNumber<std::uint64_t>(name, 16);
  }
  if (const auto number = numberAfter("virtio-mmio.", name, 10)) return number;
  return numberAfter("LNRO0005:", name, 16);
}

std::optional<BusPosition> at(Bus bus, std::optional<std::uint64_t> number) {
  if (!number) return std::nullopt;
  return BusPosition{bus, *number};
}

std::optional<std::uint32_t> relidOf(const SysfsTree& tree, const fs::path& folder) {
  const std::string text = tree.readAttribute(folder / "id").value_or("");
  if (text.starts_with("0x")) return parseNumber<std::uint32_t>(text.substr(2), 16);
  return parseNumber<std::uint32_t>(text);
}

std::optional<BusPosition> vmbusPosition(const SysfsTree& tree, const fs::path& folder) {
  return at(Bus::kVmbus, relidOf(tree, folder));
}

std::optional<BusPosition> xenPosition(const SysfsTree&, const fs::path& folder) {
  return at(Bus::kXen, parseVif(folder.filename().native()));
}

std::optional<BusPosition> pciPosition(const SysfsTree&, const fs::path& folder) {
  return at(Bus::kPci, parsePciAddress(folder.filename().native()));
}

std::optional<BusPosition> transportPosition(const SysfsTree& tree, const fs::path& transport) {
  if (auto position = pciPosition(tree, transport)) return position;
  return at(Bus::kVirtioMmio, parseVirtioMmio(transport.filename().native()));
}

bool looksLikeVmbus(const SysfsTree& tree, const fs::path& folder) {
  return parseGuid(folder.filename().native()) ||
         (tree.exists(folder / "device_id") && tree.exists(folder / "class_id"));
}

bool looksLikeXen(const SysfsTree&, const fs::path& folder) {
  return parseVif(folder.filename().native()).has_value();
}

bool looksLikeVirtio(const SysfsTree&, const fs::path& folder) {
  return numberAfter("virtio", folder.filename().native(), 10).has_value();
}

bool looksLikePci(const SysfsTree&, const fs::path& folder) {
  return parsePciAddress(folder.filename().native()).has_value();
}

// One row for each bus whose devices have an order on the host.
struct BusRow {
  std::string_view subsystem;  // the name of the bus in sysfs
  bool (*looks_like_it)(const SysfsTree&, const fs::path& folder);
  // Of the device, or of the transport that carries it.
  std::optional<BusPosition> (*position)(const SysfsTree&, const fs::path& folder);
  bool carried = false;
};

constexpr std::string_view kVmbus = "vmbus";

constexpr std::array kBuses = {
    BusRow{kVmbus, looksLikeVmbus, vmbusPosition},
    BusRow{"xen", looksLikeXen, xenPosition},
    // A virtio device's own number only counts probes; the host knows the transport.
    BusRow{"virtio", looksLikeVirtio, transportPosition, true},
    BusRow{"pci", looksLikePci, pciPosition},
};

const BusRow* busOf(const SysfsTree& tree, const fs::path& folder) {
  const auto subsystem = tree.linkTargetName(folder / "subsystem");
  for (const BusRow& bus : kBuses) {
    if (subsystem ? *subsystem == bus.subsystem : bus.looks_like_it(tree, folder)) return &bus;
  }
  return nullptr;
}

std::optional<Guid> vmbusGuid(const SysfsTree& tree, const fs::path& folder,
                              std::string_view attribute) {
  return parseGuid(tree.readAttribute(folder / attribute).value_or(""));
}

// One folder for each channel, named by its relid. Others than numbers are none.
std::vector<std::uint32_t> channelsOf(const SysfsTree& tree, const fs::path& folder) {
  std::vector<std::uint32_t> relids;
  for (const fs::path& channel : tree.entries(folder / "channels")) {
    const auto relid = parseNumber<std::uint32_t>(channel.filename().native());
    if (relid) relids.push_back(*relid);
  }
  std::ranges::sort(relids);
  return relids;
}

void describeVmbus(const SysfsTree& tree, const fs::path& folder, BusDevice& device) {
  device.instance = vmbusGuid(tree, folder, "device_id");
  if (!device.instance) device.instance = parseGuid(folder.filename().native());
  if (device.instance) device.address = toText(*device.instance);
  device.channels = channelsOf(tree, folder);
  // It has an interface, so that a driver must be bound, whether the tree shows it or not.
  if (device.driver.empty() &&
      vmbusGuid(tree, folder, "class_id") == parseGuid(kVmbusNetworkClass)) {
    device.driver = "hv_netvsc";
  }
}

// The kernel allows neither (dev_valid_name()), but the name goes into a path here.
bool isPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

}  // namespace

void SysfsBus::rescan() {
  vmbus_folders_.clear();
  for (const fs::path& device : tree_.entries("bus/vmbus/devices")) {
    const auto folder = tree_.resolve(device);
    if (!folder) continue;
    for (const fs::path& interface : tree_.entries(*folder / "net")) {
      vmbus_folders_.insert_or_assign(interface.filename().string(), *folder);
    }
  }
}

std::optional<fs::path> SysfsBus::deviceFolder(const std::string& ifname) const {
  const auto link = linkFolder(ifname);
  if (link && tree_.exists(*link / "device")) {
    if (auto folder = tree_.resolve(*link / "device")) return folder;
  }
  const auto found = vmbus_folders_.find(ifname);
  if (found == vmbus_folders_.end()) return std::nullopt;
  return found->second;
}

std::optional<BusDevice> SysfsBus::find(const std::string& ifname) const {
  const auto folder = deviceFolder(ifname);
  if (!folder) return std::nullopt;
  BusDevice device;
  device.driver = tree_.linkTargetName(*folder / "driver").value_or("");
  const BusRow* const bus = busOf(tree_, *folder);
  const fs::path seat = bus != nullptr && bus->carried ? folder->parent_path() : *folder;
  device.address = seat.filename().string();
  if (bus != nullptr) device.position = bus->position(tree_, seat);
  if (bus != nullptr && bus->subsystem == kVmbus) describeVmbus(tree_, seat, device);
  return device;
}

std::vector<VmbusDevice> SysfsBus::vmbusDevices() const {
  std::vector<VmbusDevice> devices;
  for (const fs::path& entry : tree_.entries("bus/vmbus/devices")) {
    const auto folder = tree_.resolve(entry);
    if (!folder) continue;
    const auto relid = relidOf(tree_, *folder);
    const auto device_class = vmbusGuid(tree_, *folder, "class_id");
    if (!relid || !device_class) continue;
    auto instance = vmbusGuid(tree_, *folder, "device_id");
    if (!instance) instance = parseGuid(entry.filename().native());
    auto driver = tree_.linkTargetName(*folder / "driver").value_or("");
    devices.push_back({*relid, *device_class, instance, std::move(driver)});
  }
  std::ranges::sort(devices, {}, [](const VmbusDevice& device) {
    return std::tuple(device.relid, device.instance);
  });
  const auto same = [](const auto& a, const auto& b) { return a.relid == b.relid; };
  devices.erase(std::unique(devices.begin(), devices.end(), same), devices.end());
  return devices;
}

std::optional<fs::path> SysfsBus::linkFolder(const std::string& ifname) const {
  if (!isPlainName(ifname)) return std::nullopt;
  return tree_.resolve(fs::path("class/net") / ifname);
}

std::optional<std::string> SysfsBus::linkAttribute(const std::string& ifname,
                                                   const char* attribute) const {
  const auto link = linkFolder(ifname);
  return link ? tree_.readAttribute(*link / attribute) : std::nullopt;
}

std::optional<std::uint32_t> SysfsBus::speedMbps(const std::string& ifname) const {
  const auto speed = parseNumber<std::int64_t>(linkAttribute(ifname, "speed").value_or(""));
  // SPEED_UNKNOWN (linux/ethtool.h) is -1, which older kernels print as 4294967295.
  constexpr std::int64_t kUnknown = 0xffff'ffff;
  if (!speed || *speed <= 0 || *speed >= kUnknown) return std::nullopt;
  return static_cast<std::uint32_t>(*speed);
}

std::optional<Duplex> SysfsBus::duplex(const std::string& ifname) const {
  const std::string word = linkAttribute(ifname, "duplex").value_or("");
  if (word == "full") return Duplex::kFull;
  if (word == "half") return Duplex::kHalf;
  return std::nullopt;  // "unknown"
}

// Documentation/ABI/testing/sysfs-class-net-queues: one folder for each, rx-0 and so on.
std::uint32_t SysfsBus::receiveQueues(const std::string& ifname) const {
  const auto link = linkFolder(ifname);
  if (!link) return 0;
  const auto queues = tree_.entries(*link / "queues");
  return static_cast<std::uint32_t>(std::ranges::count_if(queues, [](const fs::path& queue) {
    return numberAfter("rx-", queue.filename().native(), 10).has_value();
  }));
}

}  // namespace hvnet
