#include "snapshot/publish/store.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "snapshots.h"

namespace hvnet {
namespace {

using std::chrono::milliseconds;

SnapshotPtr sampledAt(TimePoint when) {
  Snapshot out = test::snapshotOf({1});
  out.sampled_at = when;
  return std::make_shared<const Snapshot>(std::move(out));
}

class StoreTest : public testing::Test {
 protected:
  [[nodiscard]] bool refreshIsWanted() const {
    pollfd fd{store_->refreshFd(), POLLIN, 0};
    return ::poll(&fd, 1, 0) == 1;
  }
  [[nodiscard]] bool hasChanges() const {
    pollfd fd{store_->changedFd(), POLLIN, 0};
    return ::poll(&fd, 1, 0) == 1;
  }
  std::unique_ptr<SnapshotStore> store_ = std::move(*SnapshotStore::create());
};

TEST_F(StoreTest, HasNothingAtFirst) {
  EXPECT_EQ(store_->current(), nullptr);
}

TEST_F(StoreTest, ServesAFreshSnapshotWithoutAskingForAnother) {
  const SnapshotPtr snapshot = sampledAt(Clock::now());
  store_->publish(snapshot);
  EXPECT_EQ(store_->fresh(milliseconds(10'000), milliseconds(0)), snapshot);
  EXPECT_FALSE(refreshIsWanted());
}

TEST_F(StoreTest, AsksThePollerWhenTheSnapshotIsOld) {
  store_->publish(sampledAt(Clock::now() - milliseconds(500)));
  SnapshotPtr answer = sampledAt(Clock::now());
  std::thread poller([&] {
    pollfd fd{store_->refreshFd(), POLLIN, 0};
    ASSERT_EQ(::poll(&fd, 1, 10'000), 1);
    store_->clearRefreshRequest();
    store_->publish(answer);
  });
  EXPECT_EQ(store_->fresh(milliseconds(200), milliseconds(10'000)), answer);
  poller.join();
  EXPECT_FALSE(refreshIsWanted());
}

TEST_F(StoreTest, ServesTheOldOneWhenThePollerStallsAndWaitsForItOnlyOnce) {
  const SnapshotPtr old = sampledAt(Clock::now() - milliseconds(500));
  store_->publish(old);
  const TimePoint start = Clock::now();
  EXPECT_EQ(store_->fresh(milliseconds(200), milliseconds(100)), old);
  EXPECT_GE(Clock::now() - start, milliseconds(100));
  const TimePoint again = Clock::now();
  EXPECT_EQ(store_->fresh(milliseconds(200), milliseconds(60'000)), old);
  EXPECT_LT(Clock::now() - again, milliseconds(30'000));
  EXPECT_TRUE(refreshIsWanted());
}

TEST_F(StoreTest, WaitsAgainOnceThePollerHasAnswered) {
  store_->publish(sampledAt(Clock::now() - milliseconds(500)));
  store_->fresh(milliseconds(200), milliseconds(1));
  store_->publish(sampledAt(Clock::now() - milliseconds(500)));
  const TimePoint start = Clock::now();
  store_->fresh(milliseconds(200), milliseconds(50));
  EXPECT_GE(Clock::now() - start, milliseconds(50));
}

TEST_F(StoreTest, WakesWhoeverWantsToKnowOfChangesAndGivesThemInOrder) {
  const SnapshotPtr first = sampledAt(Clock::now());
  const SnapshotPtr second = sampledAt(Clock::now());
  store_->publish(first);
  store_->publish(second);
  EXPECT_TRUE(hasChanges());
  EXPECT_EQ(store_->popChanges(), std::vector({first, second}));
  EXPECT_FALSE(hasChanges());
  EXPECT_TRUE(store_->popChanges().empty());
}

TEST_F(StoreTest, WakesNobodyForCountersAlone) {
  const SnapshotPtr first = sampledAt(Clock::now());
  store_->publish(first);
  store_->popChanges();
  store_->publish(std::make_shared<const Snapshot>(*first));
  EXPECT_FALSE(hasChanges());
  EXPECT_TRUE(store_->popChanges().empty());
}

TEST_F(StoreTest, LosesWhatIsBetweenButNeverTheNewestChange) {
  SnapshotPtr newest;
  for (std::size_t i = 0; i < 3 * SnapshotStore::kMostChanges; ++i) {
    newest = sampledAt(Clock::now());
    store_->publish(newest);
  }
  const auto changes = store_->popChanges();
  ASSERT_EQ(changes.size(), SnapshotStore::kMostChanges);
  EXPECT_EQ(changes.back(), newest);
}

TEST_F(StoreTest, WaitsForASnapshotWithTheNewSettingsAndTakesNoOlderOneForIt) {
  const auto settings = std::make_shared<const Settings>();
  store_->publish(sampledAt(Clock::now()));
  std::thread poller([&] {
    pollfd fd{store_->refreshFd(), POLLIN, 0};
    ASSERT_EQ(::poll(&fd, 1, 10'000), 1);
    store_->clearRefreshRequest();
    store_->publish(sampledAt(Clock::now()));  // begun before
    Snapshot with = *sampledAt(Clock::now());
    with.settings = settings;
    store_->publish(std::make_shared<const Snapshot>(std::move(with)));
  });
  EXPECT_TRUE(store_->awaitSettings(settings, milliseconds(10'000)));
  EXPECT_EQ(store_->current()->settings, settings);
  poller.join();
  EXPECT_TRUE(store_->awaitSettings(settings, milliseconds(0))) << "it is there";
}

TEST_F(StoreTest, DoesNotWaitForNewSettingsLongerThanItIsTold) {
  store_->publish(sampledAt(Clock::now()));
  EXPECT_FALSE(store_->awaitSettings(std::make_shared<const Settings>(), milliseconds(5)));
}

}  // namespace
}  // namespace hvnet
