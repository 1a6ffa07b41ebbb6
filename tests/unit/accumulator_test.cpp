#include "counters/accumulator.h"

#include <gtest/gtest.h>

#include <random>

namespace hvnet {
namespace {

constexpr std::uint64_t k2To32 = std::uint64_t{1} << 32U;

TEST(Accumulator, HasNothingToSaveBeforeTheFirstValue) {
  const Accumulator accumulator;
  EXPECT_FALSE(accumulator.state());
  EXPECT_EQ(accumulator.total(), 0U);
  EXPECT_FALSE(accumulator.stepsBack(0));
}

TEST(Accumulator, TakesTheFirstValueAsTheTotalAndAddsIncrementsFromThenOn) {
  Accumulator accumulator;
  EXPECT_EQ(accumulator.add(100), 100U);
  EXPECT_EQ(accumulator.add(107), 107U);
  EXPECT_EQ(accumulator.add(107), 107U);
  EXPECT_EQ(accumulator.total(), 107U);
}

TEST(Accumulator, GoesOnFromItsTotalWhenTheDriverStartsAgainFromZero) {
  Accumulator accumulator;
  accumulator.add(100);
  EXPECT_TRUE(accumulator.stepsBack(30));
  EXPECT_FALSE(accumulator.stepsBack(100));
  EXPECT_EQ(accumulator.add(30), 130U);
  EXPECT_EQ(accumulator.add(31), 131U);
  EXPECT_EQ(accumulator.add(0), 131U);
  EXPECT_EQ(accumulator.add(5), 136U);
}

TEST(Accumulator, TakesEveryStepBackOf64BitsForAResetEvenOneThatWouldWrapIn32) {
  Accumulator accumulator;
  accumulator.add(k2To32 - 10);
  EXPECT_TRUE(accumulator.stepsBack(5));
  EXPECT_EQ(accumulator.add(5), k2To32 - 5);
}

TEST(Accumulator, CarriesA32BitComponentOverItsWrap) {
  Accumulator accumulator(Accumulator::Width::k32);
  accumulator.add(k2To32 - 10);
  EXPECT_FALSE(accumulator.stepsBack(5));
  EXPECT_EQ(accumulator.add(5), k2To32 + 5);
}

TEST(Accumulator, TellsAWrapFromAResetByHalfTheRange) {
  constexpr std::uint64_t kHalf = k2To32 / 2;
  Accumulator wrapped(Accumulator::Width::k32);
  wrapped.add(kHalf + 1);
  EXPECT_FALSE(wrapped.stepsBack(0));  // 2^31 - 1 on
  EXPECT_EQ(wrapped.add(0), k2To32);
  Accumulator reset(Accumulator::Width::k32);
  reset.add(kHalf);
  EXPECT_TRUE(reset.stepsBack(0));  // would be 2^31 on
  EXPECT_EQ(reset.add(0), kHalf);
}

TEST(Accumulator, LooksAtTheLow32BitsOnlyOfA32BitComponent) {
  Accumulator accumulator(Accumulator::Width::k32);
  EXPECT_EQ(accumulator.add(k2To32 + 7), 7U);
  EXPECT_EQ(accumulator.add(2 * k2To32 + 9), 9U);
}

TEST(Accumulator, TakesALongForwardStepOf32BitsAsItIs) {
  Accumulator accumulator(Accumulator::Width::k32);
  accumulator.add(1);
  EXPECT_EQ(accumulator.add(k2To32 - 1), k2To32 - 1);
}

TEST(Accumulator, LeavesOutWhatNobodyCanKnow) {
  Accumulator accumulator;
  accumulator.add(1000);
  accumulator.leaveOut(400);
  EXPECT_EQ(accumulator.total(), 1000U);
  EXPECT_EQ(accumulator.add(410), 1010U);
}

TEST(Accumulator, GoesOnWithoutAPartThatStartedAgain) {
  Accumulator accumulator;
  accumulator.add(1000);
  accumulator.partRestarted(300);
  EXPECT_EQ(accumulator.add(705), 1005U);
  accumulator.partRestarted(800);  // it had counted 95 more than the last look saw
  EXPECT_EQ(accumulator.add(2), 1005U + 95 + 2);
}

TEST(Accumulator, CountsAnotherDeviceFromZero) {
  Accumulator accumulator;
  accumulator.deviceReplaced();
  EXPECT_FALSE(accumulator.state());
  accumulator.add(1000);
  accumulator.deviceReplaced();
  EXPECT_EQ(accumulator.add(2000), 3000U);
}

TEST(Accumulator, GoesOnFromASavedStateAsIfNothingHadHappened) {
  Accumulator before;
  before.add(100);
  before.add(20);
  Accumulator after;
  ASSERT_TRUE(before.state());
  after.restore(*before.state());
  EXPECT_EQ(after.state(), before.state());
  EXPECT_EQ(after.add(25), before.add(25));
  EXPECT_EQ(after.add(3), 128U);
}

// What the driver counted between the last look and a reset cannot be known; and a reset that has
// overtaken the last value before the next look cannot be seen, and costs that value too.
TEST(Accumulator, NeverDecreasesAndLosesOnlyWhatNobodyCouldHaveSeen) {
  std::mt19937_64 random(1);
  for (int run = 0; run < 200; ++run) {
    Accumulator accumulator;
    std::uint64_t raw = 0;
    std::uint64_t known = 0;
    std::uint64_t last = 0;
    for (int look = 0; look < 200; ++look) {
      const std::uint64_t last_raw = raw;
      const std::uint64_t counted = random() % 1000;
      const bool reset = random() % 10 == 0;
      raw = reset ? counted : raw + counted;
      known += reset && counted >= last_raw ? counted - last_raw : counted;
      const std::uint64_t total = accumulator.add(raw);
      ASSERT_GE(total, last);
      ASSERT_EQ(total, known);
      last = total;
    }
  }
}

TEST(Accumulator, EqualsTheTrueSumOverAnyNumberOf32BitWraps) {
  std::mt19937_64 random(2);
  Accumulator accumulator(Accumulator::Width::k32);
  std::uint64_t truth = 0;
  for (int look = 0; look < 10000; ++look) {
    truth += random() % (k2To32 / 2);
    // The first look may come at any point below the first wrap.
    ASSERT_EQ(accumulator.add(truth % k2To32), truth);
  }
  EXPECT_GT(truth, 1000 * k2To32);
}

TEST(Accumulator, SeesA32BitResetFromTheLowerHalfAsOneAmongWraps) {
  std::mt19937_64 random(3);
  Accumulator accumulator(Accumulator::Width::k32);
  std::uint64_t raw = 0;
  std::uint64_t known = 0;
  for (int look = 0; look < 10000; ++look) {
    const std::uint64_t counted = random() % (k2To32 / 4);
    const bool reset = raw > counted && raw - counted <= k2To32 / 2 && random() % 4 == 0;
    raw = reset ? counted : (raw + counted) % k2To32;
    known += counted;
    ASSERT_EQ(accumulator.stepsBack(raw), reset);
    ASSERT_EQ(accumulator.add(raw), known);
  }
}

}  // namespace
}  // namespace hvnet
