#include "snapshot/publish/poller.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <utility>

#include "fakes.h"

namespace hvnet {
namespace {

using std::chrono::milliseconds;

class PollerTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Poller>> tryToStart(milliseconds interval) {
    auto source = std::make_unique<test::FakeSource>();
    source_ = source.get();
    source->ports_now = {test::interfaceOf(2, "lan0", 9)};
    MapKeeper numbers(*IndexMap::create({}, {}), std::nullopt, log_);
    RowCounters counters({"state", CounterStorage::Access::kReadWrite, "this boot", &files_},
                         CounterTotals::Numbers::kDevices, log_);
    Sampler sampler(std::move(source), std::move(numbers), std::move(counters), {}, {}, log_);
    return Poller::start(std::move(sampler), *store_, interval);
  }
  std::unique_ptr<Poller> start(milliseconds interval) { return std::move(*tryToStart(interval)); }
  // Waits for so many more snapshots; false when they do not come.
  [[nodiscard]] bool seesSnapshots(int wanted) const {
    const TimePoint deadline = Clock::now() + std::chrono::seconds(20);
    SnapshotPtr last = store_->current();
    while (wanted > 0 && Clock::now() < deadline) {
      SnapshotPtr now = store_->current();
      if (now != std::exchange(last, now)) --wanted;
      std::this_thread::yield();
    }
    return wanted == 0;
  }
  test::FakeSource* source_ = nullptr;  // the running poller's
  test::MemoryLog log_;
  test::MemoryFiles files_;
  std::unique_ptr<SnapshotStore> store_ = std::move(*SnapshotStore::create());
};

TEST_F(PollerTest, HasPublishedWhenItHasStarted) {
  const auto poller = start(milliseconds(60'000));
  ASSERT_NE(store_->current(), nullptr);
  EXPECT_EQ(store_->current()->interfaces->rows.size(), 1U);
}

TEST_F(PollerTest, AnswersARequestLongBeforeItsIntervalIsOver) {
  const auto poller = start(milliseconds(60'000));
  const SnapshotPtr first = store_->current();
  const SnapshotPtr second = store_->fresh(milliseconds(0), milliseconds(20'000));
  EXPECT_NE(first, second);
  EXPECT_GT(second->sampled_at, first->sampled_at);
}

TEST_F(PollerTest, SamplesAtItsIntervalWhenNobodyAsks) {
  const auto poller = start(milliseconds(10));
  const SnapshotPtr first = store_->current();
  const TimePoint deadline = Clock::now() + std::chrono::seconds(20);
  while (store_->current() == first && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_NE(store_->current(), first);
}

TEST_F(PollerTest, TakesNewOptionsAndANewIntervalAtOnce) {
  const auto poller = start(milliseconds(60'000));
  PublishOptions options;
  options.exclude = {"lan*"};
  poller->reconfigure(options, milliseconds(500));
  const TimePoint deadline = Clock::now() + std::chrono::seconds(20);
  while (!store_->current()->interfaces->rows.empty() && Clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(store_->current()->interfaces->rows.empty());
  EXPECT_EQ(store_->current()->agent->sample_interval, milliseconds(500));
}

TEST_F(PollerTest, BeatsInEachRound) {
  const auto poller = start(milliseconds(5));
  ASSERT_TRUE(seesSnapshots(1)) << "the thread is in its loop, and its first beat is over";
  const TimePoint later = Clock::now();
  ASSERT_TRUE(seesSnapshots(2)) << "the round between them was whole";
  const auto allowed = milliseconds(5) + Poller::kLongestSample;
  EXPECT_TRUE(poller->alive(later + allowed));
  EXPECT_FALSE(poller->alive(later + std::chrono::hours(1))) << "or else this proves nothing";
}

// Or else the watchdog ends a process that was told to sample seldom.
TEST_F(PollerTest, MayBeSilentForAsLongAsANewIntervalIs) {
  const auto poller = start(milliseconds(60'000));
  poller->reconfigure({}, milliseconds(600'000));
  const TimePoint deadline = Clock::now() + std::chrono::seconds(20);
  while (store_->current()->agent->sample_interval != milliseconds(600'000) &&
         Clock::now() < deadline) {
    std::this_thread::yield();
  }
  const auto silent = Poller::kLongestSample + std::chrono::minutes(5);
  EXPECT_TRUE(poller->alive(Clock::now() + silent));
  EXPECT_FALSE(poller->alive(Clock::now() + std::chrono::hours(1)))
      << "or else this proves nothing";
}

TEST_F(PollerTest, SavesTheCountersWhenItEnds) {
  auto poller = start(milliseconds(60'000));
  EXPECT_TRUE(files_.files.empty());
  poller.reset();
  EXPECT_TRUE(files_.files.contains("state/counters.saved"));
}

TEST_F(PollerTest, ComesAtOnceForMoreEventsOfTheSource) {
  const auto poller = start(milliseconds(60'000));
  ASSERT_TRUE(store_->fresh(milliseconds(0), milliseconds(20'000)));
  source_->more_events = true;
  store_->fresh(milliseconds(0), milliseconds(20'000));
  EXPECT_TRUE(seesSnapshots(3)) << "nobody asked for them";
  source_->more_events = false;
}

// A stack that no address space has room for: as when the limit on tasks is reached.
TEST_F(PollerTest, AThreadThatCannotBeStartedIsAnError) {
  pthread_attr_t before;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  pthread_attr_t huge = before;
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, std::size_t{1} << 60U), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  const auto poller = tryToStart(milliseconds(60'000));
  ASSERT_EQ(::pthread_setattr_default_np(&before), 0);
  ::pthread_attr_destroy(&before);
  ASSERT_FALSE(poller);
  EXPECT_EQ(poller.error().text, "starting the poller's thread: Resource temporarily unavailable");
}

}  // namespace
}  // namespace hvnet
