// The ports of a Linux source: takes in what link messages say, and knows for which links sysfs
// has to be read again. No netlink here.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "counters/adapter_rule.h"
#include "counters/linux/link_message.h"
#include "counters/linux/multicast_list.h"
#include "counters/linux/sysfs_bus.h"
#include "counters/source.h"

namespace hvnet {

class PortTable {
 public:
  explicit PortTable(std::vector<AdapterRule> rules = {}) : rules_(std::move(rules)) {}

  // Sorted by kernel index.
  [[nodiscard]] const std::vector<Port>& ports() const { return ports_; }
  [[nodiscard]] bool contains(KernelIndex index) const;

  void apply(LinkMessage message);
  // The whole truth, in any order: links that it does not name are gone.
  void replaceAll(std::vector<Link> links);
  // What is known of a carrier before the kernel's own message of it.
  void setCarrier(KernelIndex index, bool carrier);
  // Reads device, speed and duplex, and tells what is an adapter, of the links that appeared, or
  // whose name, carrier or flags changed, since the last call. False: no such link, and none went.
  bool locate(SysfsBus& bus);
  // Reads the channels of VMBus adapters again: those for vRSS are opened after the interface has
  // appeared, and without an event.
  void refreshChannels(const SysfsBus& bus);
  // The addresses that each port receives, as parseMulticastList() returns them.
  void setGroups(const std::vector<MulticastGroup>& groups);
  // Whether ports() changed since the last call.
  bool takeChanged();

 private:
  std::vector<Port>::iterator lowerBound(KernelIndex index);
  void put(Link link);
  void remove(KernelIndex index);

  std::vector<AdapterRule> rules_;
  std::vector<Port> ports_;
  std::vector<KernelIndex> to_locate_;
  bool changed_ = false;
  bool removed_ = false;  // a link, since the last locate()
};

}  // namespace hvnet
