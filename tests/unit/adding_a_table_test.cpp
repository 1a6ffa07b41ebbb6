// The examples of docs/adding-a-table.md, word for word.
#include <gtest/gtest.h>

#include <array>

#include "document_examples.h"
#include "snapshots.h"
#include "table_reader.h"
#include "tables/interface_rows.h"
#include "tables/mib.h"

namespace hvnet {
namespace {

// clang-format off: as the document has it.
std::optional<std::uint32_t> usableMtu(const Interface& row) {
  if (row.oper_status != OperStatus::kUp) return std::nullopt;
  return row.mtu;
}

constexpr std::array kExampleColumns = {
    column<kDisplayString, &Interface::name>(1, "exampleName", "as ifName"),
    column<kUnsigned32, &usableMtu>(2, "exampleUsableMtu", "the MTU of a link that is up"),
};
static_assert(ascending(kExampleColumns));

constexpr std::array<SubId, 8> kExampleMib = {1, 3, 6, 1, 2, 1, 999, 1};
constexpr auto kExampleEntry = under(kExampleMib, 1, 1);

constexpr std::array kExampleTables = {
    Table{"exampleTable", kExampleEntry, kExampleColumns, interfaceCount, interfaceIndex,
          isAdapter},
};

std::span<const Table> exampleMibTables() {
  return kExampleTables;
}

constexpr std::array<TableList, 1> kExampleLists = {exampleMibTables};
constexpr Module kExampleModule{"EXAMPLE-MIB", kExampleMib, "an example", kExampleLists};
// clang-format on

TEST(AddingATable, HasItsExamplesFromHere) {
  const std::string source = test::textOf(HVNET_TESTS "/unit/adding_a_table_test.cpp");
  const auto examples = test::examplesOf(HVNET_TESTS "/../docs/adding-a-table.md");
  EXPECT_EQ(examples.size(), 6U);
  for (const std::string& example : examples) {
    EXPECT_NE(source.find(example), std::string::npos) << example;
  }
}

TEST(AddingATable, HasAnExampleThatIsServedAsItSays) {
  Interfaces interfaces;
  interfaces.rows = {test::adapterAt(1), test::adapterAt(2), test::interfaceAt(256)};
  interfaces.rows[0].oper_status = OperStatus::kUp;
  interfaces.rows[0].mtu = 1400;
  interfaces.rows[1].oper_status = OperStatus::kDown;
  const Snapshot snapshot = test::snapshotWith(std::move(interfaces));
  ASSERT_EQ(kExampleModule.tables.size(), 1U);
  const test::TableReader table(kExampleModule.tables.front()().front(), snapshot);
  EXPECT_EQ(table.number({2, 1}), 1400U);
  EXPECT_EQ(table.get({2, 2}).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(table.walk(), std::vector<test::Oid>({{1, 1}, {1, 2}, {2, 1}}));
}

}  // namespace
}  // namespace hvnet
