// All tables that are served, as one ordered tree: what a request walks over.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tables/table.h"

namespace hvnet {

// A MIB module: what sysORTable says of it, and the tables that are served.
using TableList = std::span<const Table> (*)();
struct Module {
  std::string_view name;
  OidView identity;  // its MODULE-IDENTITY
  std::string_view description;
  std::span<const TableList> tables;  // one list for each source file
};

// Every module served, each once.
std::span<const Module> modules();

// A subtree that is wholly ours: a table's root (ifTable, not ifEntry, so that no row of another
// agent's ifTable stands behind our last one), a scalar's object, or the parent of several scalars.
struct Subtree {
  const Table* table = nullptr;
  std::vector<SubId> root;
};

// A cell, and the table it was found in.
struct Found {
  const Table* table = nullptr;
  Cell cell;
};

class Mib {
 public:
  // Of every module served.
  Mib();

  // Ascending by root; disjoint.
  [[nodiscard]] std::span<const Subtree> subtrees() const { return subtrees_; }

  // The one that `oid` stands under; nullptr when it is none of ours.
  [[nodiscard]] const Subtree* subtreeOf(OidView oid) const;
  [[nodiscard]] GetResult get(const View& view, OidView oid) const;
  // The first cell after `oid` (or at it) and before `end`; an empty `end` is no limit.
  [[nodiscard]] std::optional<Found> next(const View& view, OidView oid, bool inclusive,
                                          OidView end) const;

 private:
  void add(const Table& table);

  std::vector<Subtree> subtrees_;
};

}  // namespace hvnet
