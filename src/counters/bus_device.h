// Where on its hypervisor an interface is plugged in. Plain values; sysfs_bus.h finds them.
//
// Threads: any. Ownership: values. Errors: a parser of a text that is none returns an empty
// optional.
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

// What orders an adapter among the others. A lower value comes first: this is the order in which
// adapters that are new together are numbered.
enum class OrderKey : std::uint8_t {
  kRelid = 1,
  kVif = 2,
  kLabel = 3,
  kAcpiIndex = 4,
  kPciAddress = 5,
  kMmio = 6,
  kMac = 7,  // its bus has no order known to us
};

std::string_view toText(OrderKey key);  // "relid", "label", "acpiIndex", ...

// What the host itself says of a PCI device's place among the others, beside its address
// (drivers/pci/pci-label.c), and which port of its function the interface is.
struct HostOrder {
  std::optional<std::uint32_t> label{};       // N of the label "EthernetN", as VMware writes it
  std::optional<std::uint32_t> acpi_index{};  // QEMU's acpi-index
  std::uint32_t dev_port = 0;                 // Documentation/ABI/testing/sysfs-class-net

  bool operator==(const HostOrder&) const = default;
};

// A label in a form that has an order: "Ethernet" and a number. Every other text has none.
std::optional<std::uint32_t> parseHostLabel(std::string_view text);
// 1 to 16383. Firmware that numbers nothing says 0 or something far above, such as 16777736.
std::optional<std::uint32_t> parseAcpiIndex(std::string_view text);

// Compares as the host lists its adapters: by bus; on PCI those with a label first, then those with
// an ACPI index, then the rest, each by its number. Two with the same number: by the port of their
// function, then by their address.
struct OrderPlace {
  OrderKey key = OrderKey::kMac;
  std::uint64_t number = 0;  // of the key
  std::uint32_t dev_port = 0;
  std::uint64_t address = 0;
  auto operator<=>(const OrderPlace&) const = default;
};

OrderPlace orderPlaceOf(const std::optional<BusPosition>& position, const HostOrder& host_order);

struct BusDevice {
  std::optional<BusPosition> position{};  // absent on a bus that has no order known to us
  std::string driver{};                   // the bound driver's name as sysfs has it; may be empty
  std::optional<Guid> instance{};         // VMBus only
  std::string address{};                  // its name on its bus: "0000:00:03.0", "vif-0", a GUID
  std::string unit{};                     // the driver's own name for it: "hvnet0"; may be empty
  std::vector<std::uint32_t> channels{};  // VMBus: relids, ascending; one for each vRSS queue
  std::optional<HostOrder> host_order{};  // adapters on PCI; absent: it was not read

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
