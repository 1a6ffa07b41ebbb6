// Decides the state of the source (ok, stale or failed) from its good and failed samples.
//
// Threads: the poller. Ownership: a value. Errors: none. Units: time is passed in, on the monotonic
// clock.
#pragma once

#include <chrono>

#include "snapshot/snapshot.h"

namespace hvnet {

// After this time without a good sample, the link states are not known.
inline constexpr std::chrono::seconds kFailedAfter{30};

class SourceMonitor {
 public:
  explicit SourceMonitor(TimePoint started) : started_(started) {}

  // A sample was read. `counted_at` can be in the past, because a report can be old.
  void good(TimePoint counted_at);
  // A sample could not be read.
  void bad(TimePoint now);
  // Events could not be read. This counts as an error, but only samples decide the state.
  void missed() { ++health_.errors; }
  [[nodiscard]] const SourceHealth& health() const { return health_; }

 private:
  SourceHealth health_;
  TimePoint started_;
};

}  // namespace hvnet
