// The queues of an adapter, out of its driver's statistics. Pure: names and values in.
//
// Threads: any. Ownership: values; read() fills a vector of the caller's. Errors: none. Units:
// packets and octets since the driver made the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hvnet {

// What the driver counts of one queue, from when it made the queue: a component that may start
// again from zero. Absent where the driver does not count it.
struct QueueStats {
  std::uint32_t queue = 0;  // the driver's own number, from 0
  std::optional<std::uint64_t> rx_packets{};
  std::optional<std::uint64_t> tx_packets{};
  std::optional<std::uint64_t> rx_octets{};
  std::optional<std::uint64_t> tx_octets{};

  bool operator==(const QueueStats&) const = default;
};

// Where the counters of the queues stand in a driver's list, found once for many samples.
class QueuePlan {
 public:
  QueuePlan() = default;
  explicit QueuePlan(std::span<const std::string> trimmed_names);

  // Whether the driver tells its queues apart at all.
  [[nodiscard]] bool empty() const { return terms_.empty(); }
  // `values` has one value for each of the names that the plan was made from. Fills `queues`,
  // ascending by queue; nothing is allocated while the driver shows the same ones.
  void read(std::span<const std::uint64_t> values, std::vector<QueueStats>& queues) const;

 private:
  using Counter = std::optional<std::uint64_t> QueueStats::*;
  // The statistic in `slot` adds to a counter of a queue: of `queue`, or of the one whose number
  // is the value of the section's heading.
  struct Term {
    Counter counter = nullptr;
    std::size_t slot = 0;
    std::uint32_t queue = 0;
    std::optional<std::size_t> heading{};
  };

  void addNumbered(const std::string& name, std::size_t slot);

  std::vector<Term> terms_;
};

}  // namespace hvnet
