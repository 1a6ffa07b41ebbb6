#include "tables/mib.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "snapshots.h"

namespace hvnet {
namespace {

using Oid = std::vector<SubId>;

class WholeMib : public testing::Test {
 protected:
  [[nodiscard]] std::optional<Oid> nextAfter(const Oid& from, bool inclusive = false,
                                             const Oid& end = {}) const {
    const auto found = mib_.next(view_, from, inclusive, end);
    if (!found) return std::nullopt;
    const CellOid name = oidOf(*found->table, view_, found->cell);
    return Oid(name.begin(), name.end());
  }

  Mib mib_;
  Snapshot snapshot_ = test::snapshotOf({1, 2, 3, 256, 300});
  UptimeClock clock_;
  View view_{snapshot_, clock_, {}};
};

bool isUnder(const Oid& oid, OidView root) {
  return oid.size() >= root.size() && std::ranges::equal(OidView(oid).first(root.size()), root);
}

TEST_F(WholeMib, HasDisjointSubtreesInOrder) {
  const auto subtrees = mib_.subtrees();
  for (std::size_t i = 1; i < subtrees.size(); ++i) {
    const Oid& before = subtrees[i - 1].root;
    EXPECT_LT(before, subtrees[i].root);
    const bool nested = subtrees[i].root.size() >= before.size() &&
                        std::equal(before.begin(), before.end(), subtrees[i].root.begin());
    EXPECT_FALSE(nested) << subtrees[i].table->name;
  }
}

TEST_F(WholeMib, WalksEveryObjectOnceAndInOrder) {
  Oid at = {1, 3};
  std::size_t count = 0;
  while (const auto name = nextAfter(at)) {
    ASSERT_LT(at, *name);
    at = *name;
    ++count;
    EXPECT_TRUE(mib_.get(view_, at).value);
  }
  // ifNumber, 19 instantiated columns of ifTable, 4 of dot3StatsTable, 13 of ifXTable,
  // ifTableLastChange, ifStackLastChange; and of hvnetAgent what the source's health tells.
  EXPECT_EQ(count, 1U + 19U * 5U + 4U * 5U + 13U * 5U + 1U + 1U + 3U);
}

TEST_F(WholeMib, StopsBeforeTheEndOfTheSearchRange) {
  const Oid start = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 3};
  EXPECT_EQ(nextAfter(start, false, {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 256}), std::nullopt);
  EXPECT_EQ(nextAfter(start, false, {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 257}),
            Oid({1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 256}));
  EXPECT_EQ(nextAfter(start, true, {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 4}), start);
  EXPECT_EQ(nextAfter({1, 3, 6, 1, 2, 1, 2, 2, 1, 22, 300}, false, {1, 3, 6, 1, 2, 1, 2, 2, 2}),
            std::nullopt);
}

TEST_F(WholeMib, KnowsTheScalars) {
  const GetResult number = mib_.get(view_, Oid({1, 3, 6, 1, 2, 1, 2, 1, 0}));
  ASSERT_TRUE(number.value);
  EXPECT_EQ(number.value->number, 5U);
  EXPECT_EQ(mib_.get(view_, Oid({1, 3, 6, 1, 2, 1, 2, 1, 1})).missing, Missing::kNoSuchInstance);
  EXPECT_EQ(nextAfter({1, 3, 6, 1, 2, 1, 2, 1, 0}), Oid({1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 1}));
  EXPECT_EQ(nextAfter({1, 3, 6, 1, 2, 1, 31, 1, 5}), Oid({1, 3, 6, 1, 2, 1, 31, 1, 5, 0}));
  EXPECT_EQ(nextAfter({1, 3, 6, 1, 2, 1, 31, 1, 5, 0}), Oid({1, 3, 6, 1, 2, 1, 31, 1, 6, 0}));
  EXPECT_EQ(nextAfter({2}), std::nullopt);
}

TEST_F(WholeMib, ListsEveryModuleOnce) {
  std::vector<std::string_view> names;
  std::vector<Oid> identities;
  for (const Module& module : modules()) {
    names.push_back(module.name);
    identities.emplace_back(module.identity.begin(), module.identity.end());
    EXPECT_FALSE(module.description.empty()) << module.name;
  }
  EXPECT_EQ(names,
            std::vector<std::string_view>({"IF-MIB", "EtherLike-MIB", "MAU-MIB", "HVNET-MIB"}));
  std::ranges::sort(identities);
  EXPECT_EQ(std::ranges::adjacent_find(identities), identities.end());
}

TEST_F(WholeMib, ServesEveryTableOfEveryModule) {
  std::size_t tables = 0;
  for (const Module& module : modules()) {
    for (const TableList& list : module.tables) {
      for (const Table& table : list()) {
        ++tables;
        const bool served = std::ranges::any_of(
            mib_.subtrees(), [&](const Subtree& subtree) { return subtree.table == &table; });
        EXPECT_TRUE(served) << table.name;
      }
    }
  }
  EXPECT_EQ(tables, mib_.subtrees().size());
}

TEST_F(WholeMib, SaysOfEveryObjectWhereItComesFrom) {
  for (const Subtree& subtree : mib_.subtrees()) {
    for (const Column& column : subtree.table->columns) {
      EXPECT_FALSE(column.source.empty()) << column.name;
    }
  }
}

// Registered at its entry, a walk would go on from our last row into a row of the master's own
// table.
TEST_F(WholeMib, OwnsATableFromItsRootOn) {
  for (const Subtree& subtree : mib_.subtrees()) {
    if (isScalar(*subtree.table)) continue;
    EXPECT_TRUE(std::ranges::equal(subtree.root,
                                   subtree.table->entry.first(subtree.table->entry.size() - 1)))
        << subtree.table->name;
    EXPECT_EQ(mib_.subtreeOf(subtree.table->entry), &subtree);
  }
}

TEST_F(WholeMib, RegistersSeveralScalarsOfOneParentTogether) {
  const auto agent = std::ranges::find_if(
      mib_.subtrees(), [](const Subtree& one) { return one.table->name == "hvnetAgent"; });
  ASSERT_NE(agent, mib_.subtrees().end());
  EXPECT_TRUE(std::ranges::equal(agent->root, agent->table->entry));
  Oid state = agent->root;
  state.insert(state.end(), {4, 0});
  EXPECT_EQ(mib_.get(view_, state).value->number, 1U);
  EXPECT_TRUE(isUnder(*nextAfter(state), agent->root));
}

TEST_F(WholeMib, HasNoObjectOutsideItsSubtrees) {
  for (const Oid& oid : {Oid{}, Oid{1, 3}, Oid{1, 3, 6, 1, 2, 1, 1, 3, 0}, Oid{2, 5},
                         Oid{1, 3, 6, 1, 2, 1, 2, 2}, Oid{1, 3, 6, 1, 2, 1, 31, 1, 7, 0}}) {
    EXPECT_EQ(mib_.get(view_, oid).missing, Missing::kNoSuchObject);
    EXPECT_FALSE(mib_.get(view_, oid).value);
  }
}

}  // namespace
}  // namespace hvnet
