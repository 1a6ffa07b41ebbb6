#include "snapshot/describe/topology.h"

#include <utility>

#include "snapshot/describe/adapter_facts.h"
#include "snapshot/describe/relations.h"

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

Interfaces describe(std::span<const NumberedInterface> interfaces,
                    std::span<const VmbusDevice> vmbus_devices, const PublishOptions& options,
                    const SourceFacts& source) {
  Interfaces out;
  out.rows.reserve(interfaces.size());
  for (const NumberedInterface& interface : interfaces) {
    out.rows.push_back(describeRow(interface, options, source));
  }
  relateAdapters(interfaces, out.rows);
  out.stack = stackOf(interfaces);
  out.receive_addresses = receiveAddressesOf(interfaces);
  for (const VmbusDevice& device : vmbus_devices) out.vmbus_devices.push_back(publishedRow(device));
  return out;
}

}  // namespace hvnet
