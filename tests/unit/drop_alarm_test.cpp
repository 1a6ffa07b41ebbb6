#include "snapshot/drop_alarm.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "counters/accumulator.h"

namespace hvnet {
namespace {

using std::chrono::seconds;

// "raised 62": what happened, or must happen, and when.
using Events = std::vector<std::string>;

// Plays a file of tests/fixtures/drops, whose README says what it may contain.
class Player {
 public:
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
    } else if (word == "reset") {
      words >> from;
      raw_ = from;
    } else if (word == "gap") {
      words >> length;
      now_s_ += length;
    } else if (word == "restart") {
      alarm_ = DropAlarm();
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
      raw_ += from + (to - from) * static_cast<double>(second) / static_cast<double>(length);
      ++now_s_;
    }
    look();
  }

  void look() {
    const auto raw = static_cast<std::uint64_t>(raw_);
    if (total_.startsAgain(raw)) alarm_.interrupt();
    const AlarmEvent event = alarm_.add(total_.add(raw), TimePoint{} + seconds(now_s_));
    if (event == AlarmEvent::kNone) return;
    happened_.push_back((event == AlarmEvent::kRaised ? "raised " : "cleared ") +
                        std::to_string(now_s_));
  }

  DropAlarm alarm_;
  Accumulator total_;
  double raw_ = 0;
  std::int64_t now_s_ = 0;
  Events happened_;
  Events expected_;
};

class Series : public testing::TestWithParam<std::string> {};

TEST_P(Series, RaisesAndClearsTheAlarmExactlyWhenItMust) {
  std::ifstream file(std::string(HVNET_FIXTURES "/drops/") + GetParam() + ".series");
  ASSERT_TRUE(file);
  Player player;
  player.play(file);
  EXPECT_EQ(player.happened(), player.expected());
}

INSTANTIATE_TEST_SUITE_P(DropAlarm, Series,
                         testing::Values("quiet", "steady-20", "spike", "short-blip", "spike-twice",
                                         "slow-ramp", "normal-200", "reset", "wrap", "restart",
                                         "gap"),
                         [](const auto& series) {
                           std::string name = series.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(DropAlarm, PlaysEveryFileThatThereIs) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(HVNET_FIXTURES "/drops")) {
    files += entry.path().extension() == ".series" ? 1U : 0U;
  }
  EXPECT_EQ(files, 11U) << "name it in Series, too";
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
