#include "sources/adapter_rule.h"

#include <algorithm>
#include <map>

namespace hvnet {
namespace {

using Masters = std::map<KernelIndex, const SourceInterface*>;

const HwAddress& lastingAddress(const Link& link) {
  return link.permanent_address.empty() ? link.address : link.permanent_address;
}

bool sameAddress(const SourceInterface& part, const SourceInterface& adapter) {
  return !part.link.address.empty() && (part.link.address == adapter.link.address ||
                                        lastingAddress(part.link) == lastingAddress(adapter.link));
}

bool isDevice(const SourceInterface& interface) {
  return interface.device.has_value() && interface.driver_profile != nullptr;
}

// The devices that something with their own address is enslaved to.
Masters mastersOf(const std::vector<SourceInterface>& interfaces) {
  Masters masters;
  for (const SourceInterface& lower : interfaces) {
    if (!lower.link.master) continue;
    const auto master = std::ranges::find(interfaces, *lower.link.master,
                                          [](const auto& each) { return each.link.index; });
    if (master == interfaces.end() || !isDevice(*master) || !sameAddress(lower, *master)) continue;
    masters.emplace(master->link.index, &*master);
  }
  return masters;
}

bool sameDevice(const SourceInterface& one, const SourceInterface& other) {
  return one.device && other.device && one.device->address == other.device->address;
}

// A synthetic adapter's VF is none of failover's.
FailoverRole roleBelow(const SourceInterface& adapter, const SourceInterface& part) {
  if (adapter.driver_profile->has_vf) return FailoverRole::kNone;
  return sameDevice(part, adapter) ? FailoverRole::kStandby : FailoverRole::kPrimary;
}

// What an interface is among the others.
struct Part {
  const DriverProfile* profile = nullptr;  // of an adapter
  FailoverRole role = FailoverRole::kNone;
};

Part partAmong(const SourceInterface& interface, const Masters& masters,
               const std::vector<const SourceInterface*>& with_vf) {
  const auto master = interface.link.master ? masters.find(*interface.link.master) : masters.end();
  if (master != masters.end() && sameAddress(interface, *master->second)) {
    return {nullptr, roleBelow(*master->second, interface)};
  }
  if (interface.driver_profile == nullptr) return {};
  const bool leads = masters.contains(interface.link.index);
  if (leads && !interface.driver_profile->has_vf) return {&failoverProfile()};
  if (leads || interface.driver_profile->has_vf) return {interface.driver_profile};
  const auto adapter = std::ranges::find_if(
      with_vf, [&](const SourceInterface* each) { return sameAddress(interface, *each); });
  if (adapter == with_vf.end()) return {interface.driver_profile};
  return {nullptr, roleBelow(**adapter, interface)};
}

}  // namespace

const DriverProfile* adapterProfile(const SourceInterface& interface,
                                    const std::vector<AdapterRule>& rules) {
  const std::string driver = interface.device ? interface.device->driver : std::string();
  for (const AdapterRule& rule : rules) {
    if (rule.name == driver || rule.name == interface.link.kind) return rule.profile;
  }
  return profileOfDriver(driver);
}

bool separateParts(std::vector<SourceInterface>& interfaces) {
  const Masters masters = mastersOf(interfaces);
  std::vector<const SourceInterface*> with_vf;
  for (const SourceInterface& interface : interfaces) {
    if (!isDevice(interface)) continue;
    if (interface.driver_profile->has_vf || masters.contains(interface.link.index)) {
      with_vf.push_back(&interface);
    }
  }
  bool changed = false;
  for (SourceInterface& interface : interfaces) {
    const Part part = partAmong(interface, masters, with_vf);
    changed |= interface.profile != part.profile || interface.failover_role != part.role;
    interface.profile = part.profile;
    interface.failover_role = part.role;
  }
  return changed;
}

}  // namespace hvnet
