#include "sources/linux/interface_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hvnet {
namespace {

KernelIndex indexOf(const SourceInterface& interface) {
  return interface.link.index;
}

// The driver may have another word for the speed once the link is up, or down.
bool movesInSysfs(const Link& before, const Link& after) {
  return before.name != after.name || before.address != after.address ||
         before.carrier != after.carrier || before.admin_up != after.admin_up ||
         before.oper_state != after.oper_state;
}

bool carriesFrames(const Link& link) {
  return link.admin_up && link.carrier.value_or(true);
}

bool holds(const std::vector<KernelIndex>& indexes, KernelIndex index) {
  return std::ranges::find(indexes, index) != indexes.end();
}

bool applySettings(const LinkSettings& settings, SourceInterface& interface) {
  if (settings == LinkSettings{interface.speed_mbps, interface.duplex}) return false;
  interface.speed_mbps = settings.speed_mbps;
  interface.duplex = settings.duplex;
  return true;
}

// Whether sysfs may still have to say of which device and driver it is. Nothing of a kind that the
// kernel makes by itself has a device, and there may be thousands of those.
bool mayBeBoundLater(const SourceInterface& interface) {
  if (interface.device) return interface.device->driver.empty();
  return interface.link.kind.empty() && !interface.link.loopback;
}

// It is read once: nothing of it changes while the device lives.
bool wantsHostOrder(const std::optional<BusDevice>& device) {
  return device && device->position && device->position->bus == Bus::kPci && !device->host_order;
}

// Adds to what is known what was not.
BusDevice joined(BusDevice known, BusDevice read) {
  if (!known.position) known.position = read.position;
  if (known.driver.empty()) known.driver = std::move(read.driver);
  if (!known.instance) known.instance = read.instance;
  if (known.address.empty()) known.address = std::move(read.address);
  // Channels are opened and closed while the device lives; on its way out it has none.
  if (!read.channels.empty()) known.channels = std::move(read.channels);
  return known;
}

}  // namespace

std::vector<SourceInterface>::iterator InterfaceTable::lowerBound(KernelIndex index) {
  return std::ranges::lower_bound(interfaces_, index, {}, indexOf);
}

std::vector<SourceInterface>::iterator InterfaceTable::find(KernelIndex index) {
  const auto place = lowerBound(index);
  return place != interfaces_.end() && place->link.index == index ? place : interfaces_.end();
}

bool InterfaceTable::contains(KernelIndex index) const {
  return std::ranges::binary_search(interfaces_, index, {}, indexOf);
}

void InterfaceTable::apply(LinkMessage message) {
  if (message.removed) {
    remove(message.link.index);
  } else {
    put(std::move(message.link));
  }
}

void InterfaceTable::put(Link link) {
  if (holds(leaving_, link.index)) removeLeaving();
  auto place = lowerBound(link.index);
  if (place == interfaces_.end() || place->link.index != link.index) {
    to_locate_.push_back(link.index);
    place = interfaces_.insert(place, SourceInterface{std::move(link)});
  } else if (place->link == link) {
    return;
  } else {
    if (movesInSysfs(place->link, link)) to_locate_.push_back(link.index);
    locateMaster(place->link);
    if (place->profile != nullptr && carriesFrames(place->link) && !carriesFrames(link)) {
      went_down_.push_back(link.index);
    }
    place->link = std::move(link);
  }
  locateMaster(place->link);
  changed_ = true;
}

void InterfaceTable::remove(KernelIndex index) {
  const auto place = find(index);
  if (place == interfaces_.end()) return;
  locateMaster(place->link);
  if (showDownFirst(index)) return;
  interfaces_.erase(place);
  changed_ = true;
  removed_ = true;
}

// A bridge and a bond have the speed of their ports (br_get_link_ksettings() in
// net/bridge/br_device.c), and nothing is said of them when a port changes.
void InterfaceTable::locateMaster(const Link& port) {
  if (port.master) to_locate_.push_back(*port.master);
}

// True for one that went down since it was last shown: it is kept, and shown once more.
bool InterfaceTable::showDownFirst(KernelIndex index) {
  if (!holds(went_down_, index)) return false;
  if (!holds(leaving_, index)) leaving_.push_back(index);
  return true;
}

void InterfaceTable::removeLeaving() {
  for (const KernelIndex index : std::exchange(leaving_, {})) {
    std::erase(went_down_, index);
    remove(index);
  }
}

void InterfaceTable::setCarrier(KernelIndex index, bool carrier) {
  const auto place = find(index);
  if (place == interfaces_.end()) return;
  Link link = place->link;
  link.carrier = carrier;
  put(std::move(link));
}

void InterfaceTable::replaceAll(std::vector<Link> links) {
  std::ranges::sort(links, {}, &Link::index);
  const auto gone = std::erase_if(interfaces_, [&](const SourceInterface& interface) {
    const KernelIndex index = interface.link.index;
    if (std::ranges::binary_search(links, index, {}, &Link::index)) return false;
    return !showDownFirst(index);
  });
  if (gone > 0) changed_ = removed_ = true;
  for (Link& link : links) put(std::move(link));
}

void InterfaceTable::learn(SourceInterface& interface, std::optional<BusDevice> device,
                           const SysfsBus& bus) const {
  if (device) {
    interface.device =
        joined(std::move(interface.device).value_or(BusDevice{}), *std::move(device));
  }
  interface.driver_profile = adapterProfile(interface, rules_);
  if (interface.driver_profile != nullptr && wantsHostOrder(interface.device)) {
    interface.device->host_order = bus.hostOrder(interface.link);
  }
}

bool InterfaceTable::locate(SysfsBus& bus) {
  const bool located = locateNew(bus);
  if (changed_) separateParts(interfaces_);
  return located;
}

bool InterfaceTable::locateNew(SysfsBus& bus) {
  const bool removed = std::exchange(removed_, false);
  if (to_locate_.empty()) return removed;
  std::ranges::sort(to_locate_);
  to_locate_.erase(std::unique(to_locate_.begin(), to_locate_.end()), to_locate_.end());
  bus.rescan();
  for (const KernelIndex index : std::exchange(to_locate_, {})) {
    const auto place = find(index);
    if (place == interfaces_.end()) continue;  // came and went
    SourceInterface located = *place;
    auto read = bus.read(place->link);
    if (read) {
      applySettings(read->settings, located);
      located.rx_queues = read->rx_queues;
    }
    learn(located, read ? std::move(read->device) : std::nullopt, bus);
    if (located == *place) continue;
    *place = std::move(located);
    changed_ = true;
  }
  return true;
}

void InterfaceTable::refresh(const SysfsBus& bus) {
  for (SourceInterface& interface : interfaces_) {
    const bool on_vmbus = interface.device && interface.device->instance;
    if (!on_vmbus && !mayBeBoundLater(interface)) continue;
    SourceInterface refreshed = interface;
    learn(refreshed, bus.device(interface.link), bus);
    if (refreshed == interface) continue;
    interface = std::move(refreshed);
    changed_ = true;
  }
  if (changed_) separateParts(interfaces_);
}

void InterfaceTable::refreshSettings(const SysfsBus& bus, std::size_t count) {
  for (count = std::min(count, interfaces_.size()); count > 0; --count) {
    auto place = std::ranges::upper_bound(interfaces_, settings_read_, {}, indexOf);
    if (place == interfaces_.end()) place = interfaces_.begin();
    settings_read_ = indexOf(*place);
    const auto settings = bus.settings(place->link);
    if (settings && applySettings(*settings, *place)) changed_ = true;
    if (place->profile == nullptr) continue;
    // Only an adapter's are published, and counting them costs as much as all the rest.
    const std::uint32_t queues = bus.receiveQueues(place->link);
    if (queues == 0 || queues == place->rx_queues) continue;
    place->rx_queues = queues;
    changed_ = true;
  }
}

void InterfaceTable::setGroups(const std::vector<MulticastGroup>& groups) {
  auto next = groups.begin();
  for (SourceInterface& interface : interfaces_) {
    while (next != groups.end() && next->index < interface.link.index) ++next;
    std::vector<HwAddress> received;
    for (; next != groups.end() && next->index == interface.link.index; ++next) {
      received.push_back(next->address);
    }
    if (received == interface.groups) continue;
    interface.groups = std::move(received);
    changed_ = true;
  }
}

bool InterfaceTable::takeChanged() {
  went_down_.clear();
  return std::exchange(changed_, false);
}

}  // namespace hvnet
