// One row for each paravirtual driver: what its adapters are called and how they are published.
#pragma once

#include <span>
#include <string_view>

namespace hvnet {

struct DriverProfile {
  std::string_view name;        // as `adapterDriver NAME PROFILE` spells it
  std::string_view bound_name;  // the name of the driver in sysfs
  std::string_view hypervisor;  // the first word of ifDescr
  bool fixed_1000base_t;        // the vendor's rule: always 1000BASE-T full duplex
};

std::span<const DriverProfile> driverProfiles();
// By profile name; nullptr when there is none.
const DriverProfile* findProfile(std::string_view name);
// By the name of the bound driver; nullptr when it is not a paravirtual adapter's.
const DriverProfile* profileOfDriver(std::string_view bound_name);
// For drivers named with `adapterDriver` and no profile of their own.
const DriverProfile& nominalProfile();

}  // namespace hvnet
