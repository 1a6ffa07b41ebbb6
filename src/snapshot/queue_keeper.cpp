#include "snapshot/queue_keeper.h"

namespace hvnet {
namespace {

using Count = std::optional<std::uint64_t>;

void add(Accumulator& total, const Count& raw) {
  if (raw) total.add(*raw);
}

Count totalOf(const Accumulator& total) {
  return total.state() ? Count(total.total()) : std::nullopt;
}

}  // namespace

void QueueKeeper::update(KernelIndex index, const StatNameList& names,
                         std::span<const std::uint64_t> values) {
  Queues& port = ports_[index];
  if (port.planned_names != names) {
    port.plan = QueuePlan(*names);
    port.planned_names = names;
  }
  for (const QueueStats& now : port.plan.queues(values)) {
    Queue& queue = port.by_number[now.queue];
    add(queue.rx_packets, now.rx_packets);
    add(queue.rx_octets, now.rx_octets);
    add(queue.tx_packets, now.tx_packets);
    add(queue.tx_octets, now.tx_octets);
  }
}

void QueueKeeper::publish(KernelIndex index, IfIndex published,
                          std::vector<QueueCounters>& out) const {
  const auto port = ports_.find(index);
  if (port == ports_.end()) return;
  for (const auto& [number, queue] : port->second.by_number) {
    out.push_back({published, number, totalOf(queue.rx_packets), totalOf(queue.rx_octets),
                   totalOf(queue.tx_packets), totalOf(queue.tx_octets)});
  }
}

}  // namespace hvnet
