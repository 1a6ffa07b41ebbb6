#include "sources/report/report_interfaces.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "counters/driver_profile.h"

namespace hvnet {
namespace {

constexpr std::string_view kDriver = "hvnet";
constexpr std::uint32_t kUsualMtu = 1500;  // octets, RFC 894; the driver has no jumbo frames

// What a driver of the vendor's kernel serves (include/linux/hyperv.h has the same classes).
using ClassRow = std::pair<std::string_view, std::string_view>;
constexpr std::array kClassOfDriver = {
    ClassRow{kDriver, "f8615163-df3e-46c5-913f-f2d2f965ed0e"},  // network
    ClassRow{"hvhb", "57164f39-9115-4e78-ab55-382f3bd5422d"},   // heartbeat
    ClassRow{"hvts", "9527e630-d0ae-497b-adce-e80ab0175caf"},   // time sync
};

std::optional<Guid> classOfUnit(std::string_view unit) {
  const std::string_view driver = unit.substr(0, unit.find_last_not_of("0123456789") + 1);
  const auto* const row = std::ranges::find(kClassOfDriver, driver, &ClassRow::first);
  return row == kClassOfDriver.end() ? std::nullopt : parseGuid(row->second);
}

// Finds the unit of the boot log that an adapter of the report is.
class Units {
 public:
  explicit Units(const BootLog& log) {
    for (const BootUnit& unit : log.units) {
      by_unit_.emplace(unit.unit, &unit);
      if (unit.instance) by_instance_.emplace(*unit.instance, &unit);
      if (!unit.mac.empty()) by_mac_.emplace(unit.mac, &unit);
      if (!unit.renamed_to.empty()) by_name_.emplace(unit.renamed_to, &unit);
    }
  }

  // nullptr when there is none.
  [[nodiscard]] const BootUnit* of(const ReportAdapter& adapter) const {
    const BootUnit* found = adapter.instance ? find(by_instance_, *adapter.instance) : nullptr;
    if (found == nullptr) found = find(by_unit_, adapter.unit);
    if (found == nullptr) found = find(by_unit_, adapter.name);
    if (found == nullptr) found = find(by_mac_, adapter.mac);
    if (found == nullptr) found = find(by_name_, adapter.name);
    // The log of another boot, or another host: its numbers are not this adapter's.
    const bool another = found != nullptr && adapter.instance && found->instance &&
                         *adapter.instance != *found->instance;
    return another ? nullptr : found;
  }

 private:
  template <class Key>
  static const BootUnit* find(const std::map<Key, const BootUnit*>& units, const Key& key) {
    const auto found = units.find(key);
    return found == units.end() ? nullptr : found->second;
  }

  std::map<std::string, const BootUnit*> by_unit_;
  std::map<Guid, const BootUnit*> by_instance_;
  std::map<HwAddress, const BootUnit*> by_mac_;
  std::map<std::string, const BootUnit*> by_name_;
};

// What is taken already and may not be given to another adapter.
struct Taken {
  std::set<std::string> names;
  std::set<std::string> units;
  std::set<std::uint32_t> relids;
  std::set<Guid> instances;

  explicit Taken(const Report& report) {
    for (const ReportAdapter& adapter : report.adapters) {
      names.insert(adapter.name);
      if (!adapter.unit.empty()) units.insert(adapter.unit);
      if (adapter.relid) relids.insert(*adapter.relid);
      if (adapter.instance) instances.insert(*adapter.instance);
    }
  }
};

void addTo(ReportAdapter& adapter, const BootUnit& unit, Taken& taken) {
  if (adapter.unit.empty() && taken.units.insert(unit.unit).second) adapter.unit = unit.unit;
  if (!adapter.relid && unit.relid && taken.relids.insert(*unit.relid).second) {
    adapter.relid = unit.relid;
  }
  if (!adapter.instance && unit.instance && taken.instances.insert(*unit.instance).second) {
    adapter.instance = unit.instance;
  }
  if (adapter.mac.empty()) adapter.mac = unit.mac;
  const bool renamed = adapter.name == unit.unit && !unit.renamed_to.empty();
  if (renamed && taken.names.insert(unit.renamed_to).second) adapter.name = unit.renamed_to;
}

OperState operStateOf(const ReportAdapter& adapter) {
  if (!adapter.admin_up.value_or(true)) return OperState::kDown;
  if (!adapter.network_assigned) return OperState::kUnknown;
  return *adapter.network_assigned ? OperState::kUp : OperState::kDown;
}

SourceInterface interfaceOf(const ReportAdapter& adapter, KernelIndex number) {
  SourceInterface interface;
  Link& link = interface.link;
  link.index = number;
  link.name = adapter.name;
  link.alias = adapter.alias;
  link.hardware_type = HardwareType::kEthernet;
  link.admin_up = adapter.admin_up.value_or(true);
  link.mtu = adapter.mtu.value_or(kUsualMtu);
  link.oper_state = operStateOf(adapter);
  link.carrier = adapter.network_assigned;
  link.address = adapter.mac;
  link.permanent_address = adapter.mac;
  BusDevice device;
  if (adapter.relid) device.position = BusPosition{Bus::kVmbus, *adapter.relid};
  device.driver = kDriver;
  device.instance = adapter.instance;
  if (adapter.instance) device.address = toText(*adapter.instance);
  device.unit = adapter.unit;
  interface.device = std::move(device);
  interface.speed_mbps = adapter.speed_mbps;
  interface.profile = findProfile(kDriver);
  return interface;
}

}  // namespace

Report completed(Report report, const BootLog& boot_log) {
  if (boot_log.units.empty()) return report;
  const Units units(boot_log);
  Taken taken(report);
  for (ReportAdapter& adapter : report.adapters) {
    if (const BootUnit* const unit = units.of(adapter)) addTo(adapter, *unit, taken);
  }
  return report;
}

std::vector<VmbusDevice> vmbusDevicesOf(const Report& report, const BootLog& boot_log) {
  std::map<std::uint32_t, VmbusDevice> devices;  // the first word on a relid stands
  const auto add = [&](const VmbusDevice& device) { devices.emplace(device.relid, device); };
  std::ranges::for_each(report.vmbus_devices, add);
  const Guid network = *classOfUnit(kDriver);
  for (const ReportAdapter& adapter : report.adapters) {
    if (!adapter.relid) continue;
    const std::string driver = adapter.unit.empty() ? std::string(kDriver) : adapter.unit;
    add({*adapter.relid, network, adapter.instance, driver});
  }
  for (const BootUnit& unit : boot_log.units) {
    const auto device_class = classOfUnit(unit.unit);
    if (unit.relid && device_class) add({*unit.relid, *device_class, unit.instance, unit.unit});
  }
  std::ranges::for_each(boot_log.unconfigured, add);
  std::vector<VmbusDevice> sorted;
  sorted.reserve(devices.size());
  for (auto& [relid, device] : devices) sorted.push_back(std::move(device));
  return sorted;
}

ReportedInterfaces interfacesOf(const Report& report, ReportNumbers& numbers) {
  const std::vector<KernelIndex> number = numbers.of(report.adapters);
  std::map<KernelIndex, const ReportAdapter*> sorted;
  for (std::size_t i = 0; i < number.size(); ++i) sorted.emplace(number[i], &report.adapters[i]);
  ReportedInterfaces out;
  out.interfaces.reserve(sorted.size());
  for (const auto& [index, adapter] : sorted) {
    out.interfaces.push_back(interfaceOf(*adapter, index));
    out.samples.push_back(Sample{index, adapter->counters});
  }
  return out;
}

}  // namespace hvnet
