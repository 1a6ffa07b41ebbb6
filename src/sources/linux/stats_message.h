// One RTM_NEWSTATS with the 64-bit link counters as a value.
//
// Threads: any; a pure function. Ownership: the value borrows nothing. Errors: values.
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

// A kernel whose struct rtnl_link_stats64 is shorter or longer than ours is fine: LinkStats has
// what both know. Fewer counters than any kernel has are an error.
Result<StatsMessage> parseStatsMessage(std::span<const std::byte> message);

}  // namespace hvnet
