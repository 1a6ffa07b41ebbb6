// The pins of the configuration: which number is promised to whom.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ifmap/map_entry.h"
#include "ifmap/pin.h"

namespace hvnet {

// An adapter by its GUID; anything by its permanent MAC or its current name.
bool matches(const PinTarget& target, const Candidate& candidate);

class PinBoard {
 public:
  PinBoard() = default;
  // An error when two pins have one number or one target, and when a number is already somebody
  // else's in the map. A retired number may be pinned: the pin may have moved away and back.
  static Result<PinBoard> create(std::vector<Pin> pins, std::span<const MapEntry> entries);

  [[nodiscard]] bool empty() const { return pins_.empty(); }
  [[nodiscard]] const std::vector<Pin>& pins() const { return pins_; }  // in the order given
  // The pin on this number; null when there is none.
  [[nodiscard]] const Pin* at(IfIndex index) const;
  // The MAC that this number is pinned to; null when it is not pinned to a MAC.
  [[nodiscard]] const MacIdentity* macAt(IfIndex index) const;
  // The pins that the candidate matches, as places in pins(), by increasing place.
  [[nodiscard]] std::vector<std::size_t> matching(const Candidate& candidate) const;

  // A pin loses against an earlier one: true the first time, so that it is said once.
  bool firstOverruling(std::size_t place);

 private:
  Result<void> enter(std::size_t place);

  std::vector<Pin> pins_;
  std::map<IfIndex, std::size_t> by_index_;
  std::map<PinTarget, std::size_t> by_target_;
  std::set<std::size_t> overruled_;
};

}  // namespace hvnet
