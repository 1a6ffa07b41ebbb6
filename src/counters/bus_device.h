// Where on its hypervisor an interface is plugged in. Plain values; sysfs_bus.h finds them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hvnet {

// In the order in which adapters of different buses are numbered.
enum class Bus : std::uint8_t { kVmbus, kXen, kPci, kVirtioMmio, kOther };

std::string_view toText(Bus bus);

// A VMBus device instance or class: 16 octets, in the order in which they are printed.
struct Guid {
  std::array<std::uint8_t, 16> octets{};
  auto operator<=>(const Guid&) const = default;
};

std::string toText(const Guid& guid);                  // lower case, no braces
std::optional<Guid> parseGuid(std::string_view text);  // with or without braces

// The host's own position of a device. Ordered as the host's management tool lists adapters:
// by bus, then by relid, vif number, PCI address (packed by parsePciAddress) or MMIO address.
struct BusPosition {
  Bus bus = Bus::kOther;
  std::uint64_t number = 0;
  auto operator<=>(const BusPosition&) const = default;
};

// "relid 12", "vif 0", "0000:00:03.0", "mmio d0000000"
std::string toText(const BusPosition& position);

// "0000:00:03.0" (domain:bus:device.function, hexadecimal) as one number that sorts as it reads.
std::optional<std::uint64_t> parsePciAddress(std::string_view text);

struct BusDevice {
  std::optional<BusPosition> position{};  // absent on a bus that has no order known to us
  std::string driver{};                   // the bound driver's name as sysfs has it; may be empty
  std::optional<Guid> instance{};         // VMBus only
  std::string address{};                  // its name on its bus: "0000:00:03.0", "vif-0", a GUID
  std::string unit{};                     // the driver's own name for it: "hvnet0"; may be empty
  std::vector<std::uint32_t> channels{};  // VMBus: relids, ascending; one for each vRSS queue

  bool operator==(const BusDevice&) const = default;
};

// One device on the VMBus, whether a driver is bound to it or not.
struct VmbusDevice {
  std::uint32_t relid = 0;  // of its primary channel
  Guid device_class{};
  std::optional<Guid> instance{};
  std::string driver{};  // the bound driver, or its unit ("hvts0"); empty: not configured

  bool operator==(const VmbusDevice&) const = default;
};

// "network", "heartbeat", ...; empty for a class that has no name here.
std::string_view vmbusClassName(const Guid& device_class);

}  // namespace hvnet
