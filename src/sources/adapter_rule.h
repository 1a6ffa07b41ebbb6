// Which interfaces are adapters, by their driver or by the configuration, and which are parts of
// one.
//
// Threads: any; pure functions. Ownership: values; profiles are constants. Errors: none.
#pragma once

#include <string>
#include <vector>

#include "sources/source.h"

namespace hvnet {

// `adapterDriver NAME [PROFILE]`: NAME is a bound driver's name or a link kind ("veth").
struct AdapterRule {
  std::string name;
  const DriverProfile* profile = nullptr;  // never null once parsed
  bool operator==(const AdapterRule&) const = default;
};

// nullptr when the interface can be no adapter. A rule wins over the driver's own profile.
const DriverProfile* adapterProfile(const SourceInterface& interface,
                                    const std::vector<AdapterRule>& rules);

// Says of all interfaces of a source which are adapters, once their driver_profile is known. What
// carries the frames of an adapter is a part of it, and none itself, whatever its driver:
// - what is enslaved to a device that is an adapter, and has its address;
// - a device with the address of an adapter that can have a VF (DriverProfile::has_vf), enslaved or
//   not yet;
// - the standby device of virtio_net with `failover=on`. Its master shows the same driver, and is
//   the adapter (net_failover.c).
// Below the last one, each part gets its failover_role: it is told apart by that, not by its name.
// True when one of them was something else before.
bool separateParts(std::vector<SourceInterface>& interfaces);

}  // namespace hvnet
