#include "snapshot/settings.h"

#include <gtest/gtest.h>

#include "snapshots.h"

namespace hvnet {
namespace {

using test::interfaceAt;

RowSettings named(std::string alias) {
  RowSettings out;
  out.alias = std::move(alias);
  return out;
}

TEST(Settings, StandOverWhatTheKernelSays) {
  std::vector<Interface> rows = {interfaceAt(1), interfaceAt(2)};
  rows[0].alias = rows[1].alias = "the kernel's";
  rows[0].trap_enable = TrapEnable::kEnabled;
  Settings settings;
  settings[IfIndex{1}].alias = "mine";
  settings[IfIndex{1}].trap_enable = TrapEnable::kDisabled;
  settings[IfIndex{7}].alias = "of nobody here";
  applySettings(settings, rows);
  EXPECT_EQ(rows[0].alias, "mine");
  EXPECT_EQ(rows[0].trap_enable, TrapEnable::kDisabled);
  EXPECT_EQ(rows[1].alias, "the kernel's");
  EXPECT_EQ(rows[1].trap_enable, TrapEnable::kDisabled) << "as it was";
}

TEST(Settings, LeaveTheKernelsAliasWhereNoneOrAnEmptyOneWasSet) {
  std::vector<Interface> rows = {interfaceAt(1), interfaceAt(2)};
  rows[0].alias = rows[1].alias = "the kernel's";
  Settings settings;
  settings[IfIndex{1}].trap_enable = TrapEnable::kEnabled;
  settings[IfIndex{2}] = named("");
  applySettings(settings, rows);
  EXPECT_EQ(rows[0].alias, "the kernel's");
  EXPECT_EQ(rows[0].trap_enable, TrapEnable::kEnabled);
  EXPECT_EQ(rows[1].alias, "the kernel's");
}

TEST(Settings, StandOverTheConfigurationsThresholdsOneByOne) {
  const AlarmSettings configured{50, 5, 4, std::chrono::seconds(20)};
  Settings settings;
  settings[IfIndex{1}].ratio = 0;
  settings[IfIndex{2}].rising = 70;
  settings[IfIndex{2}].falling = 60;
  EXPECT_EQ(withSettings(configured, settings, IfIndex{1}),
            (AlarmSettings{50, 5, 0, std::chrono::seconds(20)}));
  EXPECT_EQ(withSettings(configured, settings, IfIndex{2}),
            (AlarmSettings{70, 60, 4, std::chrono::seconds(20)}));
  EXPECT_EQ(withSettings(configured, settings, IfIndex{3}), configured);
}

TEST(Settings, NeverLetAnAlarmFallAboveWhereItRisesWhenTheConfigurationHasChanged) {
  Settings settings;
  settings[IfIndex{1}].rising = 10;
  settings[IfIndex{2}].falling = 30;
  const AlarmSettings configured{20, 15, 4, std::chrono::seconds(10)};
  EXPECT_EQ(withSettings(configured, settings, IfIndex{1}).falling, 10U);
  EXPECT_EQ(withSettings(configured, settings, IfIndex{2}).falling, 20U);
  EXPECT_EQ(withSettings(configured, settings, IfIndex{2}).rising, 20U);
}

}  // namespace
}  // namespace hvnet
