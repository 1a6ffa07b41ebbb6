#include "tables/mib.h"

#include <algorithm>

#include "tables/if_mib.h"

namespace hvnet {
namespace {

bool isBefore(OidView left, OidView right) {
  return std::ranges::lexicographical_compare(left, right);
}

bool isUnder(OidView oid, OidView root) {
  return oid.size() >= root.size() && std::ranges::equal(oid.first(root.size()), root);
}

}  // namespace

Mib::Mib() {
  for (const Table& table : ifMibTables()) {
    Subtree subtree{&table, {table.entry.begin(), table.entry.end()}};
    if (isScalar(table)) subtree.root.push_back(table.columns.front().number);
    subtrees_.push_back(std::move(subtree));
  }
  std::ranges::sort(subtrees_, isBefore, &Subtree::root);
}

const Subtree* Mib::subtreeOf(OidView oid) const {
  // The last subtree that does not start behind `oid` is the only one that can hold it.
  const auto behind = std::ranges::upper_bound(subtrees_, oid, isBefore, &Subtree::root);
  if (behind == subtrees_.begin()) return nullptr;
  const Subtree& subtree = *std::prev(behind);
  return isUnder(oid, subtree.root) ? &subtree : nullptr;
}

GetResult Mib::get(const View& view, OidView oid) const {
  const Subtree* subtree = subtreeOf(oid);
  return subtree == nullptr ? GetResult{} : hvnet::get(*subtree->table, view, oid);
}

std::optional<Found> Mib::next(const View& view, OidView oid, bool inclusive, OidView end) const {
  auto subtree = std::ranges::upper_bound(subtrees_, oid, isBefore, &Subtree::root);
  if (subtree != subtrees_.begin()) --subtree;
  for (; subtree != subtrees_.end(); ++subtree) {
    if (!end.empty() && !isBefore(subtree->root, end)) return std::nullopt;
    const auto cell = hvnet::next(*subtree->table, view, oid, inclusive);
    if (!cell) continue;
    if (!end.empty() && !isBefore(viewOf(oidOf(*subtree->table, view, *cell)), end))
      return std::nullopt;
    return Found{subtree->table, *cell};
  }
  return std::nullopt;
}

}  // namespace hvnet
