#include "ifmap/pinned_seats.h"

#include <algorithm>
#include <tuple>

#include "base/escape.h"
#include "ifmap/map_text.h"
#include "ifmap/order.h"

namespace hvnet {
namespace {

// An interface that matches a pin.
struct Claim {
  std::size_t pin;    // place among the pins
  std::size_t place;  // among the candidates
  bool holds;         // has the number already
};

class PinnedSeats {
 public:
  PinnedSeats(Round& round, EntryBook& book, PinBoard& pins)
      : round_(round),
        book_(book),
        pins_(pins),
        settled_(round.seats.size(), false),
        pin_done_(pins.pins().size(), false) {}

  void leavePinnedNumbers();
  void takePinnedNumbers();

 private:
  void leave(std::size_t place, const Pin& pin);
  [[nodiscard]] std::vector<Claim> claims() const;
  [[nodiscard]] bool isReservedAgainst(const Candidate& candidate, const Pin& pin) const;
  void takePinnedNumber(std::size_t place, const Pin& pin);

  Round& round_;
  EntryBook& book_;
  PinBoard& pins_;
  std::vector<bool> settled_;   // candidates whose number a pin has decided
  std::vector<bool> pin_done_;  // pins whose number is given in this round
};

// A MAC that changes under a living interface, or a GUID that cannot be read for once, does not
// cost it its number; a name does, because whoever pins a name wants the number to follow it.
bool forgives(const Pin& pin, const Candidate& resident) {
  if (std::holds_alternative<MacIdentity>(pin.target)) return true;
  return std::holds_alternative<GuidIdentity>(pin.target) && !resident.guid;
}

// Nobody keeps a number that is pinned to somebody else.
void PinnedSeats::leavePinnedNumbers() {
  for (std::size_t place = 0; place < round_.seats.size(); ++place) {
    const Seat& seat = round_.seats[place];
    const Pin* pin = seat.index ? pins_.at(*seat.index) : nullptr;
    if (pin == nullptr || matches(pin->target, round_.present[place])) continue;
    if (seat.resident && forgives(*pin, round_.present[place])) {
      settled_[place] = true;
      pin_done_[static_cast<std::size_t>(pin - pins_.pins().data())] = true;
    } else {
      leave(place, *pin);
    }
  }
}

void PinnedSeats::leave(std::size_t place, const Pin& pin) {
  round_.seats[place] = Seat{};
  // Two numbers for one identity would be one too many; an older identity may wait for its owner.
  const MapEntry& entry = *book_.find(pin.index);
  if (isKnownAs(entry.identity, round_.present[place])) book_.retire(pin.index);
  round_.notices.push_back(numberText(pin.index) + ": " + escapeWord(round_.present[place].name) +
                           " leaves it, because it is pinned to " + toText(pin.target) + " (" +
                           pin.where + ")");
  round_.numbers_changed = true;
}

// Sorted by pin, and for each pin the best claim first: who has the number, then adapters (the
// VLANs and bridges over an adapter have its MAC), then the order of first sight.
std::vector<Claim> PinnedSeats::claims() const {
  std::vector<Claim> found;
  for (std::size_t place = 0; place < round_.present.size(); ++place) {
    for (const std::size_t pin : pins_.matching(round_.present[place])) {
      found.push_back({pin, place, round_.seats[place].index == pins_.pins()[pin].index});
    }
  }
  std::ranges::sort(found, [&](const Claim& a, const Claim& b) {
    const Candidate& left = round_.present[a.place];
    const Candidate& right = round_.present[b.place];
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
bool PinnedSeats::isReservedAgainst(const Candidate& candidate, const Pin& pin) const {
  const MapEntry* entry = book_.find(pin.index);
  if (entry == nullptr || candidate.adapter) return false;
  if (!std::holds_alternative<MacIdentity>(pin.target)) return false;
  return std::holds_alternative<GuidIdentity>(entry->identity) ||
         std::holds_alternative<MacIdentity>(entry->identity);
}

void PinnedSeats::takePinnedNumbers() {
  for (const Claim& claim : claims()) {
    const Pin& pin = pins_.pins()[claim.pin];
    const Candidate& candidate = round_.present[claim.place];
    if (pin_done_[claim.pin] || isReservedAgainst(candidate, pin)) continue;
    if (settled_[claim.place]) {
      if (pins_.firstOverruling(claim.pin)) {
        round_.notices.push_back(pin.where + ": " + toText(pin.target) + " is " +
                                 escapeWord(candidate.name) +
                                 ", which an earlier line pins; this line has no effect on it");
      }
      continue;
    }
    takePinnedNumber(claim.place, pin);
    settled_[claim.place] = true;
    pin_done_[claim.pin] = true;
  }
}

void PinnedSeats::takePinnedNumber(std::size_t place, const Pin& pin) {
  Seat& seat = round_.seats[place];
  round_.pinned.push_back(pin.index);
  if (seat.index == pin.index) return;
  if (seat.index) {
    book_.retire(*seat.index);
    round_.notices.push_back(numberText(pin.index) + ": " + escapeWord(round_.present[place].name) +
                             " had " + numberText(*seat.index) + " until now, moved by " +
                             pin.where);
  }
  if (book_.find(pin.index) == nullptr) book_.add(pin.index);
  seat = Seat{.index = pin.index, .resident = false, .moved = true};
  round_.numbers_changed = true;
}

}  // namespace

void seatPinned(Round& round, EntryBook& book, PinBoard& pins) {
  if (pins.empty()) return;
  PinnedSeats step(round, book, pins);
  step.leavePinnedNumbers();
  step.takePinnedNumbers();
}

}  // namespace hvnet
