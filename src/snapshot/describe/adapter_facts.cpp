#include "snapshot/describe/adapter_facts.h"

#include <algorithm>
#include <vector>

#include "ifmap/identity.h"
#include "snapshot/describe/candidate.h"

namespace hvnet {
namespace {

// The vendor's driver for Hyper-V has no VF; it says so.
bool saysDataPath(const SourceInterface& adapter) {
  return adapter.profile->has_vf || adapter.profile == findProfile("hvnet");
}

std::optional<std::uint32_t> maxMtu(const SourceInterface& interface) {
  if (interface.profile->max_mtu != 0) return interface.profile->max_mtu;
  return interface.link.max_mtu;
}

// On VMBus, each channel is a pair of queues. The kernel creates more queues than are open.
std::uint32_t queuesOf(const SourceInterface& interface) {
  const std::size_t channels = interface.device ? interface.device->channels.size() : 0;
  return channels != 0 ? static_cast<std::uint32_t>(channels) : interface.rx_queues;
}

// drivers/net/hyperv/netvsc_drv.c, netvsc_vf_changed(): frames go through the VF while it is up.
DataPath dataPath(const SourceInterface* vf) {
  return vf != nullptr && vf->link.admin_up && vf->link.carrier.value_or(false)
             ? DataPath::kVf
             : DataPath::kSynthetic;
}

// What carries the frames of an adapter is enslaved to it and has its MAC.
std::vector<const NumberedInterface*> partsOf(std::span<const NumberedInterface> interfaces,
                                              const SourceInterface& adapter) {
  std::vector<const NumberedInterface*> parts;
  for (const NumberedInterface& other : interfaces) {
    if (other.source->profile == nullptr && other.source->link.master == adapter.link.index &&
        other.source->link.address == adapter.link.address) {
      parts.push_back(&other);
    }
  }
  return parts;
}

// The standby device of a failover adapter is the adapter's own device, and no VF.
const SourceInterface* vfAmong(const std::vector<const NumberedInterface*>& parts, Interface& row) {
  for (const NumberedInterface* part : parts) {
    if (part->source->failover_role == FailoverRole::kStandby) continue;
    row.facts.vf = part->number.index;
    return part->source;
  }
  return nullptr;
}

void placeAdapters(std::span<const NumberedInterface> interfaces, std::span<Interface> rows) {
  std::vector<std::pair<Candidate, Interface*>> adapters;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    if (rows[i].adapter) adapters.emplace_back(candidateOf(*interfaces[i].source), &rows[i]);
  }
  std::ranges::sort(adapters, sortsBefore, &std::pair<Candidate, Interface*>::first);
  std::uint32_t place = 0;
  for (const auto& [candidate, row] : adapters) {
    row->facts.place = ++place;
    row->facts.order_key = orderPlaceOf(candidate.position, candidate.host_order).key;
  }
}

}  // namespace

AdapterFacts adapterFacts(const SourceInterface& interface, bool kernel_indexed) {
  AdapterFacts out;
  out.hypervisor = interface.profile->hypervisor;
  if (interface.device) {
    if (interface.device->instance) out.instance = toText(*interface.device->instance);
    out.bus_address = interface.device->address;
    out.unit = interface.device->unit;
  }
  out.queues = queuesOf(interface);
  out.network_assigned = interface.link.carrier;
  if (kernel_indexed) out.kernel_index = static_cast<std::uint32_t>(interface.link.index);
  out.max_mtu = maxMtu(interface);
  out.vlan = interface.profile->vlan;
  return out;
}

void relateAdapters(std::span<const NumberedInterface> interfaces, std::span<Interface> rows) {
  placeAdapters(interfaces, rows);
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    if (!rows[i].adapter || !saysDataPath(*interfaces[i].source)) continue;
    const auto parts = partsOf(interfaces, *interfaces[i].source);
    for (const NumberedInterface* part : parts) rows[i].facts.parts.push_back(part->number.index);
    rows[i].facts.data_path = dataPath(vfAmong(parts, rows[i]));
  }
}

std::string_view hypervisorOf(std::span<const NumberedInterface> interfaces) {
  for (const NumberedInterface& numbered : interfaces) {
    const DriverProfile* profile = numbered.source->profile;
    if (profile != nullptr && profile != &nominalProfile()) return profile->hypervisor;
  }
  return {};
}

}  // namespace hvnet
