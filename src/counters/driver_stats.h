// What a driver counts itself, as `ethtool -S` prints it, and what a profile makes of it. Values
// and pure functions; sources/linux/ethtool.h reads them.
//
// Threads: any. Ownership: values. Errors: parseStatisticsText() says file, line and what was
// expected; nothing else can fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/driver_profile.h"

namespace hvnet {

// One line of the driver's list. Names may repeat (once for each queue), and headings are lines
// too: vmxnet3's "Tx Queue#" has the queue's number for a value.
struct DriverStat {
  std::string name;  // without the blanks around it
  std::uint64_t value = 0;

  bool operator==(const DriverStat&) const = default;
};

// A driver's names, trimmed, in its own order; the same list until the driver shows another one.
using StatNameList = std::shared_ptr<const std::vector<std::string>>;

// No counter gets to 2^63. Such a value is a negative number, of a driver that has subtracted two
// numbers which it had read at different instants, and it counts nothing.
bool isNegative(std::uint64_t value);

// The name without the blanks that drivers indent with.
std::string_view trimmedStatName(std::string_view name);

// Whether `name` is what a profile calls `pattern`: '#' stands for a number.
bool isNamed(std::string_view name, std::string_view pattern);

// The whole text of `ethtool -S`, in its order; an error names `file_name` and the line. Empty for
// an empty text (ethtool says "no stats available" on stderr) and for that sentence itself.
Result<std::vector<DriverStat>> parseStatisticsText(std::string_view text,
                                                    std::string_view file_name);

// What a profile's lists come to. Absent where the profile names nothing that the driver has.
struct PacketSplit {
  std::optional<std::uint64_t> multicast;
  std::optional<std::uint64_t> broadcast;

  bool operator==(const PacketSplit&) const = default;
};

struct Traffic {
  std::optional<std::uint64_t> rx_packets;
  std::optional<std::uint64_t> rx_octets;
  std::optional<std::uint64_t> tx_packets;
  std::optional<std::uint64_t> tx_octets;

  bool operator==(const Traffic&) const = default;
};

struct DriverSums {
  std::optional<std::uint64_t> own_rx_drops{};
  std::optional<std::uint64_t> own_unless_missed{};
  std::optional<std::uint64_t> hidden_rx_drops{};
  std::optional<std::uint64_t> hidden_unless_missed{};
  std::optional<std::uint64_t> hidden_rx_errors{};
  std::optional<std::uint64_t> hidden_tx_discards{};
  std::optional<std::uint64_t> hidden_tx_errors{};
  std::optional<std::uint64_t> tx_losses{};
  PacketSplit in{};
  PacketSplit out{};
  Traffic vf{};

  bool operator==(const DriverSums&) const = default;
};

// The statistics of the last look, in the driver's order; empty: there was none.
struct StatisticsHistory {
  std::vector<std::uint64_t> values{};
  // Of a statistic that went back while its device went on: what it was. 0 as soon as it grows.
  std::vector<std::uint64_t> before_fall{};
};

// By how much the last value of a sum has to be moved before what it is now can be added to it.
struct SumFalls {
  DriverSums by{};        // less: statistics went back
  DriverSums regained{};  // more: statistics that had gone back are where they were at once
  // What may be missing: it is not 0 where it cannot be told what was counted.
  DriverSums doubtful{};
};

// Where a profile's statistics stand in a driver's list, found once for many samples. Another sum
// is one row of the table in driver_stats.cpp.
class SumPlan {
 public:
  SumPlan() = default;
  // What the driver never drops is zero, whatever names it has.
  SumPlan(std::span<const std::string> trimmed_names, const DriverProfile& profile);

  // `values` has one value for each of the names that the plan was made from. A sum with a negative
  // part is absent, and so is one that no counter can hold.
  [[nodiscard]] DriverSums sums(std::span<const std::uint64_t> values) const;
  // How the sums moved since the last look. Those of them that are there are put into `history`.
  // A statistic that goes back has started from zero, and what it is was counted since. With
  // `device_goes_on` (the traffic shows no restart) only if it is at most an eighth of what it was:
  // else part of it may have been counted before, and it is not added. Empty: no sum has to be
  // moved.
  [[nodiscard]] std::optional<SumFalls> falls(std::span<const std::uint64_t> values,
                                              StatisticsHistory& history,
                                              bool device_goes_on) const;
  // The sums that have other parts by their names than those of `old`, in which they have the names
  // `old_names`: 1; the others are absent.
  [[nodiscard]] DriverSums otherThan(const SumPlan& old, std::span<const std::string> old_names,
                                     std::span<const std::string> names) const;

 private:
  using Slots = std::vector<std::size_t>;

  std::vector<Slots> slots_;  // one for each sum
  bool drops_nothing_ = false;
};

}  // namespace hvnet
