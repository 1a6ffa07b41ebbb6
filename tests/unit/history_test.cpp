#include "snapshot/describe/history.h"

#include <gtest/gtest.h>

#include <chrono>

#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using test::interfaceAt;

class History : public testing::Test {
 protected:
  [[nodiscard]] static TimePoint at(int seconds) {
    return TimePoint{} + std::chrono::seconds(seconds);
  }
  static Interfaces with(std::vector<Interface> rows, std::vector<StackEntry> stack = {}) {
    Interfaces out;
    out.rows = std::move(rows);
    out.stack = std::move(stack);
    return out;
  }
  InterfaceHistory history_;
};

TEST_F(History, SortsRowsAndDatesNothingAtFirst) {
  const auto rows = history_.update(with({interfaceAt(3), interfaceAt(1)}), at(10));
  EXPECT_EQ(rows->rows[0].index, IfIndex{1});
  EXPECT_EQ(rows->rows[1].index, IfIndex{3});
  EXPECT_EQ(rows->last_change, TimePoint{});
  EXPECT_EQ(rows->rows[0].last_change, TimePoint{});
}

TEST_F(History, DatesAChangeOfTheOperationalState) {
  history_.update(with({interfaceAt(1), interfaceAt(2)}), at(10));
  Interface down = interfaceAt(1);
  down.oper_status = OperStatus::kDown;
  auto rows = history_.update(with({down, interfaceAt(2)}), at(20));
  EXPECT_EQ(rows->rows[0].last_change, at(20));
  EXPECT_EQ(rows->rows[1].last_change, TimePoint{});
  rows = history_.update(with({down, interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->rows[0].last_change, at(20));
  EXPECT_EQ(rows->last_change, TimePoint{});
}

TEST_F(History, DatesRowsThatComeAndGo) {
  history_.update(with({interfaceAt(1)}), at(10));
  auto rows = history_.update(with({interfaceAt(1), interfaceAt(2)}), at(20));
  EXPECT_EQ(rows->last_change, at(20));
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  rows = history_.update(with({interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->last_change, at(30));
  rows = history_.update(with({interfaceAt(2)}), at(40));
  EXPECT_EQ(rows->last_change, at(30));
}

TEST_F(History, DatesACounterDiscontinuityAndKeepsItOverAnUpdate) {
  history_.update(with({interfaceAt(1), interfaceAt(2)}), at(10));
  auto rows = history_.discontinue(std::vector<std::size_t>{1}, at(20));
  EXPECT_EQ(rows->rows[0].counter_discontinuity, TimePoint{});
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  rows = history_.update(with({interfaceAt(1), interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  EXPECT_EQ(rows->last_change, TimePoint{});
}

TEST_F(History, TakesAnotherDeviceBehindANumberForANewRow) {
  history_.update(with({interfaceAt(1)}), at(10));
  Interface again = interfaceAt(1);
  again.kernel_index = KernelIndex{77};
  const auto rows = history_.update(with({again}), at(20));
  EXPECT_EQ(rows->rows[0].counter_discontinuity, at(20));
  EXPECT_EQ(rows->last_change, at(20));
}

TEST_F(History, DatesAChangeOfWhatStandsOnWhat) {
  const StackEntry alone{IfIndex{1}, IfIndex{0}};
  const StackEntry over{IfIndex{1}, IfIndex{2}};
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {alone}), at(10))->stack_last_change,
            TimePoint{});
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {over}), at(20))->stack_last_change, at(20));
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {over}), at(30))->stack_last_change, at(20));
}

}  // namespace
}  // namespace hvnet
