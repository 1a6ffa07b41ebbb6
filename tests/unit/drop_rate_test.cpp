#include "snapshot/events/drop_rate.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart = TimePoint{} + seconds(100);

TEST(RateWindow, KnowsNothingBeforeTwoValuesASecondApart) {
  RateWindow window;
  EXPECT_EQ(window.perSecond(), std::nullopt);
  window.add(5, kStart);
  EXPECT_EQ(window.perSecond(), std::nullopt);
  window.add(9, kStart + milliseconds(900));
  EXPECT_EQ(window.perSecond(), std::nullopt);
  window.add(9, kStart + milliseconds(1000));
  EXPECT_EQ(window.perSecond(), 4U);
}

TEST(RateWindow, IsTheMeanOverTenSecondsHoweverOftenItIsFed) {
  for (const milliseconds step : {milliseconds(100), milliseconds(730), milliseconds(1000)}) {
    RateWindow window;
    for (milliseconds at{0}; at <= seconds(60); at += step) {
      window.add(static_cast<std::uint64_t>(at.count()) / 2, kStart + at);
    }
    EXPECT_EQ(window.perSecond(), 500U) << step.count();
  }
}

TEST(RateWindow, ForgetsASpikeOnceTheWindowHasPassedIt) {
  RateWindow window;
  window.add(0, kStart);
  window.add(1000, kStart + seconds(1));
  for (int at = 2; at <= 10; ++at) window.add(1000, kStart + seconds(at));
  EXPECT_EQ(window.perSecond(), 100U);
  window.add(1000, kStart + seconds(11));
  EXPECT_EQ(window.perSecond(), 0U);
}

TEST(RateWindow, TakesALongGapForWhatItIs) {
  RateWindow window;
  window.add(0, kStart);
  window.add(3000, kStart + seconds(300));
  EXPECT_EQ(window.perSecond(), 10U);
}

TEST(RateWindow, RoundsToTheNearestNumber) {
  RateWindow window;
  window.add(0, kStart);
  window.add(5, kStart + seconds(3));
  EXPECT_EQ(window.perSecond(), 2U);
  window.add(5, kStart + seconds(4));
  EXPECT_EQ(window.perSecond(), 1U);
}

TEST(RateWindow, IsFullWhenItIsAsLongAsItsName) {
  RateWindow window;
  EXPECT_FALSE(window.full());
  window.add(0, kStart);
  window.add(0, kStart + milliseconds(9999));
  EXPECT_FALSE(window.full());
  window.add(0, kStart + seconds(10));
  EXPECT_TRUE(window.full());
}

TEST(RateWindow, KnowsNothingAfterItWasCleared) {
  RateWindow window;
  window.add(0, kStart);
  window.add(100, kStart + seconds(20));
  window.clear();
  EXPECT_FALSE(window.full());
  EXPECT_EQ(window.perSecond(), std::nullopt);
  window.add(200, kStart + seconds(21));
  EXPECT_EQ(window.perSecond(), std::nullopt);
  window.add(203, kStart + seconds(22));
  EXPECT_EQ(window.perSecond(), 3U);
}

// However often it is fed: what is kept must not grow with it.
TEST(RateWindow, StartsAtOneOfTheValuesThatAreASecondApart) {
  RateWindow window;
  window.add(0, kStart);
  for (int half = 1; half <= 21; ++half) window.add(100, kStart + milliseconds(500 * half));
  EXPECT_EQ(window.perSecond(), 10U) << "100 in the 10.5 s since the first; not 0 in the last 10";
}

TEST(RateWindow, SticksAtWhatAGaugeHolds) {
  RateWindow window;
  window.add(0, kStart);
  window.add(~std::uint64_t{0}, kStart + seconds(1));
  EXPECT_EQ(window.perSecond(), 0xffff'ffffU);
}

}  // namespace
}  // namespace hvnet
