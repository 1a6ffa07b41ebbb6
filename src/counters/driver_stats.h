// What a driver counts itself, as `ethtool -S` prints it, and what a profile makes of it. Values
// and pure functions; counters/linux/ethtool.h reads them.
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

// The name without the blanks that drivers indent with.
std::string_view trimmedStatName(std::string_view name);

// The sum of all statistics with one of these names; nothing when there is none at all.
std::optional<std::uint64_t> sumOf(std::span<const DriverStat> stats, StatNames names);

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

struct DriverSums {
  std::optional<std::uint64_t> hidden_rx_drops;
  std::optional<std::uint64_t> tx_losses;
  PacketSplit in;
  PacketSplit out;

  bool operator==(const DriverSums&) const = default;
};

// Where a profile's statistics stand in a driver's list, found once for many samples.
class SumPlan {
 public:
  SumPlan() = default;
  SumPlan(std::span<const std::string> trimmed_names, const DriverProfile& profile);

  // `values` has one value for each of the names that the plan was made from.
  [[nodiscard]] DriverSums sums(std::span<const std::uint64_t> values) const;

 private:
  using Slots = std::vector<std::size_t>;
  struct SplitSlots {
    Slots multicast;
    Slots broadcast;
  };
  static Slots slotsOf(std::span<const std::string> have, StatNames wanted);
  static SplitSlots slotsOf(std::span<const std::string> have, const PacketSplitNames& wanted);
  static PacketSplit split(const SplitSlots& slots, std::span<const std::uint64_t> values);

  Slots hidden_rx_drops_;
  Slots tx_losses_;
  SplitSlots in_;
  SplitSlots out_;
};

}  // namespace hvnet
