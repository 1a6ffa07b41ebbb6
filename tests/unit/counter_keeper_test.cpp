#include "snapshot/counter_keeper.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "fakes.h"

namespace hvnet {
namespace {

using Access = CounterKeeper::Access;

class CounterKeeperTest : public testing::Test {
 protected:
  static Components received(std::uint64_t packets) {
    Components out;
    out.link.rx_packets = packets;
    return out;
  }
  CounterKeeper make(Access access = Access::kReadWrite, const std::string& boot = "this boot") {
    return {"state", access, boot, log_, files_};
  }

  const KernelIndex lan0_{2};
  std::vector<Port> ports_ = {test::portOf(2, "lan0", 9)};
  test::MemoryFiles files_;
  test::MemoryLog log_;
};

TEST_F(CounterKeeperTest, GoesOnAfterARestartWhereTheLastProcessStood) {
  CounterKeeper first = make();
  first.update(lan0_, received(1000));
  first.update(lan0_, received(10));  // the driver started again
  first.finish(ports_);
  CounterKeeper second = make();
  second.restore(ports_);
  const CounterUpdate update = second.update(lan0_, received(15));
  EXPECT_EQ(update.counters.in_packets, 1015U);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(CounterKeeperTest, TellsOfAResetBetweenTwoProcesses) {
  CounterKeeper first = make();
  first.update(lan0_, received(1000));
  first.finish(ports_);
  CounterKeeper second = make();
  second.restore(ports_);
  const CounterUpdate update = second.update(lan0_, received(15));
  EXPECT_EQ(update.counters.in_packets, 1015U);
  EXPECT_TRUE(update.discontinuity);
}

TEST_F(CounterKeeperTest, StartsAnewAfterABoot) {
  CounterKeeper first = make();
  first.update(lan0_, received(1000));
  first.finish(ports_);
  CounterKeeper second = make(Access::kReadWrite, "next boot");
  second.restore(ports_);
  EXPECT_EQ(second.update(lan0_, received(15)).counters.in_packets, 15U);
}

TEST_F(CounterKeeperTest, GivesNobodyAnothersCounters) {
  CounterKeeper first = make();
  first.update(lan0_, received(1000));
  first.finish(ports_);
  ports_.front().link.name = "other0";
  CounterKeeper second = make();
  second.restore(ports_);
  EXPECT_EQ(second.update(lan0_, received(15)).counters.in_packets, 15U);
}

TEST_F(CounterKeeperTest, SavesABridgedResetAtOnceAndElseOnceAMinute) {
  CounterKeeper keeper = make();
  const TimePoint start = Clock::now();
  keeper.update(lan0_, received(1000));
  for (int second = 0; second < 60; ++second) {
    keeper.tick(ports_, start + std::chrono::seconds(second));
  }
  EXPECT_EQ(files_.writes, 0);
  keeper.tick(ports_, start + std::chrono::seconds(60));
  EXPECT_EQ(files_.writes, 1);
  keeper.update(lan0_, received(10));
  keeper.tick(ports_, start + std::chrono::seconds(61));
  EXPECT_EQ(files_.writes, 2);
}

TEST_F(CounterKeeperTest, SaysOnceThatItCannotSaveAndServesOn) {
  files_.refusing = true;
  CounterKeeper keeper = make();
  keeper.update(lan0_, received(1000));
  keeper.finish(ports_);
  keeper.finish(ports_);
  EXPECT_EQ(log_.count("No space left"), 1U);
  EXPECT_EQ(keeper.update(lan0_, received(1001)).counters.in_packets, 1001U);
}

TEST_F(CounterKeeperTest, RefusesABrokenFileWholeAndSaysWhere) {
  files_.files["state/counters.saved"] = "hvnet-counters 1\nboot x\nnonsense\n";
  CounterKeeper keeper = make();
  keeper.restore(ports_);
  EXPECT_EQ(log_.count("state/counters.saved:3: "), 1U);
  EXPECT_EQ(keeper.update(lan0_, received(15)).counters.in_packets, 15U);
}

TEST_F(CounterKeeperTest, OnlyReadsForAShow) {
  CounterKeeper keeper = make(Access::kReadOnly);
  keeper.update(lan0_, received(1000));
  keeper.tick(ports_, Clock::now());
  keeper.finish(ports_);
  EXPECT_EQ(files_.writes, 0);
}

}  // namespace
}  // namespace hvnet
