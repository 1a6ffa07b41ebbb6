#include "snapshot/publish/source_monitor.h"

namespace hvnet {

void SourceMonitor::good(TimePoint counted_at) {
  health_.counted_at = counted_at;
  health_.state = SourceState::kOk;
  ++health_.samples;
}

void SourceMonitor::bad(TimePoint now) {
  const TimePoint last_good = health_.counted_at.value_or(started_);
  health_.state = now - last_good >= kFailedAfter ? SourceState::kFailed : SourceState::kStale;
  ++health_.errors;
}

}  // namespace hvnet
