// The counters of all ports, carried on over everything that a driver does to them.
//
// Each component of each port has an accumulator of its own (accumulator.h), and the hvnet counters
// are sums of their totals (design: "Counters"). So no published counter ever decreases:
//   in_drops     = rx_dropped + rx_missed_errors + hidden_in_drops
//   out_errors   = tx_errors + tx_losses
//   out_discards = qdisc_drops + what of tx_dropped is not in tx_losses
// - A loss is counted once. tx_dropped and tx_losses are read at different instants, so a drop is
//   taken for a discard only when the next update's tx_losses has not explained it: that share of
//   out_discards is one update late (not in a port's first update, nor without tx_losses). Where a
//   loss was published as a discard all the same (tx_losses was missing, or the very first update
//   fell into the middle of it), out_discards waits until that is made up for.
//   in_multicast = the driver's own split where it has one, else the link's multicast
//   in_unicast   = in_packets less in_multicast and in_broadcast, out_unicast likewise
// and every other one is a single component. A counter whose components were never seen is empty.
//
// - A driver's own multicasts are read a little later than the link's packets: unicast waits until
//   that is made up for.
// - A component that is missing in an update keeps its last total.
// - qdisc_drops is a running sum within this process (qdisc_totals.h). It goes backwards only over
// a
//   restart, when the new process has not seen the queues that were replaced: what it then shows
//   was counted before. (It is a discontinuity: a queue may have been replaced unseen.)
// - However many components start again in one update, that is one reset of the port. One that
//   was bridged is only counted. One across which nobody looked (see restore() and
//   markInterrupted()) is counted and is a discontinuity: increments may have been lost.
//
// Threads: the poller only. Errors: none. Units: packets and octets since the port appeared.
// Cost: no allocation and no search as long as the same ports come in the same sorted order.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "counters/accumulator.h"
#include "counters/counters.h"
#include "counters/link.h"

namespace hvnet {

// The raw values of one port, as they were read.
struct Components {
  LinkStats link{};
  std::optional<std::uint64_t> hidden_in_drops{};  // sum of the profile's hidden receive drops
  std::optional<std::uint64_t> tx_losses{};        // sum of the profile's transmit losses
  std::optional<std::uint64_t> qdisc_drops{};      // of the root qdisc, and of those it replaced
  std::optional<std::uint64_t> in_multicast{};     // where the driver's statistics split them
  std::optional<std::uint64_t> in_broadcast{};
  std::optional<std::uint64_t> out_multicast{};
  std::optional<std::uint64_t> out_broadcast{};
  Accumulator::Width width = Accumulator::Width::k64;  // of whoever counts
};

// In the order of Components; as the saved file spells them.
inline constexpr std::array<std::string_view, 20> kComponentNames = {
    "rx_packets",    "tx_packets",      "rx_bytes",          "tx_bytes",        "rx_errors",
    "tx_errors",     "rx_dropped",      "tx_dropped",        "multicast",       "rx_missed_errors",
    "rx_crc_errors", "rx_frame_errors", "tx_carrier_errors", "hidden_in_drops", "tx_losses",
    "qdisc_drops",   "in_multicast",    "in_broadcast",      "out_multicast",   "out_broadcast"};
inline constexpr std::size_t kComponentCount = kComponentNames.size();

// What is worked out from several components, and was published: it is never taken back.
struct Derived {
  std::uint64_t discards = 0;  // the share of tx_dropped
  std::uint64_t in_unicast = 0;
  std::uint64_t out_unicast = 0;

  bool operator==(const Derived&) const = default;
};

// What outlives the process, one port's worth.
struct SavedPort {
  KernelIndex index{};
  std::string name;  // for whoever reads the file; the book neither knows nor needs it
  std::array<std::optional<Accumulator::State>, kComponentCount> components;
  Derived derived{};
  std::uint64_t resets = 0;

  bool operator==(const SavedPort&) const = default;
};

struct CounterUpdate {
  Counters counters;
  bool discontinuity = false;  // ifCounterDiscontinuityTime moves
  std::uint64_t resets = 0;    // of this port so far
};

class CounterBook {
 public:
  // The first update of an unknown port makes it known.
  CounterUpdate update(KernelIndex index, const Components& raw);
  // 0 for an unknown port.
  [[nodiscard]] std::uint64_t resets(KernelIndex index) const;
  // The port is gone. (The kernel does not give its index to another one within a boot.)
  void forget(KernelIndex index);

  // The source was failed: for each component of each port, a reset that its next value shows is a
  // discontinuity.
  void markInterrupted();

  // Sorted by index, names left empty.
  [[nodiscard]] std::vector<SavedPort> save() const;
  // As after markInterrupted() for these ports. One that the book knows already stays as it is.
  // Give it only ports of this boot that are still there: nothing else removes them but forget().
  void restore(std::span<const SavedPort> ports);

 private:
  struct Row {
    KernelIndex index{};
    std::array<Accumulator, kComponentCount> components;
    std::bitset<kComponentCount> unwatched;  // not read since restore() or markInterrupted()
    Derived derived;
    std::uint64_t resets = 0;
  };

  static bool take(Row& row, const Components& raw);
  [[nodiscard]] std::size_t lowerBound(KernelIndex index) const;
  [[nodiscard]] bool holds(std::size_t at, KernelIndex index) const;
  Row& rowOf(KernelIndex index);

  std::vector<Row> rows_;  // sorted by index
  std::size_t next_ = 0;   // where the next update is expected
};

}  // namespace hvnet
