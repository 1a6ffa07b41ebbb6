// Which number a newcomer gets, and which numbers may never be given again.
//
// From 256 up the numbers are given in order, and one number says how far: the high-water mark. All
// numbers up to it have been somebody's, whether the map still has an entry for them or not, and
// none of them is given again. From 1 to 255 the map keeps every entry, so the entries say it.
//
// A pin may give a number far above the mark. Such an entry is kept, and the mark goes up to it
// only when it is forgotten and not above kHighestMark, so that a pin on the last number does not
// use up all numbers before it.
//
// Threads: any, one at a time. Ownership: none. Errors: none; when all numbers up to 2147483647
// were given there is none left, and none is given a second time.
#pragma once

#include <cstdint>
#include <optional>

#include "ifmap/map_entries.h"
#include "ifmap/pins.h"

namespace hvnet {

// An entry above both this and the mark came from a pin: nobody has made a thousand million
// interfaces before the first mark was written.
constexpr IfIndex kHighestMark{1U << 30U};
// The mark before any number from 256 up was given.
constexpr IfIndex kNoneGiven{255};

class FreeNumbers {
 public:
  explicit FreeNumbers(IfIndex given_up_to) : given_up_to_(given_up_to) {}

  // The lowest of 1 to 255 that is in no entry and not pinned; when there is none, as forOther().
  std::optional<IfIndex> forAdapter(const MapEntries& entries, const Pins& pins);
  // The lowest above the mark that is in no entry and not pinned; the mark goes up to it.
  std::optional<IfIndex> forOther(const MapEntries& entries, const Pins& pins);

  // The entry of this number is forgotten.
  void forget(IfIndex number);
  [[nodiscard]] IfIndex givenUpTo() const { return given_up_to_; }

 private:
  std::uint32_t next_adapter_ = 1;
  IfIndex given_up_to_;
};

}  // namespace hvnet
