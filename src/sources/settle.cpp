#include "sources/settle.h"

#include <thread>

namespace hvnet {

SettleTime realTime() {
  return {Clock::now, [](Clock::duration time) { std::this_thread::sleep_for(time); }};
}

bool settle(Source& source, const SettleTime& time, const SettleLimits& limits) {
  const TimePoint start = time.now();
  if (start.time_since_epoch() >= limits.starting && source.complete()) return true;
  TimePoint quiet_since = start;
  for (TimePoint now = start; now - start < limits.longest; now = time.now()) {
    const Result<bool> changed = source.readEvents(now);
    if (!source.complete() || !changed || *changed) quiet_since = now;
    if (now - quiet_since >= limits.quiet) return true;
    time.pause(limits.step);
  }
  return false;
}

}  // namespace hvnet
