#include "sources/linux/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace hvnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kStart = TimePoint{} + seconds(100);

// What is due in calls that are `step` apart, from the start until `end`.
std::size_t dueIn(Sweep& sweep, std::size_t total, milliseconds step, milliseconds end) {
  std::size_t sum = 0;
  for (milliseconds at = step; at <= end; at += step) sum += sweep.due(kStart + at, total);
  return sum;
}

TEST(Sweep, FirstNothingIsDue) {
  Sweep sweep(seconds(9));
  EXPECT_EQ(sweep.due(kStart, 1000), 0U);
  EXPECT_EQ(sweep.due(kStart, 1000), 0U);
}

TEST(Sweep, APartIsDueInEachCallAndAllInAPeriodHoweverOftenItIsCalled) {
  for (const int step_ms : {1000, 500, 200, 30, 10}) {
    for (const std::size_t total : {1U, 3U, 7U, 90U, 1000U}) {
      Sweep sweep(seconds(9));
      sweep.due(kStart, total);
      const milliseconds step{step_ms};
      // The last one is due a rounding after the period, at most a call later.
      EXPECT_GE(dueIn(sweep, total, step, seconds(9) + step), total) << step_ms << " " << total;
      Sweep other(seconds(9));
      other.due(kStart, total);
      EXPECT_LE(dueIn(other, total, step, seconds(9)), total) << step_ms << " " << total;
    }
  }
}

TEST(Sweep, NoCallHasMoreThanItsPart) {
  Sweep sweep(seconds(9));
  sweep.due(kStart, 1000);
  for (int second = 1; second <= 20; ++second) {
    EXPECT_NEAR(static_cast<double>(sweep.due(kStart + seconds(second), 1000)), 111, 1);
  }
}

TEST(Sweep, AfterAWholePeriodAllAreDueOnce) {
  Sweep sweep(seconds(9));
  sweep.due(kStart, 1000);
  EXPECT_EQ(sweep.due(kStart + seconds(60), 1000), 1000U);
  EXPECT_EQ(sweep.due(kStart + seconds(60), 1000), 0U);
}

TEST(Sweep, WhileThereIsNothingNothingIsOwed) {
  Sweep sweep(seconds(9));
  sweep.due(kStart, 0);
  EXPECT_EQ(sweep.due(kStart + seconds(8), 0), 0U);
  EXPECT_LE(sweep.due(kStart + seconds(9), 9), 1U);
}

}  // namespace
}  // namespace hvnet
