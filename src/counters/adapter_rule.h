// Which ports are adapters, by their driver or by the configuration. Pure.
#pragma once

#include <string>
#include <vector>

#include "counters/source.h"

namespace hvnet {

// `adapterDriver NAME [PROFILE]`: NAME is a bound driver's name or a link kind ("veth").
struct AdapterRule {
  std::string name;
  const DriverProfile* profile = nullptr;  // never null once parsed
  bool operator==(const AdapterRule&) const = default;
};

// nullptr when the port is not an adapter. A rule wins over the driver's own profile.
const DriverProfile* adapterProfile(const Port& port, const std::vector<AdapterRule>& rules);

}  // namespace hvnet
