// One RTM_NEWSTATS with the 64-bit link counters as a value. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "counters/link.h"

namespace hvnet {

struct StatsMessage {
  KernelIndex index{};
  LinkStats stats;
};

// A kernel whose struct rtnl_link_stats64 is shorter than ours is fine as long as it has the
// counters that LinkStats names; anything else is an error.
Result<StatsMessage> parseStatsMessage(std::span<const std::byte> message);

}  // namespace hvnet
