#include "snapshot/sampler.h"

#include <gtest/gtest.h>

#include <chrono>

#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using test::countersOf;
using test::portOf;

class SamplerTest : public testing::Test {
 protected:
  SamplerTest() {
    auto source = std::make_unique<test::FakeSource>();
    source_ = source.get();
    source_->ports_now = {portOf(2, "lan2", 9), portOf(3, "lan1", 20), portOf(4, "lan0", 12),
                          portOf(5, "veth0")};
    for (const Port& port : source_->ports_now) setCounter(port.link.index);
    held_ = std::move(source);
  }

  void setCounter(KernelIndex index) {
    source_->counters_now[index] = countersOf(static_cast<std::uint64_t>(index) * 100);
  }

  Sampler make(PublishOptions options = {}) {
    MapKeeper keeper(*IndexMap::create({}, {}), std::nullopt, log_);
    return Sampler(std::move(held_), std::move(keeper), std::move(options), log_);
  }

  // "1 lan2, 2 lan0": every row of a snapshot.
  static std::string rowsOf(const SnapshotPtr& snapshot) {
    std::string out;
    for (const Interface& row : snapshot->interfaces->rows) {
      if (!out.empty()) out += ", ";
      out += std::to_string(static_cast<std::uint32_t>(row.index)) + " " + row.name;
    }
    return out;
  }

  TimePoint now_ = Clock::now();
  test::MemoryLog log_;
  test::FakeSource* source_ = nullptr;
  std::unique_ptr<Source> held_;
};

TEST_F(SamplerTest, PublishesAdaptersInTheHypervisorsOrder) {
  Sampler sampler = make();
  EXPECT_EQ(rowsOf(sampler.sample(now_)), "1 lan2, 2 lan0, 3 lan1, 256 veth0");
}

TEST_F(SamplerTest, PutsCountersBesideTheirOwnRow) {
  Sampler sampler = make();
  const SnapshotPtr snapshot = sampler.sample(now_);
  ASSERT_EQ(snapshot->counters.size(), 4U);
  EXPECT_EQ(snapshot->counters[0], countersOf(200));
  EXPECT_EQ(snapshot->counters[1], countersOf(400));
  EXPECT_EQ(snapshot->counters[2], countersOf(300));
  EXPECT_EQ(snapshot->counters[3], countersOf(500));
}

TEST_F(SamplerTest, PublishesTheKernelsNumbersWhenAsked) {
  PublishOptions kernel;
  kernel.index_order = IndexOrder::kKernel;
  Sampler sampler = make(kernel);
  EXPECT_EQ(rowsOf(sampler.sample(now_)), "2 lan2, 3 lan1, 4 lan0, 5 veth0");
}

TEST_F(SamplerTest, LeavesOutWhatIsExcluded) {
  PublishOptions options;
  options.exclude = {"veth*", "lan1"};
  Sampler sampler = make(options);
  EXPECT_EQ(rowsOf(sampler.sample(now_)), "1 lan2, 2 lan0");
}

TEST_F(SamplerTest, KeepsNumbersAndCountersOverHotRemoval) {
  Sampler sampler = make();
  sampler.sample(now_);
  source_->ports_now.erase(source_->ports_now.begin());
  source_->counters_now.erase(KernelIndex{2});
  source_->changed = true;
  EXPECT_TRUE(sampler.takeEvents(now_));
  const SnapshotPtr snapshot = sampler.sample(now_);
  EXPECT_EQ(rowsOf(snapshot), "2 lan0, 3 lan1, 256 veth0");
  EXPECT_EQ(snapshot->counters[0], countersOf(400));
}

TEST_F(SamplerTest, DoesNothingWithoutAChange) {
  Sampler sampler = make();
  const auto before = sampler.sample(now_)->interfaces;
  EXPECT_FALSE(sampler.takeEvents(now_));
  EXPECT_EQ(sampler.sample(now_)->interfaces, before);
}

TEST_F(SamplerTest, KeepsTheLastGoodCountersAndTheirAgeWhenTheSourceFails) {
  Sampler sampler = make();
  const SnapshotPtr good = sampler.sample(now_);
  source_->sample_error = Error{"the kernel stalls"};
  const SnapshotPtr stale = sampler.sample(now_ + std::chrono::seconds(1));
  EXPECT_EQ(stale->counters, good->counters);
  EXPECT_EQ(stale->sampled_at, good->sampled_at);
  sampler.sample(now_ + std::chrono::seconds(2));
  EXPECT_EQ(log_.count("the kernel stalls"), 1U) << "said once, not at every sample";
  source_->sample_error.reset();
  EXPECT_GT(sampler.sample(now_ + std::chrono::seconds(3))->sampled_at, good->sampled_at);
  EXPECT_EQ(log_.count("answers again"), 1U);
}

TEST_F(SamplerTest, ARowThatWasNeverSampledHasNoCounters) {
  Sampler sampler = make();
  source_->ports_now.push_back(portOf(6, "veth1"));
  source_->changed = true;
  sampler.takeEvents(now_);
  const SnapshotPtr snapshot = sampler.sample(now_);
  EXPECT_EQ(rowsOf(snapshot), "1 lan2, 2 lan0, 3 lan1, 256 veth0, 257 veth1");
  EXPECT_EQ(snapshot->counters[4], Counters{});
}

}  // namespace
}  // namespace hvnet
