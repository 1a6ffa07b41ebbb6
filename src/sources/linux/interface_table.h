// The interfaces of a Linux source: what link messages say of each, and what was read of it in
// sysfs. No netlink here.
//
// What was once learned of a kernel index (its device, driver, position and GUID, and so whether it
// is an adapter) holds until the link is gone: on its way out a device loses its `driver` and
// `subsystem` links before the kernel says anything (bus_remove_device() in drivers/base/bus.c).
// What was not known is learned when sysfs has it. A link that appears again, with the same number
// or another one, is another link.
//
// Threads: one owner. Ownership: values. Errors: none.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sources/adapter_rule.h"
#include "sources/linux/link_message.h"
#include "sources/linux/multicast_list.h"
#include "sources/linux/sysfs_bus.h"
#include "sources/source.h"

namespace hvnet {

class InterfaceTable {
 public:
  explicit InterfaceTable(std::vector<AdapterRule> rules = {}) : rules_(std::move(rules)) {}

  // Sorted by kernel index.
  [[nodiscard]] const std::vector<SourceInterface>& interfaces() const { return interfaces_; }
  [[nodiscard]] bool contains(KernelIndex index) const;

  void apply(LinkMessage message);
  // A dump of all links, in any order: links that it does not name are gone.
  void replaceAll(std::vector<Link> links);
  // What is known of a carrier before the kernel's own message of it.
  void setCarrier(KernelIndex index, bool carrier);

  // An adapter that goes down and is gone with the next message is first shown down, so that its
  // linkDown is told: it stays until removeLeaving(). True while there is one.
  [[nodiscard]] bool hasLeaving() const { return !leaving_.empty(); }
  void removeLeaving();

  // Reads sysfs for the links that appeared, or whose name, address, carrier or state changed, and
  // for the masters of those that changed, since the last call, and says which of all are adapters.
  // False: no such link, and none went.
  bool locate(SysfsBus& bus);
  // Reads again what appears without an event: the channels of VMBus adapters (those for vRSS are
  // opened after the interface has appeared), and the device and the driver where none was found.
  void refresh(const SysfsBus& bus);
  // Reads again the speed and the duplex of the next `count` interfaces, and the number of an
  // adapter's queues, which change without an event. After the last interface comes the first one.
  void refreshSettings(const SysfsBus& bus, std::size_t count);
  // The addresses that each interface receives, as parseMulticastList() returns them.
  void setGroups(const std::vector<MulticastGroup>& groups);
  // Whether interfaces() changed since the last call.
  bool takeChanged();

 private:
  std::vector<SourceInterface>::iterator lowerBound(KernelIndex index);
  std::vector<SourceInterface>::iterator find(KernelIndex index);  // or end()
  void put(Link link);
  void remove(KernelIndex index);
  bool showDownFirst(KernelIndex index);
  bool locateNew(SysfsBus& bus);
  void locateMaster(const Link& port);
  void learn(SourceInterface& interface, std::optional<BusDevice> device,
             const SysfsBus& bus) const;

  std::vector<AdapterRule> rules_;
  std::vector<SourceInterface> interfaces_;
  std::vector<KernelIndex> to_locate_;
  std::vector<KernelIndex> went_down_;  // adapters, since the last takeChanged()
  std::vector<KernelIndex> leaving_;    // gone, but still shown
  KernelIndex settings_read_{};         // the last one of which refreshSettings() read them
  bool changed_ = false;
  bool removed_ = false;  // a link, since the last locate()
};

}  // namespace hvnet
