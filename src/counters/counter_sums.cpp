#include "counters/counter_sums.h"

#include <algorithm>
#include <initializer_list>

namespace hvnet {
namespace {

using Seen = std::bitset<kComponentCount>;

std::uint64_t lessOrZero(std::uint64_t from, std::uint64_t what) {
  return from > what ? from - what : 0;
}

std::uint64_t totalOf(const Accumulators& totals, std::size_t component) {
  return totals[component].total();
}

// What of tx_dropped is certainly not in tx_losses. `dropped_before`: tx_dropped of the update
// before this one. A loss that it counts is by now in tx_losses too, whichever was read first.
std::uint64_t certainDiscards(const Accumulators& totals,
                              const std::optional<Accumulator::State>& dropped_before) {
  const Accumulator& tx_losses = totals[component("tx_losses")];
  const bool explained_later = tx_losses.state() && dropped_before;
  const std::uint64_t dropped =
      explained_later ? dropped_before->total : totalOf(totals, component("tx_dropped"));
  return lessOrZero(dropped, tx_losses.total());
}

// The driver's share of rx_dropped, as far as its names tell it.
std::uint64_t ownDrops(const Accumulators& totals) {
  return totalOf(totals, component("own_in_drops")) +
         lessOrZero(totalOf(totals, component("own_unless_missed")),
                    totalOf(totals, component("rx_missed_errors")));
}

// Statistics that a profile names for one published counter.
bool namesAny(std::initializer_list<StatNames> lists) {
  return std::ranges::any_of(lists, [](StatNames names) { return !names.empty(); });
}

// Of one update: which totals are known, and what they come to.
class Sums {
 public:
  Sums(const Accumulators& totals, const Seen& seen) : totals_(&totals), seen_(&seen) {}

  [[nodiscard]] bool has(std::size_t component) const {
    return seen_->test(component) && (*totals_)[component].state();
  }
  [[nodiscard]] Count total(std::size_t component) const {
    return has(component) ? Count(totalOf(*totals_, component)) : std::nullopt;
  }
  // Empty when none of them is known.
  [[nodiscard]] Count sum(std::initializer_list<std::size_t> components) const {
    Count sum;
    for (const std::size_t each : components) {
      if (has(each)) sum = sum.value_or(0) + totalOf(*totals_, each);
    }
    return sum;
  }
  [[nodiscard]] Count largest(std::initializer_list<std::size_t> components) const {
    Count largest;
    for (const std::size_t each : components) largest = std::max(largest, total(each));
    return largest;
  }

 private:
  const Accumulators* totals_;
  const Seen* seen_;
};

Count plus(const Count& left, const Count& right) {
  if (!left || !right) return left ? left : right;
  return *left + *right;
}

Count inDrops(const Sums& sums, const Derived& derived, const DriverProfile* profile) {
  if (profile != nullptr && !profile->knows_drops) return std::nullopt;
  const Count in_vfs = sums.total(component("vf_drops"));
  if (profile != nullptr && profile->drops_of_its_parts) return in_vfs;
  const Count hidden =
      plus(in_vfs, sums.sum({component("hidden_in_drops"), component("hw_in_drops")}));
  const bool split = sums.has(component("own_in_drops"));
  if (!split) {
    const Count missed =
        sums.largest({component("rx_missed_errors"), component("hidden_unless_missed")});
    return plus(plus(sums.total(component("rx_dropped")), missed), hidden);
  }
  const Count missed = sums.largest({component("rx_missed_errors"), component("own_unless_missed"),
                                     component("hidden_unless_missed")});
  const Count own = plus(sums.total(component("own_in_drops")), derived.unsplit_drops);
  return plus(plus(own, missed), hidden);
}

// The rest of the packets, never less than what was published of it.
void splitOff(const Count& packets, const Count& others, std::uint64_t& published, Count& unicast) {
  if (!packets) return;
  published = std::max(published, lessOrZero(*packets, others.value_or(0)));
  unicast = published;
}

void sumPackets(const Sums& sums, const DriverProfile* profile, Derived& derived, Counters& out) {
  out.in_packets = sums.total(component("rx_packets"));
  out.out_packets = sums.total(component("tx_packets"));
  const bool split = sums.has(component("in_multicast"));
  out.in_multicast = sums.total(split ? component("in_multicast") : component("multicast"));
  out.in_broadcast = sums.total(component("in_broadcast"));
  out.out_multicast = sums.total(component("out_multicast"));
  out.out_broadcast = sums.total(component("out_broadcast"));
  out.in_non_unicast = plus(out.in_multicast, out.in_broadcast);
  splitOff(out.in_packets, out.in_non_unicast, derived.in_unicast, out.in_unicast);
  splitOff(out.out_packets, plus(out.out_multicast, out.out_broadcast), derived.out_unicast,
           out.out_unicast);
  if (profile != nullptr && profile->multicast == DriverProfile::Multicast::kWithBroadcast) {
    out.in_multicast.reset();
  }
}

// Takes away what depends on the driver's statistics.
void withoutStatistics(const DriverProfile& profile, Counters& out) {
  const OwnDrops& own = profile.own_drops;
  if (own.told == OwnDrops::Told::kByName || namesAny({own.unless_missed, profile.hidden_rx.drops,
                                                       profile.hidden_rx.drops_unless_missed})) {
    out.in_drops.reset();
    out.in_discards.reset();
  }
  if (namesAny({profile.hidden_rx.errors})) out.in_errors.reset();
  if (namesAny({profile.hidden_tx.errors, profile.tx_losses})) out.out_errors.reset();
  if (namesAny({profile.hidden_tx.discards, profile.tx_losses})) out.out_discards.reset();
  if (namesAny({profile.in.multicast, profile.in.broadcast})) {
    out.in_multicast.reset();
    out.in_non_unicast.reset();
    out.in_unicast.reset();
  }
  if (namesAny({profile.out.multicast, profile.out.broadcast})) out.out_unicast.reset();
}

}  // namespace

void CounterSums::before(const Accumulators& totals) {
  tx_dropped_ = totals[component("tx_dropped")].state();
  rx_dropped_ = totals[component("rx_dropped")].state();
  split_known_ = totals[component("own_in_drops")].state().has_value();
}

void CounterSums::restore(const Derived& derived, bool unsplit) {
  derived_ = derived;
  published_unsplit_ = unsplit;
}

void CounterSums::sortOutStackDrops(const Accumulators& totals, BacklogPool* backlog) {
  const Accumulator& named = totals[component("own_in_drops")];
  if (!named.state()) return;
  const std::uint64_t own = ownDrops(totals);
  if (!split_known_ && published_unsplit_ && rx_dropped_) {
    derived_.unsplit_drops = lessOrZero(rx_dropped_->total, own);
  }
  // A driver that drops nothing has no statistic that could be read later.
  const bool explained_later = own != 0 && rx_dropped_;
  const std::uint64_t dropped =
      explained_later ? rx_dropped_->total : totalOf(totals, component("rx_dropped"));
  const std::uint64_t rest = lessOrZero(dropped, own + derived_.unsplit_drops);
  const std::uint64_t grown = lessOrZero(rest, derived_.stack_drops);
  derived_.stack_drops += grown;
  if (backlog != nullptr) derived_.backlog_drops += backlog->take(grown);
}

Counters CounterSums::after(const Accumulators& totals, const Seen& seen, const Components& raw,
                            BacklogPool* backlog) {
  sortOutStackDrops(totals, backlog);
  // The larger one: a loss once published as a discard cannot be taken back.
  derived_.discards = std::max(derived_.discards, certainDiscards(totals, tx_dropped_));
  const Sums sums(totals, seen);
  Counters out;
  out.in_octets = sums.total(component("rx_bytes"));
  out.out_octets = sums.total(component("tx_bytes"));
  out.in_errors = sums.sum(
      {component("rx_errors"), component("rx_error_parts"), component("hidden_in_errors")});
  out.out_errors = sums.sum({component("tx_errors"), component("tx_losses"),
                             component("hidden_out_errors"), component("hw_out_errors")});
  out.in_drops = inDrops(sums, derived_, raw.profile);
  const Count other_discards = sums.sum(
      {component("qdisc_drops"), component("hidden_out_discards"), component("hw_out_discards")});
  if (other_discards || sums.has(component("tx_dropped"))) {
    out.out_discards = other_discards.value_or(0) + derived_.discards;
  }
  out.in_discards = out.in_drops;
  if (sums.has(component("own_in_drops")) && backlog != nullptr && backlog->known()) {
    out.backlog_drops = derived_.backlog_drops;
    out.unknown_protos = derived_.stack_drops - derived_.backlog_drops;
    if (out.in_drops) out.in_discards = *out.in_drops + derived_.backlog_drops;
  }
  sumPackets(sums, raw.profile, derived_, out);
  out.in_fcs_errors = sums.total(component("rx_crc_errors"));
  out.in_alignment_errors = sums.total(component("rx_frame_errors"));
  out.carrier_sense_errors = sums.total(component("tx_carrier_errors"));
  statistics_seen_ = statistics_seen_ || !raw.driver_unread;
  if (raw.profile != nullptr && !statistics_seen_) withoutStatistics(*raw.profile, out);
  published_unsplit_ |= out.in_drops && !sums.has(component("own_in_drops"));
  return out;
}

}  // namespace hvnet
