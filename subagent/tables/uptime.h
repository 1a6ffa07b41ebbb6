// sysUpTime as the agent that answers has it: the master's behind AgentX, our own standalone.
//
// Threads: any; pure.
// Ownership: a value.
// Errors: none.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace hvnet {

struct UptimeClock {
  TimePoint started{};  // when sysUpTime was zero

  // RFC 2863 has all its TimeStamps zero for what happened before the agent started. So what
  // happens in its first hundredth of a second is at 1.
  [[nodiscard]] std::uint64_t hundredths(TimePoint when) const {
    if (when <= started) return 0;
    using Hundredths = std::chrono::duration<std::uint64_t, std::centi>;
    return std::max<std::uint64_t>(1,
                                   std::chrono::duration_cast<Hundredths>(when - started).count());
  }
};

}  // namespace hvnet
