#include "ifmap/pins.h"

#include <algorithm>
#include <tuple>

#include "base/escape.h"

namespace hvnet {
namespace {

// Whether the entry is, as far as the map knows, the interface that the pin means.
struct IsEntryOf {
  const MapEntry& entry;

  bool operator()(const GuidIdentity& pinned) const { return entry.identity == Identity{pinned}; }
  bool operator()(const MacIdentity& pinned) const { return entry.mac == pinned.mac; }
  bool operator()(const PinnedName& pinned) const { return entry.name == pinned.name; }
};

// "lan0's (mac 00:15:…)"
std::string ownerText(const MapEntry& entry) {
  const std::string who = toText(entry.identity);
  return entry.name.empty() ? who : escapeWord(entry.name) + "'s (" + who + ")";
}

Result<void> checkAgainst(std::span<const MapEntry> entries, const Pin& pin) {
  const auto entry = std::ranges::find(entries, pin.index, &MapEntry::index);
  if (entry == entries.end()) return {};
  if (std::holds_alternative<RetiredIdentity>(entry->identity)) return {};
  if (std::visit(IsEntryOf{*entry}, pin.target)) return {};
  return fail(pin.where + ": " + numberText(pin.index) + " is already " + ownerText(*entry) +
              " in ifindex.map; choose another number or rebuild the map");
}

struct TargetText {
  std::string operator()(const GuidIdentity& pinned) const { return "guid " + toText(pinned.guid); }
  std::string operator()(const MacIdentity& pinned) const { return "mac " + toText(pinned.mac); }
  std::string operator()(const PinnedName& pinned) const {
    return "name " + escapeWord(pinned.name);
  }
};

struct Matches {
  const Candidate& candidate;

  bool operator()(const GuidIdentity& pinned) const {
    return candidate.adapter && candidate.guid == pinned.guid;
  }
  bool operator()(const MacIdentity& pinned) const { return candidate.mac == pinned.mac; }
  bool operator()(const PinnedName& pinned) const { return candidate.name == pinned.name; }
};

}  // namespace

std::string toText(const PinTarget& target) {
  return std::visit(TargetText{}, target);
}

bool matches(const PinTarget& target, const Candidate& candidate) {
  return std::visit(Matches{candidate}, target);
}

Result<Pins> Pins::create(std::vector<Pin> pins, std::span<const MapEntry> entries) {
  Pins board;
  board.pins_ = std::move(pins);
  for (std::size_t place = 0; place < board.pins_.size(); ++place) {
    if (auto entered = board.enter(place); !entered) return fail(entered.error().text);
    if (auto agreed = checkAgainst(entries, board.pins_[place]); !agreed) {
      return fail(agreed.error().text);
    }
  }
  return board;
}

Result<void> Pins::enter(std::size_t place) {
  const Pin& pin = pins_[place];
  const auto number = static_cast<std::uint32_t>(pin.index);
  if (number < 1 || pin.index > kLastIndex) {
    return fail(pin.where + ": " + numberText(pin.index) +
                " does not exist; choose a number from 1 to 2147483647");
  }
  if (const auto [other, fresh] = by_index_.emplace(pin.index, place); !fresh) {
    const Pin& first = pins_[other->second];
    return fail(pin.where + ": " + numberText(pin.index) + " is already pinned to " +
                toText(first.target) + " (" + first.where + "); choose another number");
  }
  if (const auto [other, fresh] = by_target_.emplace(pin.target, place); !fresh) {
    const Pin& first = pins_[other->second];
    return fail(pin.where + ": " + toText(pin.target) + " is already pinned to " +
                numberText(first.index) + " (" + first.where + "); remove one of the two lines");
  }
  return {};
}

const Pin* Pins::at(IfIndex index) const {
  const auto found = by_index_.find(index);
  return found == by_index_.end() ? nullptr : &pins_[found->second];
}

const MacIdentity* Pins::macAt(IfIndex index) const {
  const Pin* pin = at(index);
  return pin == nullptr ? nullptr : std::get_if<MacIdentity>(&pin->target);
}

bool Pins::firstOverruling(std::size_t place) {
  return overruled_.insert(place).second;
}

std::vector<std::size_t> Pins::matching(const Candidate& candidate) const {
  std::vector<std::size_t> places;
  const auto look = [&](const PinTarget& target) {
    const auto found = by_target_.find(target);
    if (found != by_target_.end()) places.push_back(found->second);
  };
  if (candidate.adapter && candidate.guid) look(GuidIdentity{*candidate.guid});
  if (!candidate.mac.empty()) look(MacIdentity{candidate.mac});
  look(PinnedName{candidate.name});
  std::ranges::sort(places);
  return places;
}

// --- applyPins() --------------------------------------------------------------------------------

namespace {

// An interface that matches a pin.
struct Claim {
  std::size_t pin;    // place among the pins
  std::size_t place;  // among the candidates
  bool holds;         // has the number already
};

class PinsStep {
 public:
  PinsStep(AssignPass& pass, MapEntries& entries, Pins& pins)
      : pass_(pass),
        entries_(entries),
        pins_(pins),
        settled_(pass.matches.size(), false),
        pin_done_(pins.all().size(), false) {}

  void leavePinnedNumbers();
  void givePinnedNumbers();

 private:
  void leave(std::size_t place, const Pin& pin);
  [[nodiscard]] std::vector<Claim> claims() const;
  [[nodiscard]] bool isReservedAgainst(const Candidate& candidate, const Pin& pin) const;
  void givePinnedNumber(std::size_t place, const Pin& pin);

  AssignPass& pass_;
  MapEntries& entries_;
  Pins& pins_;
  std::vector<bool> settled_;   // candidates whose number a pin has decided
  std::vector<bool> pin_done_;  // pins whose number is given in this pass
};

// A MAC that changes under a living interface, or a GUID that cannot be read for once, does not
// cost it its number; a name does, because whoever pins a name wants the number to follow it.
bool mayKeep(const Pin& pin, const Candidate& known) {
  if (std::holds_alternative<MacIdentity>(pin.target)) return true;
  return std::holds_alternative<GuidIdentity>(pin.target) && !known.guid;
}

// Nobody keeps a number that is pinned to somebody else.
void PinsStep::leavePinnedNumbers() {
  for (std::size_t place = 0; place < pass_.matches.size(); ++place) {
    const Match& match = pass_.matches[place];
    const Pin* pin = match.index ? pins_.at(*match.index) : nullptr;
    if (pin == nullptr || matches(pin->target, pass_.present[place])) continue;
    if (match.known && mayKeep(*pin, pass_.present[place])) {
      settled_[place] = true;
      pin_done_[static_cast<std::size_t>(pin - pins_.all().data())] = true;
    } else {
      leave(place, *pin);
    }
  }
}

void PinsStep::leave(std::size_t place, const Pin& pin) {
  pass_.matches[place] = Match{};
  // Two numbers for one identity would be one too many; an older identity may wait for its owner.
  const MapEntry& entry = *entries_.find(pin.index);
  if (isKnownAs(entry.identity, pass_.present[place])) entries_.retire(pin.index);
  pass_.notices.push_back(numberText(pin.index) + ": " + escapeWord(pass_.present[place].name) +
                          " gets another number, because this one is pinned to " +
                          toText(pin.target) + " (" + pin.where + ")");
  pass_.numbers_changed = true;
}

// Sorted by pin, and for each pin the best claim first: who has the number, then adapters (the
// VLANs and bridges over an adapter have its MAC), then the order of first sight.
std::vector<Claim> PinsStep::claims() const {
  std::vector<Claim> found;
  for (std::size_t place = 0; place < pass_.present.size(); ++place) {
    for (const std::size_t pin : pins_.matching(pass_.present[place])) {
      found.push_back({pin, place, pass_.matches[place].index == pins_.all()[pin].index});
    }
  }
  std::ranges::sort(found, [&](const Claim& a, const Claim& b) {
    const Candidate& left = pass_.present[a.place];
    const Candidate& right = pass_.present[b.place];
    const auto rank = [](const Claim& claim, const Candidate& one) {
      return std::tuple(claim.pin, !claim.holds, !one.adapter);
    };
    const auto left_rank = rank(a, left);
    const auto right_rank = rank(b, right);
    return left_rank == right_rank ? sortsBefore(left, right) : left_rank < right_rank;
  });
  return found;
}

// An adapter that is away keeps its number against a bridge that borrows its MAC.
bool PinsStep::isReservedAgainst(const Candidate& candidate, const Pin& pin) const {
  const MapEntry* entry = entries_.find(pin.index);
  if (entry == nullptr || candidate.adapter) return false;
  if (!std::holds_alternative<MacIdentity>(pin.target)) return false;
  return std::holds_alternative<GuidIdentity>(entry->identity) ||
         std::holds_alternative<MacIdentity>(entry->identity);
}

void PinsStep::givePinnedNumbers() {
  for (const Claim& claim : claims()) {
    const Pin& pin = pins_.all()[claim.pin];
    const Candidate& candidate = pass_.present[claim.place];
    if (pin_done_[claim.pin] || isReservedAgainst(candidate, pin)) continue;
    if (settled_[claim.place]) {
      if (pins_.firstOverruling(claim.pin)) {
        pass_.notices.push_back(pin.where + ": " + toText(pin.target) + " is " +
                                escapeWord(candidate.name) +
                                ", which an earlier line already pins; this line is ignored");
      }
      continue;
    }
    givePinnedNumber(claim.place, pin);
    settled_[claim.place] = true;
    pin_done_[claim.pin] = true;
  }
}

void PinsStep::givePinnedNumber(std::size_t place, const Pin& pin) {
  Match& match = pass_.matches[place];
  pass_.pinned.push_back(pin.index);
  if (match.index == pin.index) return;
  if (match.index) {
    entries_.retire(*match.index);
    pass_.notices.push_back(numberText(pin.index) + ": " + escapeWord(pass_.present[place].name) +
                            " had " + numberText(*match.index) +
                            " until now, moved by the pin at " + pin.where);
  }
  if (entries_.find(pin.index) == nullptr) {
    entries_.add(pin.index);
    pass_.added.push_back(pin.index);
  }
  match = Match{.index = pin.index, .known = false, .moved = true};
  pass_.numbers_changed = true;
}

}  // namespace

void applyPins(AssignPass& pass, MapEntries& entries, Pins& pins) {
  if (pins.empty()) return;
  PinsStep step(pass, entries, pins);
  step.leavePinnedNumbers();
  step.givePinnedNumbers();
}

}  // namespace hvnet
