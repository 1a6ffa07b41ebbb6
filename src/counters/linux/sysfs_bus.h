// Where an interface sits on its hypervisor's bus, what its driver says of its speed and duplex,
// and what else is on the VMBus, as sysfs has them. Reads files at each call and keeps none open;
// meant for when the topology changes, not for every sample.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "counters/bus_device.h"
#include "counters/link.h"
#include "counters/linux/sysfs_tree.h"

namespace hvnet {

class SysfsBus {
 public:
  // `root` is /sys, or a folder that stands for it. Call rescan() before the first find().
  explicit SysfsBus(const std::filesystem::path& root = "/sys") : tree_(root) {}

  // Looks up again which interface belongs to which VMBus device.
  void rescan();
  // Nothing when the interface has no device, or is not there.
  [[nodiscard]] std::optional<BusDevice> find(const std::string& ifname) const;
  // The driver's word; nothing when it has none, or says that it does not know.
  [[nodiscard]] std::optional<std::uint32_t> speedMbps(const std::string& ifname) const;
  // The same for the duplex. (A link that is down has none: the kernel says EINVAL.)
  [[nodiscard]] std::optional<Duplex> duplex(const std::string& ifname) const;
  // How many receive queues it has; 0 when nobody says.
  [[nodiscard]] std::uint32_t receiveQueues(const std::string& ifname) const;
  // Every device on the VMBus, bound or not, ascending by relid, each relid once. Left out: what
  // has no relid (its channel is not offered any more) or no class that can be read.
  [[nodiscard]] std::vector<VmbusDevice> vmbusDevices() const;

 private:
  [[nodiscard]] std::optional<std::filesystem::path> linkFolder(const std::string& ifname) const;
  [[nodiscard]] std::optional<std::string> linkAttribute(const std::string& ifname,
                                                         const char* attribute) const;
  [[nodiscard]] std::optional<std::filesystem::path> deviceFolder(const std::string& ifname) const;

  SysfsTree tree_;
  // By interface name, from the bus's side: bus/vmbus/devices/<GUID>/net/<ifname>.
  boost::container::flat_map<std::string, std::filesystem::path> vmbus_folders_;
};

}  // namespace hvnet
