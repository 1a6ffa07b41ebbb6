// One row for each paravirtual driver: what its adapters are called, how they are published, and
// which of the driver's own statistics (`ethtool -S`) add to which counter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hvnet {

// Names of driver statistics without the blanks around them. What they count is their sum.
using StatNames = std::span<const std::string_view>;

// The statistics that split the packets of one direction; the rest is unicast. Empty: the driver
// does not split them.
struct PacketSplitNames {
  StatNames multicast = {};
  StatNames broadcast = {};
};

struct DriverProfile {
  std::string_view name;        // as `adapterDriver NAME PROFILE` spells it
  std::string_view bound_name;  // the name of the driver in sysfs
  std::string_view hypervisor;  // the first word of ifDescr
  bool fixed_1000base_t;        // the vendor's rule: always 1000BASE-T full duplex

  bool always_promiscuous = false;            // the adapter has no filter of its own
  std::uint32_t max_mtu = 0;                  // octets, whatever the system says; 0: as it says
  bool vlan = true;                           // VLAN interfaces can be put on it
  bool multicast_includes_broadcast = false;  // LinkStats::multicast is both together
  StatNames hidden_rx_drops = {};             // receive drops that rx_dropped does not have
  StatNames tx_losses = {};  // losses inside tx_dropped that are output errors, not discards
  PacketSplitNames in = {};
  PacketSplitNames out = {};
};

std::span<const DriverProfile> driverProfiles();
// By profile name; nullptr when there is none.
const DriverProfile* findProfile(std::string_view name);
// By the name of the bound driver; nullptr when it is not a paravirtual adapter's.
const DriverProfile* profileOfDriver(std::string_view bound_name);
// For drivers named with `adapterDriver` and no profile of their own.
const DriverProfile& nominalProfile();

}  // namespace hvnet
