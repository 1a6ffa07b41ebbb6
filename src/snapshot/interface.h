// One row of ifTable, as published: the facts that change only when the topology changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "counters/bus_device.h"
#include "counters/link.h"
#include "ifmap/index_map.h"

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

struct Interface {
  IfIndex index{};
  KernelIndex kernel_index{};
  IndexOrigin origin = IndexOrigin::kKernel;

  bool adapter = false;  // a paravirtual NIC, not merely an interface
  std::string driver;    // the profile's name; for others the bound driver or the link kind
  std::optional<BusPosition> position;

  std::string name;   // ifName: what an operator types
  std::string descr;  // ifDescr: unique
  std::string alias;
  std::uint32_t type = 0;        // IANAifType
  std::uint32_t mtu = 0;         // octets
  std::uint64_t speed_mbps = 0;  // 0: no notion of bandwidth (RFC 2863, ifSpeed)
  HwAddress phys_address;
  AdminStatus admin_status = AdminStatus::kDown;
  OperStatus oper_status = OperStatus::kUnknown;
  bool promiscuous = false;
  bool connector_present = false;
  TrapEnable trap_enable = TrapEnable::kDisabled;

  // The epoch of the monotonic clock stands for "before the agent started".
  TimePoint last_change{};            // entered its present operational state
  TimePoint counter_discontinuity{};  // counters may have lost increments
};

// All rows, ascending by ifIndex. Immutable once published, shared by every snapshot until the
// topology changes.
struct Interfaces {
  std::vector<Interface> rows;
  TimePoint last_change{};  // a row was last created or deleted: ifTableLastChange
};

}  // namespace hvnet
