#include "snapshot/adapter_facts.h"

#include <net/if.h>

#include <algorithm>
#include <vector>

#include "ifmap/order.h"
#include "snapshot/classify.h"

namespace hvnet {
namespace {

// What driver_profile.cpp calls the hypervisor of the drivers that have a VF beside them.
constexpr std::string_view kHyperV = "Hyper-V";

std::optional<std::uint32_t> maxMtu(const Port& port) {
  if (port.profile->max_mtu != 0) return port.profile->max_mtu;
  return port.link.max_mtu;
}

// On VMBus a channel is a pair of queues; the kernel makes more of them than are open.
std::uint32_t queuesOf(const Port& port) {
  const std::size_t channels = port.device ? port.device->channels.size() : 0;
  return channels != 0 ? static_cast<std::uint32_t>(channels) : port.rx_queues;
}

// drivers/net/hyperv/netvsc_drv.c, netvsc_vf_changed(): frames go through the VF while it is up.
DataPath dataPath(const Port* vf) {
  return vf != nullptr && (vf->link.flags & IFF_UP) != 0 && vf->link.carrier.value_or(false)
             ? DataPath::kVf
             : DataPath::kSynthetic;
}

// The VF of a synthetic adapter is enslaved to it and has its MAC.
const NumberedPort* vfOf(std::span<const NumberedPort> ports, const Port& adapter) {
  const auto found = std::ranges::find_if(ports, [&adapter](const NumberedPort& other) {
    return other.port->profile == nullptr && other.port->link.master == adapter.link.index &&
           other.port->link.address == adapter.link.address;
  });
  return found == ports.end() ? nullptr : &*found;
}

void placeAdapters(std::span<const NumberedPort> ports, std::span<Interface> rows) {
  std::vector<std::pair<Candidate, Interface*>> adapters;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (rows[i].adapter) adapters.emplace_back(candidateOf(*ports[i].port), &rows[i]);
  }
  std::ranges::sort(adapters, sortsBefore, &std::pair<Candidate, Interface*>::first);
  std::uint32_t place = 0;
  for (const auto& [candidate, row] : adapters) row->facts.place = ++place;
}

}  // namespace

AdapterFacts adapterFacts(const Port& port, bool kernel_indexed) {
  AdapterFacts out;
  out.hypervisor = port.profile->hypervisor;
  if (port.device) {
    if (port.device->instance) out.instance = toText(*port.device->instance);
    out.bus_address = port.device->address;
    out.unit = port.device->unit;
  }
  out.queues = queuesOf(port);
  out.network_assigned = port.link.carrier;
  if (kernel_indexed) out.kernel_index = static_cast<std::uint32_t>(port.link.index);
  out.max_mtu = maxMtu(port);
  out.vlan = port.profile->vlan;
  return out;
}

void relateAdapters(std::span<const NumberedPort> ports, std::span<Interface> rows) {
  placeAdapters(ports, rows);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!rows[i].adapter || rows[i].facts.hypervisor != kHyperV) continue;
    const NumberedPort* vf = vfOf(ports, *ports[i].port);
    if (vf != nullptr) rows[i].facts.vf = vf->number.index;
    rows[i].facts.data_path = dataPath(vf == nullptr ? nullptr : vf->port);
  }
}

std::string_view hypervisorOf(std::span<const NumberedPort> ports) {
  for (const NumberedPort& numbered : ports) {
    const DriverProfile* profile = numbered.port->profile;
    if (profile != nullptr && profile != &nominalProfile()) return profile->hypervisor;
  }
  return {};
}

}  // namespace hvnet
