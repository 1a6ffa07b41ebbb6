#include "snapshot/poller.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using std::chrono::milliseconds;

class PollerTest : public testing::Test {
 protected:
  std::unique_ptr<Poller> start(milliseconds interval) {
    auto source = std::make_unique<test::FakeSource>();
    source->ports_now = {test::portOf(2, "lan0", 9)};
    MapKeeper numbers(*IndexMap::create({}, {}), std::nullopt, log_);
    CounterKeeper totals("state", CounterKeeper::Access::kReadWrite, "this boot", log_, files_);
    Sampler sampler(std::move(source), std::move(numbers), std::move(totals), {}, {}, log_);
    return std::move(*Poller::start(std::move(sampler), *store_, interval));
  }
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

}  // namespace
}  // namespace hvnet
