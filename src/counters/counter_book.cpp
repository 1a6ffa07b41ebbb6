#include "counters/counter_book.h"

#include <algorithm>

namespace hvnet {
namespace {

// Positions in kComponentNames.
enum Component : std::size_t {
  kRxPackets,
  kTxPackets,
  kRxBytes,
  kTxBytes,
  kRxErrors,
  kTxErrors,
  kRxDropped,
  kTxDropped,
  kMulticast,
  kRxMissedErrors,
  kRxCrcErrors,
  kRxFrameErrors,
  kTxCarrierErrors,
  kHiddenInDrops,
  kTxLosses,
  kQdiscDrops,
  kInMulticast,
  kInBroadcast,
  kOutMulticast,
  kOutBroadcast,
};
static_assert(kOutBroadcast + 1 == kComponentCount);

using Accumulators = std::array<Accumulator, kComponentCount>;

std::array<std::optional<std::uint64_t>, kComponentCount> inOrder(const Components& raw) {
  const LinkStats& link = raw.link;
  return {link.rx_packets,        link.tx_packets,       link.rx_bytes,      link.tx_bytes,
          link.rx_errors,         link.tx_errors,        link.rx_dropped,    link.tx_dropped,
          link.multicast,         link.rx_missed_errors, link.rx_crc_errors, link.rx_frame_errors,
          link.tx_carrier_errors, raw.hidden_in_drops,   raw.tx_losses,      raw.qdisc_drops,
          raw.in_multicast,       raw.in_broadcast,      raw.out_multicast,  raw.out_broadcast};
}

// What of tx_dropped is certainly not in tx_losses. `dropped_before`: tx_dropped of the update
// before this one. A loss that it counts is by now in tx_losses too, whichever was read first.
std::uint64_t certainDiscards(const Accumulators& parts,
                              const std::optional<Accumulator::State>& dropped_before) {
  const bool explained_later = parts[kTxLosses].state() && dropped_before;
  const std::uint64_t dropped = explained_later ? dropped_before->total : parts[kTxDropped].total();
  const std::uint64_t losses = parts[kTxLosses].total();
  return dropped > losses ? dropped - losses : 0;
}

using Count = std::optional<std::uint64_t>;

// Empty when none of them was ever seen.
Count sumOf(const Accumulators& parts, std::initializer_list<Component> components) {
  Count sum;
  for (const Component component : components) {
    if (parts[component].state()) sum = sum.value_or(0) + parts[component].total();
  }
  return sum;
}

// The rest of the packets, never less than what was published of it.
void splitOff(const Count& packets, const Count& multicast, const Count& broadcast,
              std::uint64_t& published, Count& unicast) {
  if (!packets) return;
  const std::uint64_t others = multicast.value_or(0) + broadcast.value_or(0);
  published = std::max(published, others < *packets ? *packets - others : 0);
  unicast = published;
}

Counters publish(const Accumulators& parts, Derived& derived) {
  const auto total = [&parts](Component component) { return sumOf(parts, {component}); };
  Counters out;
  out.in_packets = total(kRxPackets);
  out.in_errors = total(kRxErrors);
  out.out_packets = total(kTxPackets);
  out.out_errors = sumOf(parts, {kTxErrors, kTxLosses});
  out.in_octets = total(kRxBytes);
  out.out_octets = total(kTxBytes);
  out.in_drops = sumOf(parts, {kRxDropped, kRxMissedErrors, kHiddenInDrops});
  if (sumOf(parts, {kQdiscDrops, kTxDropped})) {
    out.out_discards = parts[kQdiscDrops].total() + derived.discards;
  }
  out.in_multicast = total(parts[kInMulticast].state() ? kInMulticast : kMulticast);
  out.in_broadcast = total(kInBroadcast);
  out.out_multicast = total(kOutMulticast);
  out.out_broadcast = total(kOutBroadcast);
  splitOff(out.in_packets, out.in_multicast, out.in_broadcast, derived.in_unicast, out.in_unicast);
  splitOff(out.out_packets, out.out_multicast, out.out_broadcast, derived.out_unicast,
           out.out_unicast);
  out.in_fcs_errors = total(kRxCrcErrors);
  out.in_alignment_errors = total(kRxFrameErrors);
  out.carrier_sense_errors = total(kTxCarrierErrors);
  return out;
}

}  // namespace

CounterUpdate CounterBook::update(KernelIndex index, const Components& raw) {
  Row& row = rowOf(index);
  const auto dropped_before = row.components[kTxDropped].state();
  const bool discontinuity = take(row, raw);
  // The larger one: a loss once published as a discard cannot be taken back.
  row.derived.discards =
      std::max(row.derived.discards, certainDiscards(row.components, dropped_before));
  return {publish(row.components, row.derived), discontinuity, row.resets};
}

// Whether increments may have been lost.
bool CounterBook::take(Row& row, const Components& raw) {
  const auto values = inOrder(raw);
  bool reset = false;
  bool discontinuity = false;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!values[i]) continue;
    row.components[i].setWidth(raw.width);
    if (row.components[i].startsAgain(*values[i])) {
      reset = true;
      discontinuity |= row.unwatched[i];
      // Queue drops come here as a sum over every queue that this process has seen
      // (qdisc_totals.h), so the first value of a new process is not all new: it was counted.
      if (i == kQdiscDrops && row.unwatched[i]) {
        row.components[i].restore({*values[i], row.components[i].total()});
      }
    }
    row.components[i].add(*values[i]);
    row.unwatched.reset(i);
  }
  if (reset) ++row.resets;
  return discontinuity;
}

std::uint64_t CounterBook::resets(KernelIndex index) const {
  const std::size_t at = lowerBound(index);
  return holds(at, index) ? rows_[at].resets : 0;
}

void CounterBook::forget(KernelIndex index) {
  const std::size_t at = lowerBound(index);
  if (holds(at, index)) rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(at));
}

void CounterBook::markInterrupted() {
  for (Row& row : rows_) row.unwatched.set();
}

std::vector<SavedPort> CounterBook::save() const {
  std::vector<SavedPort> ports;
  ports.reserve(rows_.size());
  for (const Row& row : rows_) {
    SavedPort& port = ports.emplace_back();
    port.index = row.index;
    port.derived = row.derived;
    port.resets = row.resets;
    for (std::size_t i = 0; i < kComponentCount; ++i) {
      port.components[i] = row.components[i].state();
    }
  }
  return ports;
}

void CounterBook::restore(std::span<const SavedPort> ports) {
  for (const SavedPort& port : ports) {
    if (holds(lowerBound(port.index), port.index)) continue;
    Row& row = rowOf(port.index);
    row.derived = port.derived;
    row.resets = port.resets;
    row.unwatched.set();
    for (std::size_t i = 0; i < kComponentCount; ++i) {
      if (port.components[i]) row.components[i].restore(*port.components[i]);
    }
  }
}

std::size_t CounterBook::lowerBound(KernelIndex index) const {
  const auto row = std::ranges::lower_bound(rows_, index, {}, &Row::index);
  return static_cast<std::size_t>(row - rows_.begin());
}

bool CounterBook::holds(std::size_t at, KernelIndex index) const {
  return at < rows_.size() && rows_[at].index == index;
}

CounterBook::Row& CounterBook::rowOf(KernelIndex index) {
  // Samples are sorted, so this is nearly always the row after the last one.
  if (!holds(next_, index)) {
    next_ = lowerBound(index);
    if (!holds(next_, index)) {
      const auto row = rows_.emplace(rows_.begin() + static_cast<std::ptrdiff_t>(next_));
      row->index = index;
    }
  }
  return rows_[next_++];
}

}  // namespace hvnet
