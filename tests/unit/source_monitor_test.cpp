#include "snapshot/publish/source_monitor.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

using std::chrono::seconds;

constexpr TimePoint kStart = TimePoint{} + seconds(100);

TEST(SourceMonitor, IsOkWhileSamplesAreGood) {
  SourceMonitor monitor(kStart);
  monitor.good(kStart + seconds(1));
  EXPECT_EQ(monitor.health().state, SourceState::kOk);
  EXPECT_EQ(monitor.health().counted_at, kStart + seconds(1));
  EXPECT_EQ(monitor.health().samples, 1U);
}

TEST(SourceMonitor, IsStaleAtOnceAndFailedHalfAMinuteAfterTheLastGoodSample) {
  SourceMonitor monitor(kStart);
  monitor.good(kStart + seconds(10));
  monitor.bad(kStart + seconds(11));
  EXPECT_EQ(monitor.health().state, SourceState::kStale);
  monitor.bad(kStart + seconds(39));
  EXPECT_EQ(monitor.health().state, SourceState::kStale);
  monitor.bad(kStart + seconds(40));
  EXPECT_EQ(monitor.health().state, SourceState::kFailed);
  EXPECT_EQ(monitor.health().errors, 3U);
  monitor.good(kStart + seconds(41));
  EXPECT_EQ(monitor.health().state, SourceState::kOk);
}

TEST(SourceMonitor, CountsFromTheStartWhenNothingWasEverGood) {
  SourceMonitor monitor(kStart);
  monitor.bad(kStart + seconds(1));
  EXPECT_EQ(monitor.health().state, SourceState::kStale);
  EXPECT_EQ(monitor.health().counted_at, std::nullopt);
  monitor.bad(kStart + seconds(30));
  EXPECT_EQ(monitor.health().state, SourceState::kFailed);
}

}  // namespace
}  // namespace hvnet
