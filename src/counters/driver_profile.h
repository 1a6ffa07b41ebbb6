// One row for each paravirtual driver: what its adapters are called, how they are published, and
// which of the driver's own statistics (`ethtool -S`) add to which counter. Each name in a row is
// read in the driver's source, which the row's comment names (paths are below drivers/net/ of the
// Linux kernel).
//
// Threads: any. Ownership: constants that live as long as the process.
// Errors: none; findProfile() and profileOfDriver() return null for a name without a row.
// Units: max_mtu is in octets.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "counters/link.h"

namespace hvnet {

// Names of driver statistics without the blanks around them; '#' stands for a number, of a queue
// for example. What they count is their sum.
using StatNames = std::span<const std::string_view>;

// The statistics that split the packets of one direction; the rest is unicast. Empty: the driver
// does not split them.
struct PacketSplitNames {
  StatNames multicast = {};
  StatNames broadcast = {};
};

// The statistics that count what a VF under the adapter has carried.
struct TrafficNames {
  StatNames rx_packets = {};
  StatNames rx_octets = {};
  StatNames tx_packets = {};
  StatNames tx_octets = {};
};

// How much of the kernel's rx_dropped the driver has dropped itself. The kernel adds what its own
// stack dropped (dev_get_stats() in net/core/dev.c), and only the driver can tell how much that is.
struct OwnDrops {
  enum class Told : std::uint8_t { kNo, kNone, kByName };
  Told told = Told::kNo;  // kNone: the driver never touches rx_dropped
  // kByName: the first of these lists of which the driver has every name. Without one it is not
  // told.
  std::span<const StatNames> names = {};
  // Losses that newer kernels count in rx_missed_errors and older ones in rx_dropped.
  StatNames unless_missed = {};
  // It is not told by a driver that has one of these.
  StatNames not_told_with = {};
};

// Receive losses that no counter of the kernel has.
struct HiddenRx {
  StatNames drops = {};
  StatNames drops_unless_missed = {};  // newer kernels count them in rx_missed_errors
  StatNames errors = {};
};

// Transmit losses that no counter of the kernel has.
struct HiddenTx {
  StatNames discards = {};
  StatNames errors = {};
};

// Counters of the kernel, which stand for something else in some drivers.
using LinkCounters = std::span<LinkStats::Count LinkStats::*const>;

struct DriverProfile {
  enum class Multicast : std::uint8_t {
    kCounted,
    kWithBroadcast,  // LinkStats::multicast is both together
    kNotCounted,     // it is always zero
  };

  std::string_view name;        // as `adapterDriver NAME PROFILE` spells it
  std::string_view bound_name;  // the name of the driver in sysfs
  std::string_view hypervisor;  // the first word of ifDescr
  std::string_view source;      // the driver's file in the kernel's tree; empty: not in it
  bool fixed_1000base_t;        // the vendor's rule: always 1000BASE-T full duplex

  bool always_promiscuous = false;  // the adapter has no filter of its own
  std::uint32_t max_mtu = 0;        // octets, whatever the system says; 0: as it says
  bool vlan = true;                 // VLAN interfaces can be put on it
  bool has_vf = false;              // a VF with its MAC may carry its frames
  Multicast multicast = Multicast::kCounted;
  bool knows_drops = true;           // false: the guest cannot know what is lost on receive
  bool drops_of_its_parts = false;   // it drops nothing itself: what is lost is lost in its VFs
  LinkCounters rx_error_parts = {};  // of a driver that never sets rx_errors
  OwnDrops own_drops = {};
  HiddenRx hidden_rx = {};
  HiddenTx hidden_tx = {};
  StatNames tx_losses = {};  // losses inside tx_dropped that are output errors, not discards
  PacketSplitNames in = {};
  PacketSplitNames out = {};
  TrafficNames vf = {};  // where the driver's totals are the sum of a VF and of its queues
  // What the kernel's statistics of its queues count as dropped by the hardware is nowhere else.
  bool hidden_hardware_losses = false;
};

std::span<const DriverProfile> driverProfiles();
// By profile name; nullptr when there is none.
const DriverProfile* findProfile(std::string_view name);
// By the name of the bound driver; nullptr when it is not a paravirtual adapter's.
const DriverProfile* profileOfDriver(std::string_view bound_name);
// For drivers named with `adapterDriver` and no profile of their own.
const DriverProfile& nominalProfile();
// For the master of virtio_net's `failover=on`, which sysfs shows as virtio_net.
const DriverProfile& failoverProfile();

}  // namespace hvnet
