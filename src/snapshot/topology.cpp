#include "snapshot/topology.h"

#include <utility>

#include "snapshot/adapter_facts.h"
#include "snapshot/relations.h"

namespace hvnet {
namespace {

VmbusRow publishedRow(const VmbusDevice& device) {
  VmbusRow out;
  out.relid = device.relid;
  out.device_class = toText(device.device_class);
  const std::string_view name = vmbusClassName(device.device_class);
  if (!name.empty()) out.class_name = name;
  if (device.instance) out.instance = toText(*device.instance);
  out.driver = device.driver;
  return out;
}

}  // namespace

Interfaces describe(std::span<const NumberedPort> ports, std::span<const VmbusDevice> vmbus_devices,
                    const PublishOptions& options, const SourceFacts& source) {
  Interfaces out;
  for (const NumberedPort& port : ports) {
    Interface row = makeInterface(port, options);
    if (row.adapter) row.facts = adapterFacts(*port.port, source.kernel_indexed);
    if (source.failed) row.oper_status = OperStatus::kUnknown;
    out.rows.push_back(std::move(row));
  }
  relateAdapters(ports, out.rows);
  out.stack = stackOf(ports);
  out.receive_addresses = receiveAddressesOf(ports);
  for (const VmbusDevice& device : vmbus_devices) out.vmbus_devices.push_back(publishedRow(device));
  return out;
}

}  // namespace hvnet
