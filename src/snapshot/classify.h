// Which ports are adapters, who they are, and which are not published at all. Pure.
#pragma once

#include <string>
#include <vector>

#include "counters/driver_profile.h"
#include "counters/source.h"
#include "ifmap/identity.h"

namespace hvnet {

// `adapterDriver NAME [PROFILE]`: NAME is a bound driver's name or a link kind ("veth").
struct AdapterRule {
  std::string name;
  const DriverProfile* profile = nullptr;  // never null once parsed
};

// nullptr when the port is not an adapter. A rule wins over the driver's own profile.
const DriverProfile* adapterProfile(const Port& port, const std::vector<AdapterRule>& rules);

// IFLA_INFO_KIND; "loopback" for the loopback, "device" for what a driver made.
std::string kindOf(const Link& link);

Candidate candidateOf(const Port& port, bool adapter);

// Shell patterns on the kernel's name: `exclude docker*`.
bool isExcluded(const Link& link, const std::vector<std::string>& patterns);

}  // namespace hvnet
