#include "sources/settle.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A machine whose drivers come while settle() pauses.
struct Machine {
  test::FakeSource source;
  TimePoint now = TimePoint{} + seconds(20);
  Clock::duration complete_after{};        // since `now` above
  std::vector<Clock::duration> changes{};  // likewise, ascending

  // How long it waited, and whether the machine was quiet in the end.
  std::pair<Clock::duration, bool> settled() {
    const TimePoint start = now;
    const auto look = [&] {
      source.complete_now = now - start >= complete_after;
      if (changes.empty() || now - start < changes.front()) return;
      source.changed = true;
      changes.erase(changes.begin());
    };
    look();
    const bool quiet = settle(source, {[&] { return now; },
                                       [&](Clock::duration time) {
                                         now += time;
                                         look();
                                       }});
    return {now - start, quiet};
  }
};

using Settled = std::pair<Clock::duration, bool>;

TEST(Settle, AMachineThatHasLongBeenUpIsNotWaitedFor) {
  Machine machine;
  machine.now = TimePoint{} + hours(1);
  EXPECT_EQ(machine.settled(), Settled(seconds(0), true));
}

TEST(Settle, AMachineThatIsStartingMustBeQuietForASecond) {
  Machine machine;
  EXPECT_EQ(machine.settled(), Settled(seconds(1), true));
}

TEST(Settle, WaitsForDriversThatAreBeingLoadedHoweverLongTheMachineHasBeenUp) {
  Machine machine;
  machine.now = TimePoint{} + hours(1);
  machine.complete_after = milliseconds(4500);
  EXPECT_EQ(machine.settled(), Settled(milliseconds(5400), true));
}

TEST(Settle, AnInterfaceThatComesLateStartsTheSecondAnew) {
  Machine machine;
  machine.changes = {milliseconds(300), milliseconds(1200)};
  EXPECT_EQ(machine.settled(), Settled(milliseconds(2200), true));
}

TEST(Settle, AMachineThatIsNeverQuietIsTakenAsItIsAfterThirtySeconds) {
  Machine machine;
  machine.complete_after = hours(1);
  EXPECT_EQ(machine.settled(), Settled(seconds(30), false));
}

TEST(Settle, ASourceThatFailsIsNotQuiet) {
  Machine machine;
  machine.source.events_error = Error{"no buffer"};
  EXPECT_EQ(machine.settled(), Settled(seconds(30), false));
}

}  // namespace
}  // namespace hvnet
