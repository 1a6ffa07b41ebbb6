#include "snapshot/source_monitor.h"

namespace hvnet {

void SourceMonitor::good(TimePoint counted_at, TimePoint now) {
  last_good_ = now;
  health_.counted_at = counted_at;
  health_.state = SourceState::kOk;
  ++health_.samples;
}

void SourceMonitor::bad(TimePoint now) {
  health_.state = now - last_good_ >= kFailedAfter ? SourceState::kFailed : SourceState::kStale;
  ++health_.errors;
}

}  // namespace hvnet
