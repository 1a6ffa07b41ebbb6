// The vocabulary everything downstream counts in: the vendor's nine hvnet counters (collisions are
// always 0), the multicast and broadcast split where a driver has it, and Ethernet's own errors. 64
// bits each, since the interface appeared.
//
// Threads: any. Ownership: values. Errors: none; a counter that the driver does not have is empty.
// Units: packets and octets.
#pragma once

#include <cstdint>
#include <optional>

namespace hvnet {

// Absence is a type: an empty field is a counter that the driver does not have.
struct Counters {
  std::optional<std::uint64_t> in_packets{};   // Ipkts: frames not addressed to us included
  std::optional<std::uint64_t> in_errors{};    // Ierrs
  std::optional<std::uint64_t> out_packets{};  // Opkts
  std::optional<std::uint64_t> out_errors{};   // Oerrs
  std::optional<std::uint64_t> in_octets{};
  std::optional<std::uint64_t> out_octets{};
  std::optional<std::uint64_t> in_drops{};     // InDrops: lost by the driver or the device
  std::optional<std::uint64_t> in_discards{};  // and by a full backlog of the system's stack
  std::optional<std::uint64_t> backlog_drops{};
  std::optional<std::uint64_t> unknown_protos{};  // frames that nobody here wanted
  std::optional<std::uint64_t> out_discards{};  // OutDiscards: lost in the queues above the driver
  std::optional<std::uint64_t> in_unicast{};
  std::optional<std::uint64_t> out_unicast{};
  std::optional<std::uint64_t> in_multicast{};
  std::optional<std::uint64_t> in_broadcast{};
  std::optional<std::uint64_t> in_non_unicast{};  // both; some drivers count only the sum
  std::optional<std::uint64_t> out_multicast{};
  std::optional<std::uint64_t> out_broadcast{};
  std::optional<std::uint64_t> in_fcs_errors{};
  std::optional<std::uint64_t> in_alignment_errors{};
  std::optional<std::uint64_t> carrier_sense_errors{};

  bool operator==(const Counters&) const = default;
};

}  // namespace hvnet
