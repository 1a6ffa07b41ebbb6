#include "sources/linux/sysfs_bus.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "base/words.h"

namespace hvnet {
namespace {

namespace fs = std::filesystem;

// Documentation/ABI/stable/sysfs-bus-vmbus: class_id is the type of device; this one is network.
constexpr std::string_view kVmbusNetworkClass = "f8615163-df3e-46c5-913f-f2d2f965ed0e";

// The number that is all there is after the prefix: 3 in "virtio3" after "virtio".
std::optional<std::uint64_t> numberAfter(std::string_view prefix, std::string_view text,
                                         int base = 10) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return parseNumber<std::uint64_t>(text.substr(prefix.size()), base);
}

std::optional<std::uint64_t> parseVif(std::string_view name) {
  return numberAfter("vif-", name);
}

// The platform device of a virtio-mmio transport: "a000000.virtio_mmio" from a device tree (its
// address), "virtio-mmio.0" from the kernel's command line, "LNRO0005:0a" from ACPI (an instance).
std::optional<std::uint64_t> parseVirtioMmio(std::string_view name) {
  constexpr std::string_view kSuffix = ".virtio_mmio";
  if (name.ends_with(kSuffix)) {
    name.remove_suffix(kSuffix.size());
    return parseNumber<std::uint64_t>(name, 16);
  }
  if (const auto number = numberAfter("virtio-mmio.", name)) return number;
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
  return numberAfter("virtio", folder.filename().native()).has_value();
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

// The folder of what is plugged into the machine: the device itself, or the transport it is on.
fs::path pluggedFolder(const BusRow* bus, const fs::path& device_folder) {
  return bus != nullptr && bus->carried ? device_folder.parent_path() : device_folder;
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

std::optional<std::uint32_t> speedMbps(const SysfsTree& tree, const fs::path& link) {
  const auto speed = parseNumber<std::int64_t>(tree.readAttribute(link / "speed").value_or(""));
  // SPEED_UNKNOWN (linux/ethtool.h) is -1, which older kernels print as 4294967295.
  constexpr std::int64_t kUnknown = 0xffff'ffff;
  if (!speed || *speed <= 0 || *speed >= kUnknown) return std::nullopt;
  return static_cast<std::uint32_t>(*speed);
}

std::optional<Duplex> duplexOf(const SysfsTree& tree, const fs::path& link) {
  const std::string word = tree.readAttribute(link / "duplex").value_or("");
  if (word == "full") return Duplex::kFull;
  if (word == "half") return Duplex::kHalf;
  return std::nullopt;  // "unknown"
}

// Documentation/ABI/testing/sysfs-class-net-queues: one folder for each, rx-0 and so on.
std::uint32_t countReceiveQueues(const SysfsTree& tree, const fs::path& link) {
  const auto queues = tree.entries(link / "queues");
  return static_cast<std::uint32_t>(std::ranges::count_if(queues, [](const fs::path& queue) {
    return numberAfter("rx-", queue.filename().native()).has_value();
  }));
}

LinkSettings settingsIn(const SysfsTree& tree, const fs::path& link) {
  return {speedMbps(tree, link), duplexOf(tree, link)};
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

// For reading its attributes only. The kernel's own link needs nobody who follows it by hand, which
// is most of the cost.
std::optional<fs::path> SysfsBus::shownFolder(const Link& link) const {
  if (!tree_.isKernels()) return linkFolder(link);
  if (!isPlainName(link.name)) return std::nullopt;
  fs::path folder = fs::path("class/net") / link.name;
  if (!shows(folder, link)) return std::nullopt;
  return folder;
}

std::optional<fs::path> SysfsBus::linkFolder(const Link& link) const {
  if (!isPlainName(link.name)) return std::nullopt;
  const auto folder = tree_.resolve(fs::path("class/net") / link.name);
  return folder && shows(*folder, link) ? folder : std::nullopt;
}

// The kernel has both attributes for every link. It refuses to read them while a link is on its way
// out, and that is then no link to learn from.
bool SysfsBus::shows(const fs::path& folder, const Link& link) const {
  const auto index = tree_.readAttribute(folder / "ifindex");
  if (!index) return !tree_.isKernels();
  if (parseNumber<int>(*index) != static_cast<int>(link.index)) return false;
  // Each network namespace counts from 1, so that the numbers alone may meet by chance.
  return !tree_.isKernels() || tree_.readAttribute(folder / "address") == toText(link.address);
}

std::optional<fs::path> SysfsBus::deviceFolder(const Link& link, const Folder& link_folder) const {
  if (link_folder && tree_.exists(*link_folder / "device")) {
    if (auto device = tree_.resolve(*link_folder / "device")) return device;
  }
  const auto found = vmbus_folders_.find(link.name);
  if (found == vmbus_folders_.end() || !shows(found->second / "net" / link.name, link)) {
    return std::nullopt;
  }
  return found->second;
}

std::optional<BusDevice> SysfsBus::deviceIn(const Folder& device_folder) const {
  if (!device_folder) return std::nullopt;
  BusDevice device;
  device.driver = tree_.linkTargetName(*device_folder / "driver").value_or("");
  const BusRow* const bus = busOf(tree_, *device_folder);
  const fs::path plugged = pluggedFolder(bus, *device_folder);
  device.address = plugged.filename().string();
  if (bus != nullptr) device.position = bus->position(tree_, plugged);
  if (bus != nullptr && bus->subsystem == kVmbus) describeVmbus(tree_, plugged, device);
  return device;
}

std::optional<BusDevice> SysfsBus::device(const Link& link) const {
  return deviceIn(deviceFolder(link, linkFolder(link)));
}

std::optional<HostOrder> SysfsBus::hostOrder(const Link& link) const {
  const Folder link_folder = linkFolder(link);
  const Folder folder = deviceFolder(link, link_folder);
  if (!folder) return std::nullopt;
  const fs::path plugged = pluggedFolder(busOf(tree_, *folder), *folder);
  HostOrder out;
  out.label = parseHostLabel(tree_.readAttribute(plugged / "label").value_or(""));
  out.acpi_index = parseAcpiIndex(tree_.readAttribute(plugged / "acpi_index").value_or(""));
  if (link_folder) {
    const std::string port = tree_.readAttribute(*link_folder / "dev_port").value_or("");
    out.dev_port = parseNumber<std::uint32_t>(port).value_or(0);
  }
  return out;
}

std::optional<SysfsLink> SysfsBus::read(const Link& link) const {
  const Folder folder = linkFolder(link);
  SysfsLink out;
  out.device = deviceIn(deviceFolder(link, folder));
  if (!folder) return out.device ? std::optional(std::move(out)) : std::nullopt;
  out.settings = settingsIn(tree_, *folder);
  out.rx_queues = countReceiveQueues(tree_, *folder);
  return out;
}

std::optional<LinkSettings> SysfsBus::settings(const Link& link) const {
  const Folder folder = shownFolder(link);
  if (!folder) return std::nullopt;
  return settingsIn(tree_, *folder);
}

std::uint32_t SysfsBus::receiveQueues(const Link& link) const {
  const Folder folder = shownFolder(link);
  return folder ? countReceiveQueues(tree_, *folder) : 0;
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

}  // namespace hvnet
