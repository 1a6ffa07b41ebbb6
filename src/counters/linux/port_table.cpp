#include "counters/linux/port_table.h"

#include <algorithm>
#include <utility>

namespace hvnet {
namespace {

KernelIndex indexOf(const Port& port) {
  return port.link.index;
}

// The driver may have another word for the speed once the link is up, or down.
bool movesInSysfs(const Link& before, const Link& after) {
  return before.name != after.name || before.carrier != after.carrier ||
         before.flags != after.flags;
}

}  // namespace

std::vector<Port>::iterator PortTable::lowerBound(KernelIndex index) {
  return std::ranges::lower_bound(ports_, index, {}, indexOf);
}

bool PortTable::contains(KernelIndex index) const {
  return std::ranges::binary_search(ports_, index, {}, indexOf);
}

void PortTable::apply(LinkMessage message) {
  if (message.removed) {
    remove(message.link.index);
  } else {
    put(std::move(message.link));
  }
}

void PortTable::put(Link link) {
  const auto place = lowerBound(link.index);
  if (place == ports_.end() || place->link.index != link.index) {
    to_locate_.push_back(link.index);
    ports_.insert(place, Port{std::move(link)});
  } else if (place->link == link) {
    return;
  } else {
    if (movesInSysfs(place->link, link)) to_locate_.push_back(link.index);
    place->link = std::move(link);
  }
  changed_ = true;
}

void PortTable::remove(KernelIndex index) {
  const auto place = lowerBound(index);
  if (place == ports_.end() || place->link.index != index) return;
  ports_.erase(place);
  changed_ = true;
  removed_ = true;
}

void PortTable::setCarrier(KernelIndex index, bool carrier) {
  const auto place = lowerBound(index);
  if (place == ports_.end() || place->link.index != index) return;
  Link link = place->link;
  link.carrier = carrier;
  put(std::move(link));
}

void PortTable::replaceAll(std::vector<Link> links) {
  std::ranges::sort(links, {}, &Link::index);
  const auto gone = std::erase_if(ports_, [&links](const Port& port) {
    return !std::ranges::binary_search(links, port.link.index, {}, &Link::index);
  });
  if (gone > 0) changed_ = removed_ = true;
  for (Link& link : links) put(std::move(link));
}

bool PortTable::locate(SysfsBus& bus) {
  const bool removed = std::exchange(removed_, false);
  if (to_locate_.empty()) return removed;
  std::ranges::sort(to_locate_);
  to_locate_.erase(std::unique(to_locate_.begin(), to_locate_.end()), to_locate_.end());
  bus.rescan();
  for (const KernelIndex index : to_locate_) {
    const auto place = lowerBound(index);
    if (place == ports_.end() || place->link.index != index) continue;  // came and went
    Port located = *place;
    located.device = bus.find(place->link.name);
    located.speed_mbps = bus.speedMbps(place->link.name);
    located.duplex = bus.duplex(place->link.name);
    located.rx_queues = bus.receiveQueues(place->link.name);
    located.profile = adapterProfile(located, rules_);
    if (located == *place) continue;
    *place = std::move(located);
    changed_ = true;
  }
  to_locate_.clear();
  return true;
}

void PortTable::refreshChannels(const SysfsBus& bus) {
  for (Port& port : ports_) {
    if (!port.device || !port.device->instance) continue;
    auto device = bus.find(port.link.name);
    // A device that is on its way out loses its files one by one. Who it is, is not read again:
    // without an event it is still the same one.
    if (!device || device->instance != port.device->instance || device->channels.empty()) continue;
    if (device->channels == port.device->channels) continue;
    port.device->channels = std::move(device->channels);
    changed_ = true;
  }
}

void PortTable::setGroups(const std::vector<MulticastGroup>& groups) {
  auto next = groups.begin();
  for (Port& port : ports_) {
    while (next != groups.end() && next->index < port.link.index) ++next;
    std::vector<HwAddress> received;
    for (; next != groups.end() && next->index == port.link.index; ++next) {
      received.push_back(next->address);
    }
    if (received == port.groups) continue;
    port.groups = std::move(received);
    changed_ = true;
  }
}

bool PortTable::takeChanged() {
  return std::exchange(changed_, false);
}

}  // namespace hvnet
