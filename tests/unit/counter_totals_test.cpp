#include "counters/counter_totals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "counting.h"

namespace hvnet {
namespace {

using test::carried;
using Numbers = CounterTotals::Numbers;

constexpr KernelIndex kLan0{2};

class CounterTotalsTest : public testing::Test {
 protected:
  static PresentInterface present(int index, std::string key) {
    return {KernelIndex{index}, std::move(key)};
  }
  void follow(const std::vector<PresentInterface>& all) { totals_.follow(all); }
  // Packets received, as the device shows them.
  CounterUpdate look(int index, std::uint64_t packets) {
    now_ += std::chrono::seconds(1);
    InterfaceTotals* const found = totals_.find(KernelIndex{index});
    EXPECT_NE(found, nullptr);
    return found->update(carried(packets, 0, 0, 0), now_);
  }
  void restartProcess(Numbers numbers = Numbers::kDevices) {
    const auto saved = totals_.save();
    totals_ = CounterTotals(numbers);
    totals_.restore(saved);
  }

  TimePoint now_ = TimePoint{} + std::chrono::hours(1);
  CounterTotals totals_;
};

TEST_F(CounterTotalsTest, KeepsInterfacesApartWhateverOrderTheyComeIn) {
  follow({present(9, "9"), present(3, "3"), present(7, "7"), present(1, "1")});
  for (const int index : {9, 3, 7, 1}) look(index, static_cast<std::uint64_t>(index));
  for (const int index : {1, 9, 7, 3}) {
    const auto packets = static_cast<std::uint64_t>(index) + 1;
    EXPECT_EQ(look(index, packets).counters.in_packets, packets);
  }
  EXPECT_EQ(totals_.find(KernelIndex{2}), nullptr);
}

TEST_F(CounterTotalsTest, GoesOnWithADeviceThatReturnsUnderAnotherNumber) {
  follow({present(2, "1"), present(3, "2")});
  look(2, 1000);
  look(3, 50);
  follow({present(3, "2")});
  EXPECT_EQ(totals_.find(kLan0), nullptr);
  follow({present(3, "2"), present(8, "1")});
  const CounterUpdate back = look(8, 1500);
  EXPECT_EQ(back.counters.in_packets, 2500U) << "a new device counts from zero";
  EXPECT_TRUE(back.discontinuity);
  EXPECT_TRUE(back.interrupted);
  const CounterUpdate next = look(8, 1510);
  EXPECT_EQ(next.counters.in_packets, 2510U);
  EXPECT_FALSE(next.discontinuity);
  EXPECT_EQ(look(3, 60).counters.in_packets, 60U);
}

TEST_F(CounterTotalsTest, GoesOnWhenADeviceIsReplacedBetweenTwoLooks) {
  follow({present(2, "1")});
  look(2, 1000);
  follow({present(8, "1")});
  EXPECT_EQ(look(8, 0).counters.in_packets, 1000U);
  EXPECT_EQ(look(8, 40).counters.in_packets, 1040U);
}

TEST_F(CounterTotalsTest, CountsADeviceThatReturnsUnderItsOwnNumberFromWhereItWas) {
  follow({present(2, "1")});
  look(2, 1000);
  follow({});
  follow({present(2, "1")});
  const CounterUpdate back = look(2, 1007);
  EXPECT_EQ(back.counters.in_packets, 1007U);
  EXPECT_TRUE(back.discontinuity);
}

TEST_F(CounterTotalsTest, LeavesOutWhatANewDeviceCannotHaveCarried) {
  follow({present(2, "1")});
  look(2, 1000);
  follow({present(8, "1")});
  const CounterUpdate back = look(8, 1'000'000'000'000);
  EXPECT_EQ(back.counters.in_packets, 1000U);
  EXPECT_TRUE(back.discontinuity);
  EXPECT_EQ(look(8, 1'000'000'000'003).counters.in_packets, 1003U);
}

TEST_F(CounterTotalsTest, GivesAnInterfaceNothingOfWhatItsDeviceCountedAsAnother) {
  follow({present(2, "256"), present(3, "257")});
  look(2, 1000);
  look(3, 500);
  follow({present(3, "257")});
  follow({present(3, "256")});  // renamed to the name of the one that is gone
  const CounterUpdate renamed = look(3, 510);
  EXPECT_EQ(renamed.counters.in_packets, 1010U);
  EXPECT_TRUE(renamed.discontinuity);
}

TEST_F(CounterTotalsTest, LetsCountersFollowTheirDeviceToANumberThatIsNew) {
  follow({present(2, "256")});
  look(2, 1000);
  follow({present(2, "3")});
  EXPECT_EQ(look(2, 1001).counters.in_packets, 1001U);
}

TEST_F(CounterTotalsTest, TellsADiscontinuityForAResetWhileTheSourceWasFailed) {
  follow({present(2, "1"), present(3, "2")});
  look(2, 1000);
  look(3, 1000);
  totals_.markInterrupted();
  EXPECT_FALSE(look(2, 1001).discontinuity);
  EXPECT_TRUE(look(3, 5).discontinuity);
  EXPECT_FALSE(look(2, 5).discontinuity);
}

TEST_F(CounterTotalsTest, GoesOnOverARestartOfTheProcessWithoutADiscontinuity) {
  follow({present(2, "1")});
  look(2, 1000);
  look(2, 10);
  restartProcess();
  follow({present(2, "1")});
  const CounterUpdate update = look(2, 15);
  EXPECT_EQ(update.counters.in_packets, 1015U);
  EXPECT_EQ(update.resets, 1U);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(CounterTotalsTest, GoesOnWithADeviceThatWasReplacedWhileNoProcessLooked) {
  follow({present(2, "1")});
  look(2, 1000);
  restartProcess();
  follow({present(8, "1")});
  const CounterUpdate update = look(8, 2000);
  EXPECT_EQ(update.counters.in_packets, 3000U);
  EXPECT_TRUE(update.discontinuity);
}

TEST_F(CounterTotalsTest, TakesNumbersThatAProcessMakesUpForNoOtherDevice) {
  totals_ = CounterTotals(Numbers::kMadeUp);
  follow({present(2, "1")});
  look(2, 1000);
  restartProcess(Numbers::kMadeUp);
  follow({present(8, "1")});
  const CounterUpdate update = look(8, 1003);
  EXPECT_EQ(update.counters.in_packets, 1003U);
  EXPECT_FALSE(update.discontinuity);
}

TEST_F(CounterTotalsTest, RemembersOverARestartWhoIsGone) {
  follow({present(2, "1")});
  look(2, 1000);
  follow({});
  restartProcess();
  follow({});
  restartProcess();
  follow({present(2, "1")});
  const CounterUpdate back = look(2, 1001);
  EXPECT_EQ(back.counters.in_packets, 1001U);
  EXPECT_TRUE(back.discontinuity);
}

TEST_F(CounterTotalsTest, TakesTotalsOfVersion1ForWhoHasTheirNumber) {
  follow({present(2, "1")});
  look(2, 1000);
  look(2, 10);
  auto saved = totals_.save();
  saved[0].key.clear();
  totals_ = CounterTotals();
  totals_.restore(saved);
  follow({present(2, "7"), present(3, "8")});
  EXPECT_EQ(look(2, 12).counters.in_packets, 1012U);
  EXPECT_EQ(look(3, 12).counters.in_packets, 12U);
  EXPECT_EQ(totals_.save()[0].key, "7");
}

TEST_F(CounterTotalsTest, GoesByTheDevicesWhenTheIndexMapWasMadeAnew) {
  follow({present(2, "1"), present(3, "2"), present(4, "3")});
  look(2, 100);
  look(3, 200);
  look(4, 300);
  follow({present(2, "1"), present(3, "2")});
  restartProcess();
  follow({present(2, "2"), present(3, "1"), present(9, "3")});
  EXPECT_EQ(look(2, 101).counters.in_packets, 101U);
  EXPECT_EQ(look(3, 201).counters.in_packets, 201U);
  EXPECT_EQ(look(9, 5).counters.in_packets, 5U) << "3 was another interface";
}

TEST_F(CounterTotalsTest, KeepsTheNewestOfThoseThatAreGone) {
  for (std::size_t i = 0; i <= CounterTotals::kKeptGone; ++i) {
    const int index = static_cast<int>(i) + 1;
    follow({present(index, "veth" + std::to_string(i))});
  }
  follow({});
  const auto saved = totals_.save();
  EXPECT_EQ(saved.size(), CounterTotals::kKeptGone);
  const auto has = [&](const char* key) {
    return std::ranges::find(saved, key, &SavedInterface::key) != saved.end();
  };
  EXPECT_FALSE(has("veth0"));
  EXPECT_TRUE(has("veth1"));
  EXPECT_TRUE(has("veth4096"));
}

// Interfaces that come and go, some as new devices.
TEST_F(CounterTotalsTest, NeverDecreasesAndCountsNothingTwiceWhileInterfacesComeAndGo) {
  constexpr int kInterfaces = 20;
  struct Device {
    int index = 0;
    std::uint64_t shown = 0;
    std::uint64_t truth = 0;
    std::uint64_t published = 0;
    bool here = true;
  };
  std::mt19937_64 random(5);
  std::vector<Device> devices(kInterfaces);
  int next_index = 1;
  for (Device& device : devices) device.index = next_index++;
  for (int round = 0; round < 300; ++round) {
    std::vector<PresentInterface> all;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      Device& device = devices[i];
      if (random() % 10 == 0) {
        device.here = !device.here;
        if (device.here) device.index = next_index++;
        if (device.here) device.shown = 0;
      }
      if (device.here) all.push_back(present(device.index, std::to_string(i)));
    }
    if (round % 40 == 39) restartProcess();
    follow(all);
    for (Device& device : devices) {
      if (!device.here) continue;
      const std::uint64_t counted = random() % 1000;
      device.shown += counted;
      device.truth += counted;
      device.published = *look(device.index, device.shown).counters.in_packets;
      ASSERT_EQ(device.published, device.truth) << round;
    }
  }
}

}  // namespace
}  // namespace hvnet
