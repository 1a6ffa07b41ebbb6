// The published counters of an interface, as sums of its components' totals:
//   in_drops     = own_in_drops + hidden_in_drops + hw_in_drops + vf_drops
//                  + the largest of rx_missed_errors, own_unless_missed and hidden_unless_missed
//   in_discards  = in_drops + backlog_drops
//   in_errors    = rx_errors + rx_error_parts + hidden_in_errors
//   out_errors   = tx_errors + tx_losses + hidden_out_errors + hw_out_errors
//   out_discards = qdisc_drops + hidden_out_discards + hw_out_discards
//                  + what of tx_dropped is not in tx_losses
//   in_multicast = the driver's own split where it has one, else the link's multicast
//   in_unicast   = in_packets less in_multicast and in_broadcast; out_unicast likewise
// and every other one is a single component. A counter whose components were never seen is empty,
// and so is one that depends on statistics that could not be read.
//
// rx_dropped is two things: the driver's own drops (own_in_drops, and own_unless_missed where
// rx_missed_errors does not have it), and the rest, which the system's stack dropped after the
// driver had handed the frame over:
// - Of each increment of the rest, at most what the per-CPU backlogs have dropped meanwhile
//   (BacklogPool) is backlog_drops; what remains is unknown_protos, frames that nobody wanted.
// - Where the driver does not tell its own share (DriverProfile), in_drops has all of rx_dropped,
//   and the rest is not known. When it is told later, what in_drops had stays in it.
// - Both are read at different instants. Where the driver's share is a statistic, the rest is taken
//   from the rx_dropped of the update before: only then it is certain.
//
// A loss is counted once. tx_dropped and tx_losses are read at different instants, so a drop is
// taken for a discard only when the next update's tx_losses has not explained it: that share of
// out_discards is one update late (not in an interface's first update, nor without tx_losses).
// Where a loss was published as a discard all the same (tx_losses was missing, or the very first
// update fell into the middle of it), out_discards waits until that is made up for. A driver's own
// multicasts are read a little later than the link's packets: unicast waits likewise.
//
// Threads: the poller only. Ownership: values. Errors: none. Units: packets, but octets where a
// counter's name says so.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "counters/accumulator.h"
#include "counters/backlog_pool.h"
#include "counters/components.h"
#include "counters/counters.h"

namespace hvnet {

using Accumulators = std::array<Accumulator, kComponentCount>;

// What is worked out from several components, and was published: it is never taken back.
struct Derived {
  std::uint64_t discards = 0;  // the share of tx_dropped
  std::uint64_t in_unicast = 0;
  std::uint64_t out_unicast = 0;
  std::uint64_t unsplit_drops = 0;  // of rx_dropped, in in_drops before its split was known
  std::uint64_t stack_drops = 0;    // the rest of rx_dropped
  std::uint64_t backlog_drops = 0;  // of the stack's

  bool operator==(const Derived&) const = default;
};

class CounterSums {
 public:
  // The totals as they are before an update.
  void before(const Accumulators& totals);
  // The totals after it, and its raw values. `seen`: the components that are known. `backlog` may
  // be null: nobody knows of backlogs.
  Counters after(const Accumulators& totals, const std::bitset<kComponentCount>& seen,
                 const Components& raw, BacklogPool* backlog);

  [[nodiscard]] const Derived& derived() const { return derived_; }
  // Of another process. `unsplit`: its in_drops had all of rx_dropped.
  void restore(const Derived& derived, bool unsplit);

 private:
  void sortOutStackDrops(const Accumulators& totals, BacklogPool* backlog);

  Derived derived_;
  bool published_unsplit_ = false;  // in_drops had all of rx_dropped
  // Of the update before.
  std::optional<Accumulator::State> tx_dropped_;
  std::optional<Accumulator::State> rx_dropped_;
  bool split_known_ = false;
  bool statistics_seen_ = false;  // those of the driver, at least once
};

}  // namespace hvnet
