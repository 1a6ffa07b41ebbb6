#include "tables/set.h"

#include <gtest/gtest.h>

#include "snapshots.h"
#include "table_reader.h"
#include "tables/hvnet_mib.h"
#include "tables/if_mib.h"

namespace hvnet {
namespace {

using test::adapterAt;
using test::Oid;

constexpr SubId kTrapEnable = 14;
constexpr SubId kAlias = 18;
constexpr SubId kRising = 7;
constexpr SubId kFalling = 8;
constexpr SubId kRatio = 9;

Value octets(std::string_view text) {
  return {kOctetString, 0, text, {}};
}
Value integer(std::int64_t number) {
  return {kInteger32, static_cast<std::uint64_t>(number), {}, {}};
}
Value number(std::uint32_t number) {
  return {kUnsigned32, number, {}, {}};
}

// Adapters 1 and 2 with the default thresholds (50, 5, 4), and 256, which is none.
class SetTest : public testing::Test {
 protected:
  SetTest() {
    Interfaces interfaces;
    interfaces.rows = {adapterAt(1), adapterAt(2), test::interfaceAt(256)};
    snapshot_ = std::make_shared<const Snapshot>(test::snapshotWith(std::move(interfaces)));
    before_[IfIndex{2}].alias = "before";
  }

  SetRequest make() { return {std::make_shared<const Settings>(before_), snapshot_}; }
  static Oid name(const Table& table, SubId column, const Oid& index) {
    Oid out(table.entry.begin(), table.entry.end());
    out.push_back(column);
    out.insert(out.end(), index.begin(), index.end());
    return out;
  }
  // What a request of its own says of one value; it must leave everything as it was.
  std::optional<Refusal> refused(const Table& table, SubId column, const Oid& index,
                                 const std::optional<Value>& value) {
    SetRequest request = make();
    const Oid oid = name(table, column, index);
    const auto refusal = request.add(table, oid, value);
    if (!refusal) return request.review(table, oid);
    EXPECT_EQ(request.after(), before_);
    return refusal;
  }

  const Table& if_x_ = test::tableOf(ifMibTables(), "ifXTable");
  const Table& if_ = test::tableOf(ifMibTables(), "ifTable");
  const Table& alarms_ = test::tableOf(hvnetMibTables(), "hvnetAlarmTable");
  SnapshotPtr snapshot_;
  Settings before_;
};

TEST_F(SetTest, TakesInWhatIsRightAndKeepsWhatWasSetBefore) {
  SetRequest request = make();
  EXPECT_EQ(request.add(if_x_, name(if_x_, kAlias, {1}), octets("new")), std::nullopt);
  EXPECT_EQ(request.add(if_x_, name(if_x_, kTrapEnable, {1}), integer(2)), std::nullopt);
  EXPECT_EQ(request.add(alarms_, name(alarms_, kRising, {2}), number(100)), std::nullopt);
  EXPECT_EQ(request.add(alarms_, name(alarms_, kFalling, {2}), number(0)), std::nullopt);
  EXPECT_EQ(request.add(alarms_, name(alarms_, kRatio, {2}), number(0)), std::nullopt);
  Settings wanted = before_;
  wanted[IfIndex{1}].alias = "new";
  wanted[IfIndex{1}].trap_enable = TrapEnable::kDisabled;
  wanted[IfIndex{2}].rising = 100;
  wanted[IfIndex{2}].falling = 0;
  wanted[IfIndex{2}].ratio = 0;
  EXPECT_EQ(request.after(), wanted);
  EXPECT_EQ(*request.before(), before_);
}

TEST_F(SetTest, AnEmptyAliasTakesTheSetOneBackAndLeavesNoEmptyRow) {
  SetRequest request = make();
  EXPECT_EQ(request.add(if_x_, name(if_x_, kAlias, {2}), octets("")), std::nullopt);
  EXPECT_EQ(request.add(if_x_, name(if_x_, kAlias, {1}), octets("")), std::nullopt);
  EXPECT_TRUE(request.after().empty());
  EXPECT_EQ(request.review(if_x_, name(if_x_, kAlias, {2})), std::nullopt);
}

TEST_F(SetTest, RefusesWhatCannotBeWrittenWhateverIsWrittenThere) {
  EXPECT_EQ(refused(if_, 7, {1}, integer(1)), Refusal::kNotWritable);
  EXPECT_EQ(refused(if_x_, 1, {1}, std::nullopt), Refusal::kNotWritable);
  EXPECT_EQ(refused(if_x_, 1, {99}, octets("x")), Refusal::kNotWritable);
  EXPECT_EQ(refused(if_x_, 77, {1}, octets("x")), Refusal::kNotWritable) << "no such column";
  EXPECT_EQ(refused(alarms_, 1, {1}, integer(1)), Refusal::kNotWritable);
}

TEST_F(SetTest, RefusesAnotherTypeEvenWhereTheNumberWouldDo) {
  EXPECT_EQ(refused(if_x_, kAlias, {1}, integer(1)), Refusal::kWrongType);
  EXPECT_EQ(refused(if_x_, kAlias, {1}, std::nullopt), Refusal::kWrongType);
  EXPECT_EQ(refused(if_x_, kTrapEnable, {1}, number(1)), Refusal::kWrongType);
  EXPECT_EQ(refused(alarms_, kRising, {1}, integer(60)), Refusal::kWrongType);
}

TEST_F(SetTest, RefusesLengthsAndValuesOutsideTheSyntax) {
  EXPECT_EQ(refused(if_x_, kAlias, {1}, octets(std::string(64, 'x'))), std::nullopt);
  EXPECT_EQ(refused(if_x_, kAlias, {1}, octets(std::string(65, 'x'))), Refusal::kWrongLength);
  EXPECT_EQ(refused(if_x_, kAlias, {1}, octets("Zürich")), std::nullopt);
  EXPECT_EQ(refused(if_x_, kAlias, {1}, octets("Z\xfcrich")), Refusal::kWrongValue);
  EXPECT_EQ(refused(if_x_, kAlias, {1}, octets(std::string(65, '\xfc'))), Refusal::kWrongLength);
  EXPECT_EQ(refused(if_x_, kTrapEnable, {1}, integer(1)), std::nullopt);
  EXPECT_EQ(refused(if_x_, kTrapEnable, {1}, integer(2)), std::nullopt);
  for (const int wrong : {0, 3, -1, 257}) {
    EXPECT_EQ(refused(if_x_, kTrapEnable, {1}, integer(wrong)), Refusal::kWrongValue) << wrong;
  }
  EXPECT_EQ(refused(alarms_, kRising, {1}, number(0)), Refusal::kWrongValue);
  EXPECT_EQ(refused(alarms_, kRising, {1}, number(4294967295U)), std::nullopt);
  EXPECT_EQ(refused(alarms_, kRatio, {1}, number(4294967295U)), std::nullopt);
}

TEST_F(SetTest, MakesNoRows) {
  EXPECT_EQ(refused(if_x_, kAlias, {3}, octets("x")), Refusal::kNoCreation);
  EXPECT_EQ(refused(if_x_, kAlias, {}, octets("x")), Refusal::kNoCreation);
  EXPECT_EQ(refused(if_x_, kAlias, {1, 1}, octets("x")), Refusal::kNoCreation);
  EXPECT_EQ(refused(if_x_, kAlias, {256}, octets("x")), std::nullopt);
  EXPECT_EQ(refused(alarms_, kRising, {256}, number(60)), Refusal::kNoCreation) << "no adapter";
}

TEST_F(SetTest, ChecksTypeLengthAndValueBeforeTheRow) {
  EXPECT_EQ(refused(if_x_, kAlias, {3}, integer(1)), Refusal::kWrongType);
  EXPECT_EQ(refused(if_x_, kAlias, {3}, octets(std::string(65, 'x'))), Refusal::kWrongLength);
  EXPECT_EQ(refused(if_x_, kTrapEnable, {3}, integer(3)), Refusal::kWrongValue);
}

TEST_F(SetTest, RefusesAnAlarmThatWouldFallAboveWhereItRises) {
  EXPECT_EQ(refused(alarms_, kFalling, {1}, number(50)), std::nullopt);
  EXPECT_EQ(refused(alarms_, kFalling, {1}, number(51)), Refusal::kInconsistentValue);
  EXPECT_EQ(refused(alarms_, kRising, {1}, number(5)), std::nullopt);
  EXPECT_EQ(refused(alarms_, kRising, {1}, number(4)), Refusal::kInconsistentValue);
}

TEST_F(SetTest, JudgesThresholdsByWhatTheWholePduLeavesInAnyOrder) {
  SetRequest request = make();
  const Oid rising = name(alarms_, kRising, {1});
  const Oid falling = name(alarms_, kFalling, {1});
  ASSERT_EQ(request.add(alarms_, falling, number(400)), std::nullopt);
  ASSERT_EQ(request.add(alarms_, rising, number(500)), std::nullopt);
  EXPECT_EQ(request.review(alarms_, falling), std::nullopt);
  ASSERT_EQ(request.add(alarms_, rising, number(399)), std::nullopt);
  EXPECT_EQ(request.review(alarms_, falling), Refusal::kInconsistentValue);
  EXPECT_EQ(request.review(alarms_, rising), Refusal::kInconsistentValue);
  EXPECT_EQ(request.review(if_x_, name(if_x_, kAlias, {1})), std::nullopt) << "not its fault";
}

TEST_F(SetTest, EveryWritableColumnHasASetterAndNoOtherDoes) {
  for (const auto& tables : {ifMibTables(), ifMibRelationTables(), hvnetMibTables()}) {
    for (const Table& table : tables) {
      for (const Column& column : table.columns) {
        EXPECT_EQ(column.setter != nullptr, column.access == Access::kReadWrite) << column.name;
        if (column.setter == nullptr) continue;
        EXPECT_EQ(table.row_index, if_x_.row_index) << column.name;
      }
    }
  }
}

}  // namespace
}  // namespace hvnet
