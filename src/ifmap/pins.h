// The pins of the configuration, `ifIndex 3 mac 00:15:5d:01:02:03`: which number is promised to
// whom.
//
// Threads: any, one at a time. Ownership: the Pins own them.
// Errors: of create(), which name the line of the configuration.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "ifmap/map_entries.h"
#include "ifmap/match.h"

namespace hvnet {

struct PinnedName {
  std::string name;
  auto operator<=>(const PinnedName&) const = default;
};
using PinTarget = std::variant<GuidIdentity, MacIdentity, PinnedName>;

struct Pin {
  IfIndex index{};
  PinTarget target;
  std::string where;  // "hvnet-subagent.conf:4", for the error message
};

// "mac 00:15:…", as the configuration spells it.
std::string toText(const PinTarget& target);

// An adapter by its GUID; anything by its permanent MAC or its current name.
bool matches(const PinTarget& target, const Candidate& candidate);

class Pins {
 public:
  Pins() = default;
  // An error when two pins have one number or one target, and when a number is already somebody
  // else's in the map. A retired number may be pinned: the pin may have moved away and back.
  static Result<Pins> create(std::vector<Pin> pins, std::span<const MapEntry> entries);

  [[nodiscard]] bool empty() const { return pins_.empty(); }
  [[nodiscard]] const std::vector<Pin>& all() const { return pins_; }  // in the order given
  // The pin on this number; null when there is none.
  [[nodiscard]] const Pin* at(IfIndex index) const;
  // The MAC that this number is pinned to; null when it is not pinned to a MAC.
  [[nodiscard]] const MacIdentity* macAt(IfIndex index) const;
  // The pins that the candidate matches, as places in all(), by increasing place.
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

// The step of IndexMap::assign() in which the configuration has its way: every interface leaves a
// number that is pinned to another one, and whoever matches a pin gets its number.
void applyPins(AssignPass& pass, MapEntries& entries, Pins& pins);

}  // namespace hvnet
