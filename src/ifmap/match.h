// Who is who: which of the map's entries each interface that is present already has.
//
// Threads: any, one at a time. Ownership: an AssignPass borrows the candidates. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ifmap/map_entries.h"

namespace hvnet {

// An interface that the last call of IndexMap::assign() saw, and its number.
struct KnownInterface {
  KernelIndex kernel_index{};
  IfIndex index{};
  bool adapter = false;
};

// Which entry of the map an interface that is present has.
struct Match {
  std::optional<IfIndex> index;  // none: the map does not know this interface
  bool known = false;            // it was there in the last call, with this number
  bool moved = false;            // a pin, or its being new, gave it this number just now
};

// What one call of IndexMap::assign() works on, handed from step to step.
struct AssignPass {
  std::span<const Candidate> present;
  std::int64_t now_s = 0;
  std::vector<Match> matches;   // one for each candidate
  std::vector<IfIndex> pinned;  // numbers that pins decided
  std::vector<IfIndex> added;   // numbers that have a new entry
  bool numbers_changed = false;
  std::vector<std::string> notices;
};

// One match for each candidate; no number is in two of them. In this order:
//   1. its instance GUID;
//   2. it lives on: the same kernel index as in the last call. A renamed one that is recognised by
//      name takes the entry of its new name, when there is one that nobody lives in;
//   3. its MAC, and its position where several have this MAC;
//   4. an unknown GUID takes over the entry of an absent one whose MAC was the same;
//   5. kind and name.
// `known` is sorted by kernel index.
std::vector<Match> match(std::span<const Candidate> present, std::span<const KnownInterface> known,
                         const MapEntries& entries);

}  // namespace hvnet
