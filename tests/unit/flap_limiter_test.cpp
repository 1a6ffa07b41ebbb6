#include "snapshot/events/flap_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace hvnet {
namespace {

using std::chrono::milliseconds;
using enum LinkChange;
using Due = std::vector<DueChange>;

constexpr IfIndex kLan0{2};
constexpr IfIndex kLan1{3};

TimePoint at(int ms) {
  return TimePoint{} + std::chrono::hours(1) + milliseconds(ms);
}

TEST(FlapLimiter, TellsAPairAtOnce) {
  FlapLimiter limiter;
  EXPECT_TRUE(limiter.offer(kLan0, kDown, at(0)));
  EXPECT_TRUE(limiter.offer(kLan0, kUp, at(1)));
  EXPECT_FALSE(limiter.nextDue());
}

TEST(FlapLimiter, HoldsTheSecondChangeOfAKindBackUntilItsSecondIsOver) {
  FlapLimiter limiter;
  limiter.offer(kLan0, kDown, at(0));
  limiter.offer(kLan0, kUp, at(100));
  EXPECT_FALSE(limiter.offer(kLan0, kDown, at(200)));
  EXPECT_EQ(limiter.nextDue(), at(1000));
  EXPECT_EQ(limiter.popDue(at(999)), Due());
  EXPECT_EQ(limiter.popDue(at(1000)), Due({{kLan0, kDown}}));
  EXPECT_FALSE(limiter.nextDue());
}

TEST(FlapLimiter, SaysNothingAtTheEndWhenTheStateIsTheOneToldLast) {
  FlapLimiter limiter;
  limiter.offer(kLan0, kDown, at(0));
  limiter.offer(kLan0, kUp, at(100));
  EXPECT_FALSE(limiter.offer(kLan0, kDown, at(200)));
  EXPECT_FALSE(limiter.offer(kLan0, kUp, at(300)));
  EXPECT_FALSE(limiter.nextDue());
  EXPECT_EQ(limiter.popDue(at(5000)), Due());
}

TEST(FlapLimiter, TellsNothingTwiceWhenAHeldChangeComesAgain) {
  FlapLimiter limiter;
  limiter.offer(kLan0, kDown, at(0));
  limiter.offer(kLan0, kUp, at(100));
  limiter.offer(kLan0, kDown, at(200));
  limiter.offer(kLan0, kUp, at(300));
  EXPECT_FALSE(limiter.offer(kLan0, kDown, at(400)));
  EXPECT_EQ(limiter.popDue(at(1000)), Due({{kLan0, kDown}}));
  EXPECT_EQ(limiter.popDue(at(9000)), Due());
}

TEST(FlapLimiter, HoldsNothingBackThatIsToldAlready) {
  FlapLimiter limiter;
  EXPECT_TRUE(limiter.offer(kLan0, kDown, at(0)));
  EXPECT_FALSE(limiter.offer(kLan0, kDown, at(100)));
  EXPECT_FALSE(limiter.nextDue());
  EXPECT_EQ(limiter.popDue(at(5000)), Due());
}

TEST(FlapLimiter, LetsASlowLinkAlone) {
  FlapLimiter limiter;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(limiter.offer(kLan0, i % 2 == 0 ? kDown : kUp, at(500 * i)));
    EXPECT_EQ(limiter.popDue(at(500 * i)), Due());
  }
}

TEST(FlapLimiter, LimitsEveryInterfaceForItself) {
  FlapLimiter limiter;
  limiter.offer(kLan0, kDown, at(0));
  limiter.offer(kLan0, kUp, at(1));
  EXPECT_FALSE(limiter.offer(kLan0, kDown, at(2)));
  EXPECT_TRUE(limiter.offer(kLan1, kDown, at(2)));
  EXPECT_TRUE(limiter.offer(kLan1, kUp, at(500)));
  EXPECT_FALSE(limiter.offer(kLan1, kDown, at(501)));
  EXPECT_EQ(limiter.nextDue(), at(1000));
  EXPECT_EQ(limiter.popDue(at(1002)), Due({{kLan0, kDown}, {kLan1, kDown}}));
}

// Numbers of interfaces that are gone are never given again, so that they would add up.
TEST(FlapLimiter, ForgetsAnInterfaceThatIsQuiet) {
  FlapLimiter limiter;
  limiter.offer(kLan0, kDown, at(0));
  limiter.offer(kLan1, kDown, at(500));
  limiter.popDue(at(999));
  EXPECT_EQ(limiter.size(), 2U);
  limiter.popDue(at(1000));
  EXPECT_EQ(limiter.size(), 1U);
  limiter.popDue(at(1500));
  EXPECT_EQ(limiter.size(), 0U);
}

// Whatever comes: the kinds alternate, no second has two of a kind, and the last word is true.
TEST(FlapLimiter, NeverTellsMoreThanAPairASecondAndEndsWithTheTruth) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    FlapLimiter limiter;
    std::vector<std::pair<LinkChange, TimePoint>> told;
    LinkChange state = kUp;
    int now_ms = 0;
    const auto tell_due = [&](int ms) {
      for (const DueChange& due : limiter.popDue(at(ms))) told.emplace_back(due.change, at(ms));
    };
    for (int flap = 0; flap < 100; ++flap) {
      now_ms += static_cast<int>(random() % 120);
      tell_due(now_ms);
      state = state == kUp ? kDown : kUp;
      if (limiter.offer(kLan0, state, at(now_ms))) told.emplace_back(state, at(now_ms));
    }
    tell_due(now_ms + 1000);
    EXPECT_FALSE(limiter.nextDue());
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().first, state);
    for (std::size_t i = 1; i < told.size(); ++i) EXPECT_NE(told[i].first, told[i - 1].first);
    for (std::size_t i = 2; i < told.size(); ++i) {
      EXPECT_GE(told[i].second - told[i - 2].second, FlapLimiter::kInterval);
    }
  }
}

}  // namespace
}  // namespace hvnet
