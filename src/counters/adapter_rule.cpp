#include "counters/adapter_rule.h"

namespace hvnet {

const DriverProfile* adapterProfile(const Port& port, const std::vector<AdapterRule>& rules) {
  const std::string driver = port.device ? port.device->driver : std::string();
  for (const AdapterRule& rule : rules) {
    if (rule.name == driver || rule.name == port.link.kind) return rule.profile;
  }
  return profileOfDriver(driver);
}

}  // namespace hvnet
