// Where an interface sits on its hypervisor's bus, what its driver says of its speed and duplex,
// and what else is on the VMBus, as sysfs has them.
//
// Sysfs finds an interface by its name, and that may be another interface than the one that netlink
// calls so: it was renamed a moment ago, or this process is in a network namespace and its /sys is
// still the host's. So sysfs is believed only where it shows the kernel index and the hardware
// address that netlink has. A folder that stands for /sys may leave the two files out.
//
// Threads: one owner; each call reads files and keeps none open, so this is for when the topology
// changes, not for every sample. Ownership: values. Errors: none; what cannot be read is absent.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "counters/bus_device.h"
#include "counters/link.h"
#include "sources/linux/sysfs_tree.h"

namespace hvnet {

// What can change without an event: the driver's word, or what `ethtool -s` set.
struct LinkSettings {
  std::optional<std::uint32_t> speed_mbps{};  // the driver's word; absent when it does not know
  std::optional<Duplex> duplex{};             // likewise; a link that is down has none

  bool operator==(const LinkSettings&) const = default;
};

// What sysfs says of one link.
struct SysfsLink {
  std::optional<BusDevice> device{};  // absent: it has none
  LinkSettings settings{};
  std::uint32_t rx_queues = 0;  // 0: unknown

  bool operator==(const SysfsLink&) const = default;
};

class SysfsBus {
 public:
  // `root` is /sys, or a folder that stands for it. Call rescan() before the first device().
  explicit SysfsBus(const std::filesystem::path& root = "/sys") : tree_(root) {}

  // Looks up again which interface belongs to which VMBus device.
  void rescan();
  // Nothing when sysfs does not show this link.
  [[nodiscard]] std::optional<SysfsLink> read(const Link& link) const;
  // The settings alone. Nothing when sysfs does not show this link.
  [[nodiscard]] std::optional<LinkSettings> settings(const Link& link) const;
  // The number of receive queues alone, which `ethtool -L` sets; 0 when it is unknown.
  [[nodiscard]] std::uint32_t receiveQueues(const Link& link) const;
  // The device alone. Nothing when the link has none, or sysfs does not show this link.
  [[nodiscard]] std::optional<BusDevice> device(const Link& link) const;
  // What the host says of the order of a PCI device: its files `label` and `acpi_index`, and the
  // interface's `dev_port`. The kernel evaluates ACPI for each read of the first two, so this is
  // for when the adapter is first seen. Nothing as for device().
  [[nodiscard]] std::optional<HostOrder> hostOrder(const Link& link) const;
  // Every device on the VMBus, bound or not, ascending by relid, each relid once. Left out: what
  // has no relid (its channel is not offered any more) or no class that can be read.
  [[nodiscard]] std::vector<VmbusDevice> vmbusDevices() const;

 private:
  using Folder = std::optional<std::filesystem::path>;
  // Nothing where it is another link's.
  [[nodiscard]] Folder linkFolder(const Link& link) const;
  [[nodiscard]] Folder shownFolder(const Link& link) const;
  [[nodiscard]] Folder deviceFolder(const Link& link, const Folder& link_folder) const;
  [[nodiscard]] std::optional<BusDevice> deviceIn(const Folder& device_folder) const;
  [[nodiscard]] bool shows(const std::filesystem::path& folder, const Link& link) const;

  SysfsTree tree_;
  // The device's folder by interface name, from the bus's side:
  // bus/vmbus/devices/<GUID>/net/<ifname>.
  boost::container::flat_map<std::string, std::filesystem::path> vmbus_folders_;
};

}  // namespace hvnet
