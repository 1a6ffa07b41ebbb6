#include "snapshot/publish/sampler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using test::interfaceOf;

// Components that show whose they are.
Components rawOf(std::uint64_t base) {
  Components out;
  out.link.rx_packets = base + 1;
  out.link.rx_bytes = base + 2;
  return out;
}

class SamplerTest : public testing::Test {
 protected:
  SamplerTest() {
    auto source = std::make_unique<test::FakeSource>();
    source_ = source.get();
    source_->ports_now = {interfaceOf(2, "lan2", 9), interfaceOf(3, "lan1", 20),
                          interfaceOf(4, "lan0", 12), interfaceOf(5, "veth0")};
    for (const SourceInterface& interface : source_->ports_now) setCounter(interface.link.index);
    held_ = std::move(source);
  }

  void setCounter(KernelIndex index) {
    source_->counters_now[index] = rawOf(static_cast<std::uint64_t>(index) * 100);
  }

  Sampler make(PublishOptions options = {}) {
    MapKeeper numbers(*IndexMap::create({}, {}), std::nullopt, log_);
    RowCounters counters({"state", CounterStorage::Access::kReadWrite, "this boot", &files_},
                         CounterTotals::Numbers::kDevices, log_);
    AgentFacts about;
    about.version = "1.2.3";
    return Sampler(std::move(held_), std::move(numbers), std::move(counters), std::move(options),
                   std::move(about), log_);
  }

  // With the kernel's numbers, and adapters that have one MAC and no GUID.
  Sampler withOneMac() {
    for (SourceInterface& interface : source_->ports_now) {
      if (interface.device) interface.device->instance.reset();
      interface.link.address = test::macOf(1);
    }
    PublishOptions kernel;
    kernel.index_order = IndexOrder::kKernel;
    return make(kernel);
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
  test::MemoryFiles files_;
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
  EXPECT_EQ(snapshot->counters[0].in_packets, 201U);
  EXPECT_EQ(snapshot->counters[1].in_packets, 401U);
  EXPECT_EQ(snapshot->counters[2].in_packets, 301U);
  EXPECT_EQ(snapshot->counters[3].in_packets, 501U);
}

TEST_F(SamplerTest, TakesNewOptionsWithoutMovingANumber) {
  Sampler sampler = make();
  PublishOptions options;
  options.exclude = {"lan0"};
  options.index_order = IndexOrder::kKernel;
  sampler.reconfigure(options, std::chrono::seconds(5), now_);
  EXPECT_EQ(rowsOf(sampler.sample(now_)), "1 lan2, 3 lan1, 256 veth0");
  sampler.reconfigure({}, std::chrono::seconds(5), now_);
  EXPECT_EQ(rowsOf(sampler.sample(now_)), "1 lan2, 2 lan0, 3 lan1, 256 veth0");
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
  EXPECT_EQ(snapshot->counters[0].in_packets, 401U);
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

TEST_F(SamplerTest, SaysEachTroubleOnceWhenEventsAndCountersBothFail) {
  Sampler sampler = make();
  source_->events_error = Error{"no events"};
  source_->sample_error = Error{"no counters"};
  for (int round = 0; round < 3; ++round) {
    sampler.takeEvents(now_);
    sampler.sample(now_);
  }
  EXPECT_EQ(log_.count("no events"), 1U);
  EXPECT_EQ(log_.count("no counters"), 1U);
  source_->events_error.reset();
  sampler.takeEvents(now_);
  sampler.sample(now_);
  EXPECT_EQ(log_.count("the source answers again: events"), 1U);
  EXPECT_EQ(log_.count("the source answers again: counters"), 0U);
  EXPECT_EQ(log_.count("no counters"), 1U) << "that one lasts";
}

TEST_F(SamplerTest, NeverLetsACounterGoDownWhenADriverStartsAgain) {
  Sampler sampler = make();
  sampler.sample(now_);
  source_->counters_now[KernelIndex{2}] = rawOf(10);
  const SnapshotPtr after = sampler.sample(now_ + std::chrono::seconds(1));
  EXPECT_EQ(after->counters[0].in_packets, 201U + 11U);
  EXPECT_EQ(after->interfaces->rows[0].counter_discontinuity, TimePoint{}) << "it was bridged";
}

TEST_F(SamplerTest, TellsOfAResetThatNobodySaw) {
  Sampler sampler = make();
  sampler.sample(now_);
  source_->sample_error = Error{"the kernel stalls"};
  sampler.sample(now_ + std::chrono::seconds(1));
  source_->sample_error.reset();
  source_->counters_now[KernelIndex{2}] = rawOf(10);
  const TimePoint late = now_ + std::chrono::seconds(2);
  const SnapshotPtr after = sampler.sample(late);
  EXPECT_EQ(after->counters[0].in_packets, 201U + 11U);
  EXPECT_EQ(after->interfaces->rows[0].counter_discontinuity, late);
  EXPECT_EQ(after->interfaces->rows[1].counter_discontinuity, TimePoint{});
}

TEST_F(SamplerTest, GoesOnFromTheTotalsOfAnInterfaceThatReturns) {
  for (const IndexOrder order : {IndexOrder::kHypervisor, IndexOrder::kKernel}) {
    SCOPED_TRACE(static_cast<int>(order));
    auto fresh = std::make_unique<test::FakeSource>();
    source_ = fresh.get();
    source_->ports_now = {interfaceOf(5, "veth0")};
    setCounter(KernelIndex{5});
    held_ = std::move(fresh);
    PublishOptions options;
    options.index_order = order;
    Sampler sampler = make(options);
    EXPECT_EQ(sampler.sample(now_)->counters[0].in_packets, 501U);
    const auto replace = [&](std::vector<SourceInterface> interfaces) {
      source_->ports_now = std::move(interfaces);
      source_->counters_now.clear();
      source_->changed = true;
      sampler.takeEvents(now_);
    };
    replace({});
    EXPECT_TRUE(sampler.sample(now_)->counters.empty());
    replace({interfaceOf(8, "veth0")});
    source_->counters_now[KernelIndex{8}] = rawOf(70);
    const TimePoint later = now_ + std::chrono::seconds(1);
    const SnapshotPtr back = sampler.sample(later);
    ASSERT_EQ(back->counters.size(), 1U);
    EXPECT_EQ(back->counters[0].in_packets, 501U + 71U);
    EXPECT_EQ(back->interfaces->rows[0].counter_discontinuity, later);
  }
}

TEST_F(SamplerTest, KeepsTheCountersOfARenamedInterfaceWithTheKernelsNumbers) {
  PublishOptions kernel;
  kernel.index_order = IndexOrder::kKernel;
  Sampler sampler = make(kernel);
  sampler.sample(now_);
  source_->ports_now[3].link.name = "veth9";
  source_->changed = true;
  sampler.takeEvents(now_);
  const SnapshotPtr renamed = sampler.sample(now_);
  EXPECT_EQ(rowsOf(renamed), "2 lan2, 3 lan1, 4 lan0, 5 veth9");
  EXPECT_EQ(renamed->counters[3].in_packets, 501U);
}

TEST_F(SamplerTest, KeepsTwoAdaptersWithOneMacApartWithTheKernelsNumbers) {
  Sampler sampler = withOneMac();
  EXPECT_EQ(sampler.sample(now_)->counters[0].in_packets, 201U);
  EXPECT_EQ(sampler.sample(now_)->counters[1].in_packets, 301U);
  EXPECT_EQ(sampler.sample(now_)->counters[2].in_packets, 401U);
}

TEST_F(SamplerTest, GivesEachOfTwoAdaptersWithOneMacItsOwnTotalsBack) {
  Sampler sampler = withOneMac();
  sampler.sample(now_);
  const auto ports = std::exchange(source_->ports_now, {});
  source_->changed = true;
  sampler.takeEvents(now_);
  EXPECT_TRUE(sampler.sample(now_)->counters.empty());
  source_->ports_now = ports;
  source_->changed = true;
  sampler.takeEvents(now_);
  const SnapshotPtr back = sampler.sample(now_);
  ASSERT_EQ(back->counters.size(), 4U);
  EXPECT_EQ(back->counters[0].in_packets, 201U);
  EXPECT_EQ(back->counters[1].in_packets, 301U);
  EXPECT_EQ(back->counters[2].in_packets, 401U);
}

TEST_F(SamplerTest, ReportsOnceWhatADriverCannotTell) {
  Sampler sampler = make();
  source_->complaint_now = "lan2: Input/output error";
  sampler.sample(now_);
  sampler.sample(now_);
  EXPECT_EQ(log_.count("Input/output error"), 1U);
}

TEST_F(SamplerTest, ARowThatWasNeverSampledHasNoCounters) {
  Sampler sampler = make();
  source_->ports_now.push_back(interfaceOf(6, "veth1"));
  source_->changed = true;
  sampler.takeEvents(now_);
  const SnapshotPtr snapshot = sampler.sample(now_);
  EXPECT_EQ(rowsOf(snapshot), "1 lan2, 2 lan0, 3 lan1, 256 veth0, 257 veth1");
  EXPECT_EQ(snapshot->counters[4], Counters{});
}

TEST_F(SamplerTest, SaysWhoItIsAndWhereItsNumbersComeFrom) {
  Sampler sampler = make();
  const SnapshotPtr snapshot = sampler.sample(now_);
  EXPECT_EQ(snapshot->agent->version, "1.2.3");
  EXPECT_EQ(snapshot->agent->hypervisor, "Hyper-V");
  EXPECT_EQ(snapshot->agent->source, "fake");
  EXPECT_EQ(snapshot->agent->index_order, IndexOrder::kHypervisor);
}

TEST_F(SamplerTest, KnowsNoLinksStateOnceTheSourceHasFailed) {
  Sampler sampler = make();
  sampler.sample(now_);
  source_->sample_error = Error{"gone"};
  const SnapshotPtr stale = sampler.sample(now_ + std::chrono::seconds(29));
  EXPECT_EQ(stale->health.state, SourceState::kStale);
  EXPECT_EQ(stale->interfaces->rows[0].oper_status, OperStatus::kUp);
  const TimePoint late = now_ + std::chrono::seconds(31);
  const SnapshotPtr failed = sampler.sample(late);
  EXPECT_EQ(failed->health.state, SourceState::kFailed);
  EXPECT_EQ(failed->health.errors, 2U);
  EXPECT_EQ(failed->counters, stale->counters);
  for (const Interface& row : failed->interfaces->rows) {
    EXPECT_EQ(row.oper_status, OperStatus::kUnknown) << row.name;
    EXPECT_EQ(row.last_change, late) << row.name;
  }
  source_->sample_error.reset();
  const SnapshotPtr back = sampler.sample(now_ + std::chrono::seconds(32));
  EXPECT_EQ(back->health.state, SourceState::kOk);
  EXPECT_EQ(back->interfaces->rows[0].oper_status, OperStatus::kUp);
}

// RFC 2863 §3.1.13: a row that is administratively down is down, whoever answers.
TEST_F(SamplerTest, KeepsALinkDownThatIsAdminDownWhenTheSourceHasFailed) {
  Sampler sampler = make();
  source_->ports_now[2].link.admin_up = false;  // lan0
  source_->changed = true;
  sampler.takeEvents(now_);
  sampler.sample(now_);
  source_->sample_error = Error{"gone"};
  const SnapshotPtr failed = sampler.sample(now_ + std::chrono::seconds(31));
  for (const Interface& row : failed->interfaces->rows) {
    const bool down = row.admin_status == AdminStatus::kDown;
    EXPECT_EQ(down, row.name == "lan0");
    EXPECT_EQ(row.oper_status, down ? OperStatus::kDown : OperStatus::kUnknown) << row.name;
    EXPECT_EQ(row.last_change, down ? now_ : now_ + std::chrono::seconds(31)) << row.name;
  }
}

TEST_F(SamplerTest, PublishesWhatWasSetWithTheNextSampleAndMovesNoTime) {
  Sampler sampler = make();
  const auto settings = std::move(*SettingsStore::open("state/settings.saved", log_, files_));
  sampler.follow(*settings);
  const SnapshotPtr before = sampler.sample(now_);
  EXPECT_EQ(before->settings, settings->current());
  EXPECT_EQ(before->interfaces->rows[1].alias, "");
  Settings next;
  next[IfIndex{2}].alias = "uplink";
  next[IfIndex{2}].trap_enable = TrapEnable::kDisabled;
  next[IfIndex{2}].rising = 70;
  ASSERT_TRUE(settings->replace(next));
  const SnapshotPtr after = sampler.sample(now_ + std::chrono::seconds(1));
  EXPECT_EQ(after->settings, settings->current());
  EXPECT_EQ(after->interfaces->rows[1].alias, "uplink");
  EXPECT_EQ(after->interfaces->rows[1].trap_enable, TrapEnable::kDisabled);
  EXPECT_EQ(after->rates[1].settings.rising, 70U);
  EXPECT_EQ(after->interfaces->rows[0].trap_enable, TrapEnable::kEnabled);
  EXPECT_EQ(after->interfaces->last_change, before->interfaces->last_change);
  EXPECT_EQ(after->interfaces->stack_last_change, before->interfaces->stack_last_change);
  EXPECT_EQ(after->interfaces->rows[1].last_change, before->interfaces->rows[1].last_change);
}

TEST_F(SamplerTest, KeepsWhatWasSetOverAChangeOfTheTopology) {
  Sampler sampler = make();
  const auto settings = std::move(*SettingsStore::open("state/settings.saved", log_, files_));
  sampler.follow(*settings);
  Settings next;
  next[IfIndex{2}].alias = "uplink";
  ASSERT_TRUE(settings->replace(next));
  sampler.sample(now_);
  source_->ports_now[2].link.alias = "the kernel's";
  source_->changed = true;
  sampler.takeEvents(now_);
  const SnapshotPtr after = sampler.sample(now_);
  EXPECT_EQ(rowsOf(after), "1 lan2, 2 lan0, 3 lan1, 256 veth0");
  EXPECT_EQ(after->interfaces->rows[1].alias, "uplink");
}

}  // namespace
}  // namespace hvnet
