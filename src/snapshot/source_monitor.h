// Whether what the source says can be believed: ok, stale, or failed. Pure; time is passed in.
#pragma once

#include <chrono>

#include "snapshot/snapshot.h"

namespace hvnet {

// Without a good sample for so long, nobody can say whether the links are still up.
inline constexpr std::chrono::seconds kFailedAfter{30};

class SourceMonitor {
 public:
  explicit SourceMonitor(TimePoint started) : started_(started) {}

  // `counted_at` may be a while ago: a report is as good as it is old.
  void good(TimePoint counted_at);
  void bad(TimePoint now);
  // Events that could not be read; the next sample says whether the source is well.
  void missed() { ++health_.errors; }
  [[nodiscard]] const SourceHealth& health() const { return health_; }

 private:
  SourceHealth health_;
  TimePoint started_;
};

}  // namespace hvnet
