#include "snapshot/describe/row.h"

#include <algorithm>

#include "snapshot/describe/adapter_facts.h"
#include "snapshot/describe/candidate.h"
#include "snapshot/describe/if_type.h"

namespace hvnet {
namespace {

constexpr std::uint64_t kNominalMbps = 1000;

std::uint64_t adapterSpeedMbps(const SourceInterface& adapter, Media media) {
  if (adapter.profile->fixed_1000base_t && media == Media::kNominal) return kNominalMbps;
  return adapter.speed_mbps.value_or(kNominalMbps);
}

std::string publishedName(const NumberedInterface& numbered, NameFormat format) {
  if (format == NameFormat::kLan && numbered.source->profile != nullptr) {
    return "lan" + std::to_string(static_cast<std::uint32_t>(numbered.number.index) - 1);
  }
  return numbered.source->link.name;
}

std::string driverOf(const SourceInterface& interface) {
  if (interface.profile != nullptr && interface.profile != &nominalProfile()) {
    return std::string(interface.profile->name);
  }
  if (interface.device && !interface.device->driver.empty()) return interface.device->driver;
  return kindOf(interface.link);
}

// What is said of an adapter in another way than of other interfaces.
void describeAdapter(const SourceInterface& adapter, Media media, const SourceFacts& source,
                     Interface& out) {
  out.facts = adapterFacts(adapter, source.kernel_indexed);
  out.descr = std::string(adapter.profile->hypervisor) + " " + out.driver + " adapter " + out.name;
  out.type = kEthernetCsmacd;
  out.speed_mbps = adapterSpeedMbps(adapter, media);
  out.duplex = Duplex::kFull;
  // The vendor's rule: an hvnet adapter always receives every frame of its network.
  out.promiscuous = out.promiscuous || adapter.profile->always_promiscuous;
  out.trap_enable = TrapEnable::kEnabled;
}

}  // namespace

OperStatus operStatus(const Link& link, bool adapter) {
  if (!link.admin_up) return OperStatus::kDown;
  if (adapter && link.carrier) return *link.carrier ? OperStatus::kUp : OperStatus::kDown;
  switch (link.oper_state) {
    case OperState::kUp:
      return OperStatus::kUp;
    case OperState::kUnknown:
      // operstates.rst: a driver that never sets the state is to be taken as carrying user data.
      return link.carrier.value_or(true) ? OperStatus::kUp : OperStatus::kDown;
    case OperState::kTesting:
      return OperStatus::kTesting;
    case OperState::kDormant:
      return OperStatus::kDormant;
    case OperState::kNotPresent:
      return adapter ? OperStatus::kDown : OperStatus::kNotPresent;
    case OperState::kLowerLayerDown:
      return adapter ? OperStatus::kDown : OperStatus::kLowerLayerDown;
    case OperState::kDown:
      break;
  }
  return OperStatus::kDown;
}

Interface describeRow(const NumberedInterface& numbered, const PublishOptions& options,
                      const SourceFacts& source) {
  const SourceInterface& interface = *numbered.source;
  const Link& link = interface.link;
  Interface out;
  out.index = numbered.number.index;
  out.kernel_index = link.index;
  out.origin = numbered.number.origin;
  out.adapter = interface.profile != nullptr;
  out.driver = driverOf(interface);
  if (interface.device) out.position = interface.device->position;
  out.name = publishedName(numbered, options.name_format);
  out.descr = out.name;
  out.alias = link.alias;
  out.type = ifType(link);
  out.mtu = link.mtu;
  out.speed_mbps = interface.speed_mbps.value_or(0);
  out.duplex = interface.duplex;
  // RFC 2863, ifPhysAddress: of zero length where there is no such address; the kernel's loopback
  // has six zeros.
  if (!std::ranges::all_of(link.address, [](auto octet) { return octet == 0; })) {
    out.phys_address = link.address;
  }
  out.admin_status = link.admin_up ? AdminStatus::kUp : AdminStatus::kDown;
  // RFC 2863 §3.1.13: what is administratively down is down, and needs nobody to say so.
  const bool nobody_knows = source.failed && link.admin_up;
  out.oper_status = nobody_knows ? OperStatus::kUnknown : operStatus(link, out.adapter);
  out.promiscuous = link.promiscuous;
  // What the hypervisor gives has no connector; hardware passed through has one.
  out.connector_present = !out.adapter && link.kind.empty() && interface.device.has_value();
  if (out.adapter) describeAdapter(interface, options.media, source, out);
  return out;
}

}  // namespace hvnet
