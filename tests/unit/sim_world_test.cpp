#include "hvnet-sim/world.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>

#include "hvnet-sim/report.h"

namespace hvnet::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = CounterKind;

constexpr AdapterNumber kAdapters = 3;
constexpr std::uint64_t kSeed = 1;

World worldWith(const std::string& scenario) {
  auto parsed = parseScenario(scenario, "test.scenario", kAdapters);
  EXPECT_TRUE(parsed) << parsed.error().text;
  return {kAdapters, kSeed, parsed.value_or(Scenario{})};
}

std::uint64_t valueOf(const World& world, AdapterNumber adapter, Kind kind) {
  return world.adapters().at(adapter).value(kind);
}

TEST(SimWorld, CountsExactlyTheRateOverOddIntervals) {
  World world = worldWith("at 0 rate lan0 Ipkts 333\nat 0 rate lan0 InOctets 9999999999");
  world.advance(Time{});
  Time now{};
  for (const int step_ns : {1, 3, 199'999'999, 7, 200'000'001, 1'000'003, 77'777'777}) {
    for (int i = 0; i < 10; ++i) world.advance(now += Time(step_ns));
  }
  world.advance(seconds(7));
  EXPECT_EQ(valueOf(world, 0, Kind::kIpkts), 7U * 333);
  EXPECT_EQ(valueOf(world, 0, Kind::kInOctets), 7U * 9'999'999'999);
}

TEST(SimWorld, GivesConstantIncrementsForAConstantRate) {
  World world = worldWith("at 0 rate lan1 Opkts 1005");
  world.advance(Time{});
  for (std::uint64_t step = 1; step <= 100; ++step) {
    const std::uint64_t before = valueOf(world, 1, Kind::kOpkts);
    world.advance(step * milliseconds(200));
    ASSERT_EQ(valueOf(world, 1, Kind::kOpkts) - before, 201U) << step;
  }
}

TEST(SimWorld, DoesNotDependOnHowOftenOneLooks) {
  const std::string scenario =
      "at 1 spike lan1 InDrops 500 for 2\nat 2.5 unassign lan0\nat 3 assign lan0\n"
      "at 4 reset lan1\nat 5 add lan9\nat 6 remove lan2\nrepeat 7\n";
  World coarse = worldWith(scenario);
  World fine = worldWith(scenario);
  std::size_t happened = coarse.advance(seconds(20)).size();
  for (Time now{}; now <= seconds(20); now += milliseconds(20)) {
    happened -= fine.advance(now).size();
  }
  EXPECT_EQ(happened, 0U);
  EXPECT_EQ(formatReport(coarse, 0), formatReport(fine, 0));
}

TEST(SimWorld, GivesEachAdapterRatesOfItsOwnAndNoDrops) {
  World world(100, kSeed, {});
  world.advance(seconds(10));
  for (const Kind kind : {Kind::kIpkts, Kind::kOpkts, Kind::kInOctets, Kind::kOutOctets}) {
    std::set<std::uint64_t> seen;
    for (const auto& [number, adapter] : world.adapters()) seen.insert(adapter.value(kind));
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_FALSE(seen.contains(0));
  }
  for (const auto& [number, adapter] : world.adapters()) {
    EXPECT_GT(adapter.value(Kind::kInMulticast), 0U);
    for (const Kind kind : {Kind::kIerrs, Kind::kOerrs, Kind::kInDrops, Kind::kOutDiscards}) {
      EXPECT_EQ(adapter.value(kind), 0U);
    }
  }
}

TEST(SimWorld, PlugsAdaptersInTheOrderOfTheirNames) {
  const World world(5, 1, {});
  std::vector<std::uint32_t> relids;
  for (const auto& [number, adapter] : world.adapters()) relids.push_back(adapter.relid());
  EXPECT_EQ(relids, (std::vector<std::uint32_t>{12, 15, 18, 21, 24}));
}

TEST(SimWorld, TellsAdaptersApartByTheirNumbersAlone) {
  std::set<Guid> guids;
  std::set<std::string> macs;
  for (AdapterNumber number = 0; number < kMostAdapters + 10; ++number) {
    guids.insert(instanceOf(number));
    macs.insert(toText(macOf(number)));
  }
  EXPECT_EQ(guids.size(), kMostAdapters + 10);
  EXPECT_EQ(macs.size(), kMostAdapters + 10);
  EXPECT_EQ(toText(macOf(258)), "00:15:5d:01:01:02");
}

TEST(SimWorld, AddsASpikeOnTopOfTheBaseRateForItsTimeOnly) {
  World world = worldWith(
      "at 0 rate lan1 InDrops 3\nat 10 spike lan1 InDrops 500 for 20\n"
      "at 25 spike lan1 InDrops 7 for 1\n");
  world.advance(seconds(10));
  EXPECT_EQ(valueOf(world, 1, Kind::kInDrops), 30U);
  world.advance(milliseconds(10'500));
  EXPECT_EQ(valueOf(world, 1, Kind::kInDrops), 31U + 250);
  world.advance(seconds(100));
  EXPECT_EQ(valueOf(world, 1, Kind::kInDrops), 300U + 10'000 + 7);
  EXPECT_EQ(valueOf(world, 0, Kind::kInDrops), 0U);
}

TEST(SimWorld, WrapsACounterOf32BitsAndCountsOn) {
  World world = worldWith("adapter lan3 width 32 Ipkts 4294967290\nat 0 rate lan3 Ipkts 10\n");
  EXPECT_EQ(valueOf(world, 3, Kind::kIpkts), 4'294'967'290U);
  world.advance(milliseconds(500));
  EXPECT_EQ(valueOf(world, 3, Kind::kIpkts), 4'294'967'295U);
  world.advance(seconds(1));
  EXPECT_EQ(valueOf(world, 3, Kind::kIpkts), 4U);
  EXPECT_TRUE(world.adapters().at(3).width32());
}

TEST(SimWorld, StartsFromZeroAfterAResetOfOneAdapterOnly) {
  World world = worldWith("at 0 rate lan1 Ipkts 10\nat 0 rate lan0 Ipkts 10\nat 5.05 reset lan1");
  world.advance(seconds(6));
  EXPECT_EQ(valueOf(world, 1, Kind::kIpkts), 9U);
  EXPECT_EQ(valueOf(world, 0, Kind::kIpkts), 60U);
}

TEST(SimWorld, KeepsNothingOfARemovedAdapterButWhoItIs) {
  World world = worldWith(
      "at 1 spike lan2 InDrops 500 for 50\nat 2 unassign lan2\nat 3 remove lan2\nat 4 add lan2\n");
  const std::uint32_t relid = world.adapters().at(2).relid();
  world.advance(seconds(3));
  EXPECT_FALSE(world.adapters().contains(2));
  EXPECT_EQ(world.adapters().size(), 2U);
  world.advance(seconds(4));
  EXPECT_EQ(valueOf(world, 2, Kind::kIpkts), 0U);
  EXPECT_EQ(world.adapters().at(2).relid(), relid);
  world.advance(seconds(5));
  EXPECT_GT(valueOf(world, 2, Kind::kIpkts), 0U);
  EXPECT_EQ(valueOf(world, 2, Kind::kInDrops), 0U);
}

TEST(SimWorld, AddsAnAdapterThatCountsFromThenOn) {
  World world = worldWith("at 7 add lan9\nat 7 rate lan9 Ipkts 10\n");
  world.advance(seconds(6));
  EXPECT_FALSE(world.adapters().contains(9));
  world.advance(seconds(8));
  EXPECT_EQ(valueOf(world, 9, Kind::kIpkts), 10U);
  for (const AdapterNumber other : {0U, 1U, 2U}) {
    EXPECT_NE(world.adapters().at(other).relid(), world.adapters().at(9).relid());
  }
}

TEST(SimWorld, CountsNothingWithoutANetwork) {
  World world = worldWith("at 0 rate lan0 Ipkts 10\nat 4 unassign lan0\nat 6 assign lan0\n");
  world.advance(seconds(5));
  EXPECT_FALSE(world.adapters().at(0).assigned());
  EXPECT_TRUE(world.adapters().at(1).assigned());
  EXPECT_EQ(valueOf(world, 0, Kind::kIpkts), 40U);
  world.advance(seconds(7));
  EXPECT_TRUE(world.adapters().at(0).assigned());
  EXPECT_EQ(valueOf(world, 0, Kind::kIpkts), 50U);
}

TEST(SimWorld, TearsOneReportAndThenGoesOn) {
  World world = worldWith("at 2 torn");
  world.advance(seconds(1));
  EXPECT_EQ(world.takeDelivery(), Delivery::kWhole);
  world.advance(seconds(2));
  EXPECT_EQ(world.takeDelivery(), Delivery::kTorn);
  EXPECT_EQ(world.takeDelivery(), Delivery::kWhole);
}

TEST(SimWorld, LeavesATornReportBehindWhenAPauseBeginsWithIt) {
  World world = worldWith("at 2 pause 10\nat 2 torn");
  world.advance(seconds(3));
  EXPECT_EQ(world.takeDelivery(), Delivery::kTorn);
  EXPECT_EQ(world.takeDelivery(), Delivery::kNone);
}

TEST(SimWorld, DeliversNothingInAPauseAndCountsOn) {
  World world = worldWith("at 0 rate lan0 Ipkts 10\nat 2 pause 10");
  world.advance(seconds(2));
  EXPECT_EQ(world.takeDelivery(), Delivery::kNone);
  world.advance(milliseconds(11'999));
  EXPECT_EQ(world.takeDelivery(), Delivery::kNone);
  world.advance(seconds(12));
  EXPECT_EQ(world.takeDelivery(), Delivery::kWhole);
  EXPECT_EQ(valueOf(world, 0, Kind::kIpkts), 120U);
}

TEST(SimWorld, StartsItsScenarioAgainWithTheFirstAdaptersAndRatesAndCountsOn) {
  World world = worldWith(
      "adapter lan3 width 32 Ipkts 1000\nat 1 rate lan0 InDrops 1\nat 2 unassign lan1\n"
      "at 3 remove lan2\nat 4 remove lan3\nat 5 add lan9\nat 6 spike lan1 InDrops 9 for 99\n"
      "repeat 10\n");
  world.advance(milliseconds(9'999));
  EXPECT_EQ(world.adapters().size(), 3U);
  const std::uint64_t before = valueOf(world, 0, Kind::kIpkts);
  const auto happened = world.advance(seconds(10));
  ASSERT_EQ(happened.size(), 1U);
  EXPECT_EQ(happened[0].at, seconds(10));
  EXPECT_EQ(world.adapters().size(), 4U);
  EXPECT_FALSE(world.adapters().contains(9));
  EXPECT_TRUE(world.adapters().at(1).assigned());
  EXPECT_TRUE(world.adapters().at(3).width32());
  EXPECT_EQ(valueOf(world, 3, Kind::kIpkts), 0U) << "it came back as a new device";
  EXPECT_GE(valueOf(world, 0, Kind::kIpkts), before);
  world.advance(seconds(11));
  EXPECT_EQ(valueOf(world, 0, Kind::kInDrops), 9U) << "its base rate of drops is 0 again";
  EXPECT_EQ(world.advance(seconds(13)).size(), 2U) << "the first events once more";
}

TEST(SimWorld, SaysWhatHappenedAndWhen) {
  World world = worldWith("at 5  reset  lan1   # bang\nat 2.5 torn\n");
  const auto happened = world.advance(seconds(9));
  ASSERT_EQ(happened.size(), 2U);
  EXPECT_EQ(happened[0].at, milliseconds(2500));
  EXPECT_EQ(happened[0].text, "torn");
  EXPECT_EQ(happened[1].text, "reset  lan1");
}

}  // namespace
}  // namespace hvnet::sim
