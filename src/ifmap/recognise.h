// Who is who: which of the map's entries each interface that is present already has.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ifmap/entry_book.h"

namespace hvnet {

// An interface that the last call saw, and its number.
struct Resident {
  KernelIndex kernel_index{};
  IfIndex index{};
  bool adapter = false;
};

struct Seat {
  std::optional<IfIndex> index;  // none: the map does not know this interface
  bool resident = false;         // it was there in the last call, with this number
  bool moved = false;            // a pin, or its being new, gave it this number just now
};

// One seat for each candidate; no number is in two of them. In this order:
//   1. its instance GUID;
//   2. it lives on: the same kernel index as in the last call. A renamed one that is recognised by
//      name takes the entry of its new name, when there is one that nobody lives in;
//   3. its MAC, and its position where several have this MAC;
//   4. an unknown GUID takes over the entry of an absent one whose MAC was the same;
//   5. kind and name.
// `residents` is sorted by kernel index.
std::vector<Seat> recognise(std::span<const Candidate> present, std::span<const Resident> residents,
                            const EntryBook& book);

}  // namespace hvnet
