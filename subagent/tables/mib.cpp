#include "tables/mib.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tables/ether_like_mib.h"
#include "tables/hvnet_mib.h"
#include "tables/hvnet_root.h"
#include "tables/if_mib.h"
#include "tables/mau_mib.h"

namespace hvnet {
namespace {

constexpr std::array<SubId, 8> kMauMod = {1, 3, 6, 1, 2, 1, 26, 6};
constexpr std::array<SubId, 7> kIfMib = {1, 3, 6, 1, 2, 1, 31};
constexpr std::array<SubId, 7> kEtherMib = {1, 3, 6, 1, 2, 1, 35};

constexpr std::array<TableList, 1> kMauTables = {mauMibTables};
constexpr std::array<TableList, 2> kIfTables = {ifMibTables, ifMibRelationTables};
constexpr std::array<TableList, 1> kEtherTables = {etherLikeMibTables};
constexpr std::array<TableList, 1> kHvnetTables = {hvnetMibTables};

constexpr std::array kModules = {
    Module{"IF-MIB", kIfMib, "interfaces, numbered in the hypervisor's order (RFC 2863)",
           kIfTables},
    Module{"EtherLike-MIB", kEtherMib, "Ethernet's own errors and duplex (RFC 3635)", kEtherTables},
    Module{"MAU-MIB", kMauMod, "the media of the hypervisor's adapters (RFC 4836)", kMauTables},
    Module{"HVNET-MIB", kHvnetRoot, "the hypervisor's adapters, their drivers and their drops",
           kHvnetTables},
};

bool isBefore(OidView left, OidView right) {
  return std::ranges::lexicographical_compare(left, right);
}

bool isUnder(OidView oid, OidView root) {
  return oid.size() >= root.size() && std::ranges::equal(oid.first(root.size()), root);
}

}  // namespace

std::span<const Module> modules() {
  return kModules;
}

Mib::Mib() {
  for (const Module& module : kModules) {
    for (const TableList& tables : module.tables) {
      for (const Table& table : tables()) add(table);
    }
  }
  std::ranges::sort(subtrees_, isBefore, &Subtree::root);
}

void Mib::add(const Table& table) {
  Subtree subtree{&table, {table.entry.begin(), table.entry.end()}};
  if (!isScalar(table)) {
    subtree.root.pop_back();
  } else if (table.columns.size() == 1) {
    subtree.root.push_back(table.columns.front().number);
  }
  subtrees_.push_back(std::move(subtree));
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
