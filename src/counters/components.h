// What is read of one interface, and the one table of it. A row of kComponents says how a component
// is called in counters.saved, where its raw value stands, and how its producer starts again. The
// accumulators, the order and the saved file follow from the table: a new component is one row
// here, one line in interface_totals.cpp that publishes it, and one column.
//
// Threads: any. Ownership: values. Errors: none. Units: packets, but octets where a row says so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "counters/accumulator.h"
#include "counters/driver_profile.h"
#include "counters/driver_stats.h"
#include "counters/link.h"

namespace hvnet {

using Count = std::optional<std::uint64_t>;

// What an adapter's own device has lost and neither the kernel's link counters nor the driver's
// statistics have.
struct HardwareLosses {
  Count in_drops{};
  Count out_errors{};
  Count out_discards{};

  bool operator==(const HardwareLosses&) const = default;
};

// The raw values of one interface, as they were read.
struct Components {
  const DriverProfile* profile = nullptr;  // whose words they are in; null: the kernel's own
  LinkStats link{};
  Count rx_error_parts{};  // what is not in rx_errors, see DriverProfile
  DriverSums driver{};
  // The driver has statistics, and they could not be read: what depends on them is not known.
  bool driver_unread = false;
  Count vf_drops{};     // the InDrops of the VFs below the adapter (row_counters.h)
  Count qdisc_drops{};  // of the root qdisc, and of those it replaced
  Accumulator::Width width = Accumulator::Width::k64;  // of whoever counts
  HardwareLosses hardware{};                           // of all queues, also of those that are gone
};

// Who counts, and so how the counter starts again.
enum class Producer : std::uint8_t {
  // What the device has carried. Many drivers add it up over queues and a VF, so it starts again
  // from zero or by a part; some show zeros while the link is down and go on afterwards.
  kTraffic,
  // The device's other counters. They start again together with what it has carried, or alone.
  kDevice,
  // The driver's own statistics. They start again from zero, each for itself or all together.
  kDriver,
  // A running sum of this process (qdisc_totals.h, hardware_losses.h). It falls only when the
  // process is restarted, and what the new one shows was counted before.
  kProcess,
};

enum class Unit : std::uint8_t { kPackets, kOctets };

// Puts the kernel's counters of a driver's interface right by what its profile says of them. To be
// called once, when raw.link and raw.driver are there; nullptr: not a driver that we know.
void applyProfile(Components& raw, const DriverProfile* profile);

struct ComponentRow {
  std::string_view name;  // in counters.saved
  const Count& (*raw)(const Components& components);
  Producer producer;
  Unit unit = Unit::kPackets;
};

// A row of struct LinkStats.
template <Count LinkStats::*kMember>
constexpr ComponentRow linkRow(std::string_view name, Producer producer,
                               Unit unit = Unit::kPackets) {
  return {name, [](const Components& raw) -> const Count& { return raw.link.*kMember; }, producer,
          unit};
}

// A row of struct DriverSums.
template <Count DriverSums::*kMember>
constexpr ComponentRow driverRow(std::string_view name) {
  return {name, [](const Components& raw) -> const Count& { return raw.driver.*kMember; },
          Producer::kDriver};
}

inline constexpr std::array kComponents = {
    linkRow<&LinkStats::rx_packets>("rx_packets", Producer::kTraffic),
    linkRow<&LinkStats::tx_packets>("tx_packets", Producer::kTraffic),
    linkRow<&LinkStats::rx_bytes>("rx_bytes", Producer::kTraffic, Unit::kOctets),
    linkRow<&LinkStats::tx_bytes>("tx_bytes", Producer::kTraffic, Unit::kOctets),
    linkRow<&LinkStats::rx_errors>("rx_errors", Producer::kDevice),
    linkRow<&LinkStats::tx_errors>("tx_errors", Producer::kDevice),
    linkRow<&LinkStats::rx_dropped>("rx_dropped", Producer::kDevice),
    linkRow<&LinkStats::tx_dropped>("tx_dropped", Producer::kDevice),
    linkRow<&LinkStats::multicast>("multicast", Producer::kDevice),
    linkRow<&LinkStats::rx_missed_errors>("rx_missed_errors", Producer::kDevice),
    linkRow<&LinkStats::rx_crc_errors>("rx_crc_errors", Producer::kDevice),
    linkRow<&LinkStats::rx_frame_errors>("rx_frame_errors", Producer::kDevice),
    linkRow<&LinkStats::tx_carrier_errors>("tx_carrier_errors", Producer::kDevice),
    ComponentRow{"rx_error_parts", [](auto& raw) -> const Count& { return raw.rx_error_parts; },
                 Producer::kDevice},
    driverRow<&DriverSums::own_rx_drops>("own_in_drops"),
    driverRow<&DriverSums::own_unless_missed>("own_unless_missed"),
    driverRow<&DriverSums::hidden_rx_drops>("hidden_in_drops"),
    driverRow<&DriverSums::hidden_unless_missed>("hidden_unless_missed"),
    driverRow<&DriverSums::hidden_rx_errors>("hidden_in_errors"),
    driverRow<&DriverSums::hidden_tx_discards>("hidden_out_discards"),
    driverRow<&DriverSums::hidden_tx_errors>("hidden_out_errors"),
    driverRow<&DriverSums::tx_losses>("tx_losses"),
    ComponentRow{"vf_drops", [](auto& raw) -> const Count& { return raw.vf_drops; },
                 Producer::kProcess},
    ComponentRow{"qdisc_drops", [](auto& raw) -> const Count& { return raw.qdisc_drops; },
                 Producer::kProcess},
    ComponentRow{"in_multicast", [](auto& raw) -> const Count& { return raw.driver.in.multicast; },
                 Producer::kDriver},
    ComponentRow{"in_broadcast", [](auto& raw) -> const Count& { return raw.driver.in.broadcast; },
                 Producer::kDriver},
    ComponentRow{"out_multicast",
                 [](auto& raw) -> const Count& { return raw.driver.out.multicast; },
                 Producer::kDriver},
    ComponentRow{"out_broadcast",
                 [](auto& raw) -> const Count& { return raw.driver.out.broadcast; },
                 Producer::kDriver},
    ComponentRow{"hw_in_drops", [](auto& raw) -> const Count& { return raw.hardware.in_drops; },
                 Producer::kProcess},
    ComponentRow{"hw_out_errors", [](auto& raw) -> const Count& { return raw.hardware.out_errors; },
                 Producer::kProcess},
    ComponentRow{"hw_out_discards",
                 [](auto& raw) -> const Count& { return raw.hardware.out_discards; },
                 Producer::kProcess},
};
inline constexpr std::size_t kComponentCount = kComponents.size();

// Where a component stands in the table. A name that is not there does not compile.
consteval std::size_t component(std::string_view name) {
  for (std::size_t i = 0; i < kComponents.size(); ++i) {
    if (kComponents[i].name == name) return i;
  }
  throw "no row of kComponents has this name";
}

}  // namespace hvnet
