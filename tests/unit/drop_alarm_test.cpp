#include "snapshot/events/drop_alarm.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "counters/components.h"
#include "counters/driver_profile.h"
#include "fakes.h"
#include "snapshot/publish/row_counters.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using std::chrono::seconds;

// "raised 62": what happened, or must happen, and when.
using Events = std::vector<std::string>;

// An adapter of a driver, as its kernel and its statistics show it.
class Losses {
 public:
  explicit Losses(const std::string& driver) : driver_(driver) {}

  double of_driver = 0;
  double unwanted = 0;  // frames that no protocol has asked for
  double of_backlog = 0;

  // The kernel's counters are read first, then the driver's statistics.
  [[nodiscard]] Sample read() const {
    const auto own = static_cast<std::uint64_t>(of_driver);
    const auto of_stack =
        static_cast<std::uint64_t>(unwanted) + static_cast<std::uint64_t>(of_backlog);
    Sample out{KernelIndex{101}, {}};
    const DriverProfile* const profile = findProfile(driver_);
    EXPECT_NE(profile, nullptr) << driver_;
    if (profile == nullptr) return out;
    const bool in_kernels_counter = driver_ != "hv_netvsc";
    const std::string name = in_kernels_counter ? "rx_queue_0_drops" : "rx_no_memory";
    out.raw.link.rx_dropped = of_stack + (in_kernels_counter ? own : 0);
    out.raw.driver = SumPlan(std::vector{name}, *profile).sums(std::vector{own});
    applyProfile(out.raw, profile);
    return out;
  }

 private:
  std::string driver_;
};

// Plays a file of tests/fixtures/drops, whose README says what it may contain, to the counters of
// an adapter and to their alarm.
class Player {
 public:
  explicit Player(const std::string& driver) : losses_(driver), counters_(newProcess()) {}

  void play(std::istream& file) {
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (!word.empty() && word[0] != '#') obey(word, words);
    }
  }
  [[nodiscard]] const Events& happened() const { return happened_; }
  [[nodiscard]] const Events& expected() const { return expected_; }
  [[nodiscard]] Counters counters() const { return published().counters.at(0); }
  [[nodiscard]] const Losses& losses() const { return losses_; }

 private:
  void obey(const std::string& word, std::istringstream& words) {
    std::int64_t length = 0;
    double from = 0;
    double to = 0;
    if (word == "drop") {
      words >> length >> from;
      drop(length, from, from);
    } else if (word == "ramp") {
      words >> length >> from >> to;
      drop(length, from, to);
    } else if (word == "unwanted") {
      words >> unwanted_rate_;
    } else if (word == "backlog") {
      words >> backlog_rate_;
    } else if (word == "reset") {
      words >> from;
      losses_.of_driver = from;
    } else if (word == "gap") {
      words >> length;
      now_s_ += length;
    } else if (word == "restart") {
      counters_.save({});
      counters_ = newProcess();
    } else if (word == "expect") {
      std::string event;
      words >> event >> length;
      expected_.push_back(event + " " + std::to_string(length));
    } else {
      ADD_FAILURE() << "the series has a line that nobody knows: " << word;
    }
    EXPECT_FALSE(words.fail() && word != "reset") << word;
  }

  void drop(std::int64_t length, double from, double to) {
    for (std::int64_t second = 0; second < length; ++second) {
      look();
      losses_.of_driver +=
          from + (to - from) * static_cast<double>(second) / static_cast<double>(length);
      losses_.unwanted += unwanted_rate_;
      losses_.of_backlog += backlog_rate_;
      ++now_s_;
    }
    look();
  }

  void look() {
    const TimePoint now = TimePoint{} + seconds(now_s_);
    counters_.apply(std::vector{losses_.read()}, now, now,
                    static_cast<std::uint64_t>(losses_.of_backlog));
    const AlarmState state = published().rates.at(0).alarm;
    if (state == state_) return;
    state_ = state;
    happened_.push_back((state == AlarmState::kRaised ? "raised " : "cleared ") +
                        std::to_string(now_s_));
  }

  RowCounters newProcess() {
    const CounterStorage storage{"state", CounterStorage::Access::kReadWrite, "boot", &files_};
    RowCounters out(storage, CounterTotals::Numbers::kDevices, log_);
    out.restore({});
    Interfaces interfaces;
    interfaces.rows.push_back(test::adapterAt(1));
    out.follow(interfaces, {});
    return out;
  }
  [[nodiscard]] Snapshot published() const {
    Snapshot out;
    counters_.publish(out);
    return out;
  }

  test::MemoryLog log_;
  test::MemoryFiles files_;
  Losses losses_;
  double unwanted_rate_ = 0;
  double backlog_rate_ = 0;
  RowCounters counters_;
  AlarmState state_ = AlarmState::kQuiet;
  std::int64_t now_s_ = 0;
  Events happened_;
  Events expected_;
};

constexpr std::array kDriversSeries = {"quiet",       "steady-20", "spike",      "short-blip",
                                       "spike-twice", "slow-ramp", "normal-200", "reset",
                                       "wrap",        "restart",   "gap"};
constexpr std::array kStackSeries = {"stack-neighbours", "stack-backlog", "stack-both",
                                     "stack-and-drops"};
// One that counts its drops where the kernel counts the stack's, too, and one that counts them
// elsewhere.
constexpr std::array kDrivers = {"virtio_net", "hv_netvsc"};

// A series, and a driver.
class Series : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 public:
  static std::string nameOf(const testing::TestParamInfo<ParamType>& info) {
    std::string name = std::string(std::get<0>(info.param)) + "_of_" + std::get<1>(info.param);
    std::erase(name, '-');
    return name;
  }

 protected:
  void SetUp() override {
    const auto& [series, driver] = GetParam();
    std::ifstream file(std::string(HVNET_FIXTURES "/drops/") + series + ".series");
    ASSERT_TRUE(file);
    player_.emplace(driver);
    player_->play(file);
  }

  std::optional<Player> player_;
};

TEST_P(Series, RaisesAndClearsTheAlarmExactlyWhenItMust) {
  EXPECT_EQ(player_->happened(), player_->expected());
}

class StackSeries : public Series {};

TEST_P(StackSeries, RaisesAndClearsTheAlarmByTheDriversDropsAlone) {
  EXPECT_EQ(player_->happened(), player_->expected());
}

// What a driver that counts in the kernel's counter drops in one look may be told late, and then
// it is a backlog's drop that is taken for a frame that nobody wants.
TEST_P(StackSeries, CountsEachLossWhereItWasLost) {
  constexpr double kDropsInOneLook = 500;
  const Losses& lost = player_->losses();
  const Counters counters = player_->counters();
  EXPECT_EQ(counters.in_drops, static_cast<std::uint64_t>(lost.of_driver));
  EXPECT_EQ(counters.in_discards, *counters.in_drops + *counters.backlog_drops);
  EXPECT_EQ(*counters.backlog_drops + *counters.unknown_protos,
            static_cast<std::uint64_t>(lost.of_backlog + lost.unwanted));
  EXPECT_NEAR(static_cast<double>(*counters.backlog_drops), lost.of_backlog,
              lost.of_driver > 0 ? kDropsInOneLook : 0);
}

INSTANTIATE_TEST_SUITE_P(DropAlarm, Series,
                         testing::Combine(testing::ValuesIn(kDriversSeries),
                                          testing::ValuesIn(kDrivers)),
                         Series::nameOf);
INSTANTIATE_TEST_SUITE_P(DropAlarm, StackSeries,
                         testing::Combine(testing::ValuesIn(kStackSeries),
                                          testing::ValuesIn(kDrivers)),
                         StackSeries::nameOf);

TEST(DropAlarm, PlaysEveryFileThatThereIs) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(HVNET_FIXTURES "/drops")) {
    files += entry.path().extension() == ".series" ? 1U : 0U;
  }
  EXPECT_EQ(files, kDriversSeries.size() + kStackSeries.size()) << "name it above, too";
}

TEST(DropAlarm, TellsItsRateBaselineAndThreshold) {
  DropAlarm alarm;
  EXPECT_EQ(alarm.rate(), std::nullopt);
  EXPECT_EQ(alarm.baseline(), std::nullopt);
  EXPECT_EQ(alarm.threshold(), 50U);
  for (int second = 0; second <= 20; ++second) {
    alarm.add(static_cast<std::uint64_t>(second) * 30, TimePoint{} + seconds(second));
  }
  EXPECT_EQ(alarm.rate(), 30U);
  EXPECT_EQ(alarm.baseline(), 30U);
  EXPECT_EQ(alarm.threshold(), 120U);
  EXPECT_EQ(alarm.raisedCount(), 0U);
  EXPECT_EQ(alarm.lastRaised(), std::nullopt);
}

// After one time constant of an exponential mean, 1 - 1/e of the way is gone: from 10 to 40 that
// is 29.
TEST(DropAlarm, HasABaselineThatRemembersAboutAnHour) {
  DropAlarm alarm;
  std::uint64_t drops = 0;
  int second = 0;
  for (; second <= 20; ++second) alarm.add(drops += 10, TimePoint{} + seconds(second));
  ASSERT_EQ(alarm.baseline(), 10U);
  for (const int end = second + 3600; second < end; ++second) {
    ASSERT_EQ(alarm.add(drops += 40, TimePoint{} + seconds(second)), AlarmEvent::kNone);
  }
  EXPECT_EQ(alarm.baseline(), 29U);
}

TEST(DropAlarm, HasTheSameMemoryHoweverOftenItIsAsked) {
  DropAlarm alarm({.window = seconds(60)});
  std::uint64_t drops = 0;
  int second = 0;
  for (; second <= 200; second += 10) alarm.add(drops += 100, TimePoint{} + seconds(second));
  ASSERT_EQ(alarm.baseline(), 10U);
  for (const int end = second + 3600; second < end; second += 10) {
    alarm.add(drops += 400, TimePoint{} + seconds(second));
  }
  EXPECT_NEAR(*alarm.baseline(), 29U, 1);
}

TEST(DropAlarm, FollowsItsSettings) {
  DropAlarm alarm({.rising = 5, .falling = 2, .ratio = 1, .window = seconds(3)});
  std::uint64_t drops = 0;
  AlarmEvent event = AlarmEvent::kNone;
  for (int second = 0; second < 10; ++second) {
    event = alarm.add(drops, TimePoint{} + seconds(second));
  }
  for (int second = 10; second < 13 && event == AlarmEvent::kNone; ++second) {
    drops += 9;
    event = alarm.add(drops, TimePoint{} + seconds(second));
  }
  EXPECT_EQ(event, AlarmEvent::kRaised);
  EXPECT_EQ(alarm.state(), AlarmState::kRaised);
  EXPECT_EQ(alarm.raisedCount(), 1U);
  EXPECT_EQ(alarm.lastRaised(), TimePoint{} + seconds(12));
}

// An alarm whose rate is that of the last second, fed each second with what was dropped in it.
class OneSecondAlarm {
 public:
  explicit OneSecondAlarm(const AlarmSettings& settings) : alarm_(settings) { drop(0); }
  AlarmEvent drop(std::uint64_t packets) {
    dropped_ += packets;
    return alarm_.add(dropped_, TimePoint{} + seconds(now_s_++));
  }
  DropAlarm& operator*() { return alarm_; }
  DropAlarm* operator->() { return &alarm_; }

 private:
  DropAlarm alarm_;
  std::uint64_t dropped_ = 0;
  int now_s_ = 0;
};

constexpr AlarmSettings kPlain{.rising = 50, .falling = 5, .ratio = 0, .window = seconds(1)};

TEST(DropAlarm, IsRaisedAtTheThresholdAndNotOneBelowIt) {
  OneSecondAlarm below(kPlain);
  for (int second = 0; second < 20; ++second) EXPECT_EQ(below.drop(49), AlarmEvent::kNone);
  OneSecondAlarm at(kPlain);
  EXPECT_EQ(at.drop(50), AlarmEvent::kNone);
  EXPECT_EQ(at.drop(50), AlarmEvent::kRaised);
}

TEST(DropAlarm, TakesTwoLooksInARowToBeRaised) {
  OneSecondAlarm alarm(kPlain);
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(alarm.drop(500), AlarmEvent::kNone);
    EXPECT_EQ(alarm.drop(0), AlarmEvent::kNone);
  }
}

TEST(DropAlarm, AnInterruptionStartsTheTwoLooksAgain) {
  OneSecondAlarm alarm(kPlain);
  EXPECT_EQ(alarm.drop(500), AlarmEvent::kNone);
  alarm->interrupt();
  EXPECT_EQ(alarm.drop(500), AlarmEvent::kNone) << "a window has to fill first";
  EXPECT_EQ(alarm.drop(500), AlarmEvent::kNone) << "the first look";
  EXPECT_EQ(alarm.drop(500), AlarmEvent::kRaised);
}

TEST(DropAlarm, LooksOnceASecondHoweverOftenItIsFed) {
  DropAlarm alarm(kPlain);
  std::uint64_t drops = 0;
  for (int tenth = 0; tenth < 20; ++tenth) {
    drops += tenth <= 10 ? 0 : 100;
    const auto now = TimePoint{} + std::chrono::milliseconds(100 * tenth);
    EXPECT_EQ(alarm.add(drops, now), AlarmEvent::kNone) << tenth;
  }
  EXPECT_EQ(alarm.add(drops + 100, TimePoint{} + seconds(2)), AlarmEvent::kNone) << "the first";
  EXPECT_EQ(alarm.add(drops + 1100, TimePoint{} + seconds(3)), AlarmEvent::kRaised);
}

TEST(DropAlarm, IsClearedAfterThreeWindowsInARowUnderTheLimit) {
  OneSecondAlarm alarm(kPlain);
  alarm.drop(0);  // what is usual
  alarm.drop(500);
  ASSERT_EQ(alarm.drop(500), AlarmEvent::kRaised);
  for (int second = 0; second < 9; ++second) {
    EXPECT_EQ(alarm.drop(5), AlarmEvent::kNone) << "at the limit, not under it";
  }
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(4), AlarmEvent::kNone);
  EXPECT_EQ(alarm.drop(5), AlarmEvent::kNone) << "from the beginning";
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(4), AlarmEvent::kNone);
  EXPECT_EQ(alarm.drop(4), AlarmEvent::kCleared);
}

TEST(DropAlarm, AnInterruptionStartsTheThreeWindowsAgain) {
  OneSecondAlarm alarm(kPlain);
  alarm.drop(500);
  ASSERT_EQ(alarm.drop(500), AlarmEvent::kRaised);
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(0), AlarmEvent::kNone);
  alarm->interrupt();
  EXPECT_EQ(alarm->rate(), std::nullopt);
  alarm.drop(0);  // a window has to fill first
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(0), AlarmEvent::kNone);
  EXPECT_EQ(alarm.drop(0), AlarmEvent::kCleared);
}

TEST(DropAlarm, TheBaselineFollowsWithAnHourOfMemory) {
  OneSecondAlarm alarm(kPlain);
  alarm.drop(0);
  for (int second = 0; second < 3600; ++second) alarm.drop(40);
  EXPECT_EQ(alarm->baseline(), 25U) << "40 less an e-th of it";
  for (int second = 0; second < 3600; ++second) alarm.drop(0);
  EXPECT_EQ(alarm->baseline(), 9U);
}

TEST(DropAlarm, WithAUsualRateAboveFallingItIsClearedBelowHalfTheThreshold) {
  OneSecondAlarm alarm({.rising = 50, .falling = 5, .ratio = 4, .window = seconds(1)});
  for (int second = 0; second < 60; ++second) alarm.drop(20);
  ASSERT_EQ(alarm->threshold(), 80U);
  alarm.drop(500);
  ASSERT_EQ(alarm.drop(500), AlarmEvent::kRaised);
  for (int second = 0; second < 9; ++second) EXPECT_EQ(alarm.drop(40), AlarmEvent::kNone);
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(39), AlarmEvent::kNone);
  EXPECT_EQ(alarm.drop(39), AlarmEvent::kCleared);
}

TEST(DropAlarm, AnotherWindowStartsAgainAndOtherThresholdsDoNot) {
  OneSecondAlarm alarm(kPlain);
  alarm.drop(7);
  AlarmSettings other = kPlain;
  other.rising = 6;
  alarm->setSettings(other);
  EXPECT_EQ(alarm->rate(), 7U);
  EXPECT_EQ(alarm->threshold(), 6U);
  EXPECT_EQ(alarm.drop(7), AlarmEvent::kNone);
  EXPECT_EQ(alarm.drop(7), AlarmEvent::kRaised);
  other.window = seconds(3);
  alarm->setSettings(other);
  EXPECT_EQ(alarm->rate(), std::nullopt);
  EXPECT_EQ(alarm->state(), AlarmState::kRaised);
}

TEST(DropAlarm, AnotherWindowStartsTheThreeWindowsAgain) {
  OneSecondAlarm alarm(kPlain);
  alarm.drop(500);
  ASSERT_EQ(alarm.drop(500), AlarmEvent::kRaised);
  for (int second = 0; second < 3; ++second) EXPECT_EQ(alarm.drop(0), AlarmEvent::kNone);
  AlarmSettings other = kPlain;
  other.window = seconds(2);
  alarm->setSettings(other);
  for (int second = 0; second < 2; ++second) alarm.drop(0);  // a window has to fill first
  for (int second = 0; second < 6; ++second) EXPECT_EQ(alarm.drop(0), AlarmEvent::kNone) << second;
  EXPECT_EQ(alarm.drop(0), AlarmEvent::kCleared);
}

TEST(DropAlarm, StaysRaisedOverAnInterruption) {
  DropAlarm alarm;
  std::uint64_t drops = 0;
  int second = 0;
  for (; second < 20; ++second) alarm.add(drops, TimePoint{} + seconds(second));
  for (; alarm.state() == AlarmState::kQuiet && second < 40; ++second) {
    alarm.add(drops += 500, TimePoint{} + seconds(second));
  }
  ASSERT_EQ(alarm.state(), AlarmState::kRaised);
  alarm.interrupt();
  EXPECT_EQ(alarm.add(drops, TimePoint{} + seconds(second)), AlarmEvent::kNone);
  EXPECT_EQ(alarm.state(), AlarmState::kRaised);
}

}  // namespace
}  // namespace hvnet
