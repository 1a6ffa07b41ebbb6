// The part of a snapshot that changes only when the topology changes: the rows of ifTable, their
// relations (ifStackTable), and the link addresses that each interface receives.
//
// Threads: any; published values are immutable. Ownership: values. Errors: none.
// Units: in the names and comments of the members; speeds are Mb/s, MTUs are octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ifmap/index_map.h"
#include "sources/source.h"

namespace hvnet {

// RFC 2863 §6, with the numbers of the MIB.
enum class AdminStatus : std::uint8_t { kUp = 1, kDown = 2 };
enum class OperStatus : std::uint8_t {
  kUp = 1,
  kDown = 2,
  kTesting = 3,
  kUnknown = 4,
  kDormant = 5,
  kNotPresent = 6,
  kLowerLayerDown = 7,
};
enum class TrapEnable : std::uint8_t { kEnabled = 1, kDisabled = 2 };

// `indexOrder`: hvnetAgentIndexOrder.
enum class IndexOrder : std::uint8_t { kHypervisor = 1, kKernel = 2 };

// hvnetAdapterDataPath: the path of the frames of an adapter with a VF.
enum class DataPath : std::uint8_t { kSynthetic = 1, kVf = 2 };

// Facts of a paravirtual NIC (HVNET-MIB, hvnetAdapterTable).
struct AdapterFacts {
  std::string_view hypervisor;                // "Hyper-V", "KVM", ...: a literal
  std::string unit;                           // the driver's own name: "hvnet0"; may be empty
  std::string instance;                       // VMBus: the printed GUID; may be empty
  std::string bus_address;                    // the device's name on its bus; may be empty
  std::uint32_t place = 0;                    // 1 for the first adapter of the hypervisor's list
  OrderKey order_key = OrderKey::kMac;        // what its place in that list goes by
  std::optional<bool> network_assigned;       // by the host
  std::optional<std::uint32_t> max_mtu;       // octets
  bool vlan = true;                           // VLAN interfaces can be created on it
  std::optional<std::uint32_t> kernel_index;  // empty if the source is a report
  std::uint32_t queues = 0;                   // VMBus channels, or receive queues; 0: unknown
  std::optional<IfIndex> vf;                  // the VF that is enslaved to it
  std::vector<IfIndex> parts;                 // what carries its frames: the VF, a standby device
  std::optional<DataPath> data_path;          // empty for a driver that never has a VF

  bool operator==(const AdapterFacts&) const = default;
};

struct Interface {
  IfIndex index{};
  KernelIndex kernel_index{};
  IndexOrigin origin = IndexOrigin::kKernel;

  bool adapter = false;  // a paravirtual NIC of the hypervisor
  AdapterFacts facts;    // only valid for an adapter
  std::string driver;    // the profile's name; without a profile the bound driver or the link kind
  std::optional<BusPosition> position;

  std::string name;   // ifName: the name that an operator types
  std::string descr;  // ifDescr: unique
  std::string alias;
  std::uint32_t type = 0;        // IANAifType
  std::uint32_t mtu = 0;         // octets
  std::uint64_t speed_mbps = 0;  // 0: the interface has no bandwidth (RFC 2863, ifSpeed)
  std::optional<Duplex> duplex;  // an adapter is always full duplex
  HwAddress phys_address;
  AdminStatus admin_status = AdminStatus::kDown;
  OperStatus oper_status = OperStatus::kUnknown;
  bool promiscuous = false;
  bool connector_present = false;
  TrapEnable trap_enable = TrapEnable::kDisabled;

  // The epoch of the monotonic clock means "before the agent started".
  TimePoint last_change{};            // when the operational state changed last
  TimePoint counter_discontinuity{};  // when counters may have lost increments
};

// A row of ifStackTable: `higher` runs on top of `lower`; 0 means none.
struct StackEntry {
  IfIndex higher{};
  IfIndex lower{};
  auto operator<=>(const StackEntry&) const = default;
};

// ifRcvAddressTable. RFC 2863, ifRcvAddressType.
enum class ReceiveAddressType : std::uint8_t { kOther = 1, kVolatile = 2, kNonVolatile = 3 };
struct ReceiveAddress {
  IfIndex index{};
  HwAddress address;
  ReceiveAddressType type = ReceiveAddressType::kOther;
};

// hvnetVmbusDeviceTable, as printed.
struct VmbusRow {
  std::uint32_t relid = 0;
  std::string device_class;
  std::optional<std::string_view> class_name;  // a literal; empty if the class is not known
  std::string instance;                        // may be empty
  std::string driver;                          // empty: not configured

  bool operator==(const VmbusRow&) const = default;
};

// All vectors are sorted by the index of their table. Snapshots share this value until the topology
// changes.
struct Interfaces {
  std::vector<Interface> rows;
  std::vector<StackEntry> stack;
  std::vector<ReceiveAddress> receive_addresses;  // by ifIndex, then length, then octets
  std::vector<VmbusRow> vmbus_devices;            // by relid
  TimePoint last_change{};        // ifTableLastChange: when a row was last created or deleted
  TimePoint stack_last_change{};  // ifStackLastChange
};

}  // namespace hvnet
