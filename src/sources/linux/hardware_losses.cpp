#include "sources/linux/hardware_losses.h"

#include <algorithm>

namespace hvnet {
namespace {

void add(Accumulator& accumulator, const Count& value) {
  if (!value) return;
  if (accumulator.stepsBack(*value)) {
    accumulator.leaveOut(*value);
  } else {
    accumulator.add(*value);
  }
}

void addTo(Count& sum, const Accumulator& accumulator) {
  if (accumulator.state()) sum = sum.value_or(0) + accumulator.total();
}

}  // namespace

HardwareLosses HardwareLossTotals::update(KernelIndex index, std::span<const QueueMessage> queues) {
  Interface& interface = interfaces_[index];
  for (const QueueMessage& now : queues) {
    if (now.drops == HardwareDrops{}) continue;
    Queue& queue = interface.queues[now.stats.queue];
    const bool overruns = now.drops.rx_drop_overruns.has_value();
    add(queue.rx_losses, overruns ? now.drops.rx_drop_overruns : now.drops.rx_drops);
    add(queue.tx_drops, now.drops.tx_drops);
    add(queue.tx_errors, now.drops.tx_drop_errors);
  }
  return sumOf(interface);
}

HardwareLosses HardwareLossTotals::sumOf(Interface& interface) {
  HardwareLosses out;
  Count tx_drops;
  for (const auto& [number, queue] : interface.queues) {
    addTo(out.in_drops, queue.rx_losses);
    addTo(tx_drops, queue.tx_drops);
    addTo(out.out_errors, queue.tx_errors);
  }
  if (!tx_drops) return out;
  // The errors are a part of the drops; a device may count the two at different instants.
  const std::uint64_t errors = out.out_errors.value_or(0);
  interface.discards = std::max(interface.discards, *tx_drops > errors ? *tx_drops - errors : 0);
  out.out_discards = interface.discards;
  return out;
}

}  // namespace hvnet
