// Waits until a machine that is starting has shown its interfaces, so that the first index map is
// in the hypervisor's order: who is numbered before the others have come keeps that number for
// ever.
//
// Threads: one, the source's. settle() blocks for as long as its limits say.
// Ownership: borrows the source. Errors: those of the source are left to whoever reads it next.
#pragma once

#include <chrono>
#include <functional>

#include "base/clock.h"
#include "sources/source.h"

namespace hvnet {

struct SettleLimits {
  Clock::duration starting = std::chrono::minutes(2);  // a machine is, for so long after its boot
  Clock::duration quiet = std::chrono::seconds(1);     // complete, and without a change
  Clock::duration longest = std::chrono::seconds(30);
  Clock::duration step = std::chrono::milliseconds(100);
};

struct SettleTime {
  std::function<TimePoint()> now;  // since boot, as the monotonic clock is (clock_gettime(2))
  std::function<void(Clock::duration)> pause;
};
SettleTime realTime();

// Returns at once on a machine that has long been up and whose source is complete(). False when the
// longest time has passed.
bool settle(Source& source, const SettleTime& time = realTime(), const SettleLimits& limits = {});

}  // namespace hvnet
