// What a profile's names come to, read off a driver's list each time: what a SumPlan is held
// against.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "counters/driver_stats.h"

namespace hvnet::test {

inline std::optional<std::uint64_t> sumOf(std::span<const DriverStat> stats, StatNames names) {
  std::optional<std::uint64_t> sum;
  for (const DriverStat& stat : stats) {
    if (std::ranges::none_of(names, [&](auto name) { return isNamed(stat.name, name); })) continue;
    if (isNegative(stat.value)) return std::nullopt;
    sum = sum.value_or(0) + stat.value;
  }
  return sum;
}

}  // namespace hvnet::test
