// Who an interface is, so that it gets the same ifIndex for ever.
//
// Threads: any. Ownership: none. Errors: none.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "counters/bus_device.h"
#include "counters/link.h"

namespace hvnet {

// What SNMP calls the interface: 1..2147483647 (RFC 2863, InterfaceIndex).
enum class IfIndex : std::uint32_t {};

constexpr IfIndex kLastAdapterIndex{255};  // adapters take 1 to 255 while there is room
constexpr IfIndex kFirstOtherIndex{256};   // everything else
constexpr IfIndex kLastIndex{2147483647};

// Recognised by the instance GUID of its VMBus device.
struct GuidIdentity {
  Guid guid;
  auto operator<=>(const GuidIdentity&) const = default;
};
// Recognised by its permanent MAC; its position decides only between two with the same MAC.
struct MacIdentity {
  HwAddress mac;
  // Spelled out because a static_vector has no <=> of its own.
  std::strong_ordering operator<=>(const MacIdentity&) const = default;
};
// Not an adapter (or one with neither GUID nor MAC): recognised by its kind and name.
struct NameIdentity {
  // IFLA_INFO_KIND, "loopback" for lo, "device" for a driver's own; "standby" or "primary" for a
  // part of a failover adapter.
  std::string kind;
  std::string name;  // of such a part: the MAC that it shares with its adapter
  auto operator<=>(const NameIdentity&) const = default;
};
// A number that was somebody's once and is given to nobody.
struct RetiredIdentity {
  auto operator<=>(const RetiredIdentity&) const = default;
};
using Identity = std::variant<GuidIdentity, MacIdentity, NameIdentity, RetiredIdentity>;

// "guid 6f1d…", "mac 00:15:…", "veth lan0": for messages.
std::string toText(const Identity& identity);

// What the map needs to know of an interface that is present.
struct Candidate {
  KernelIndex kernel_index{};  // never another interface's while the process runs
  bool adapter = false;
  std::optional<BusPosition> position;
  HostOrder host_order{};  // orders only; it is in no identity and not in the map
  std::optional<Guid> guid;
  HwAddress mac;  // the permanent one where the device has it; may be empty
  FailoverRole failover_role = FailoverRole::kNone;
  std::string kind;
  std::string name;
};

// The strongest identity a candidate has: an adapter by its GUID, else by its MAC; a part of a
// failover adapter by its role and MAC, for its name follows the order in which drivers are loaded;
// everything else by kind and name, cut at kLongestName.
Identity identityOf(const Candidate& candidate);
// identityOf(candidate) == identity, without building it.
bool isKnownAs(const Identity& identity, const Candidate& candidate);

// The MAC that can tell one interface from another: none when every octet is zero (lo).
HwAddress tellingMac(const Candidate& candidate);

// No SNMP name is longer (RFC 2571, SnmpAdminString), and it bounds the lines of the map.
constexpr std::size_t kLongestName = 255;
std::string_view shortName(std::string_view name);

// "ifIndex 3": how messages speak of a number.
std::string numberText(IfIndex index);

// The order in which interfaces that are new together get their numbers. It is the hypervisor's:
// as OrderPlace compares (those without a position last), then by MAC, then by name.
bool sortsBefore(const Candidate& a, const Candidate& b);

}  // namespace hvnet
