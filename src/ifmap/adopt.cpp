#include "ifmap/adopt.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "ifmap/map_text.h"

namespace hvnet {
namespace {

// How much an identity tells: an adapter whose GUID cannot be read for once does not lose it.
std::size_t strength(const Identity& identity) {
  if (std::holds_alternative<GuidIdentity>(identity)) return 3;
  if (std::holds_alternative<MacIdentity>(identity)) return 2;
  return std::holds_alternative<NameIdentity>(identity) ? 1 : 0;
}

class Adoption {
 public:
  Adoption(Round& round, EntryBook& book, const PinBoard& pins)
      : round_(round), book_(book), pins_(pins) {}
  void run();

 private:
  [[nodiscard]] bool hasNewIdentity(const Candidate& candidate, const Seat& seat) const;
  [[nodiscard]] bool isFree(const Identity& identity, const Candidate& candidate,
                            bool may_share) const;
  void adopt(std::size_t place, const Identity& before);
  void tellOfNewGuid(std::size_t place, const Identity& before);

  Round& round_;
  EntryBook& book_;
  const PinBoard& pins_;
};

// Whether the interface in this seat should be recognised by something else from now on.
bool Adoption::hasNewIdentity(const Candidate& candidate, const Seat& seat) const {
  const MapEntry& entry = *book_.find(*seat.index);
  if (isKnownAs(entry.identity, candidate)) return false;
  if (seat.moved) return true;
  // Whoever keeps a pinned number although its MAC changed is still recognised by the old one, or
  // the map would contradict the pin.
  const Pin* pin = pins_.at(*seat.index);
  if (pin != nullptr && !matches(pin->target, candidate)) return false;
  return strength(identityOf(candidate)) >= strength(entry.identity);
}

// Names and MACs may be swapped, or passed on in a chain, within one call: so everybody who
// changes gives up the old identity before anybody takes a new one.
void Adoption::run() {
  std::vector<std::pair<std::size_t, Identity>> changing;  // candidate, identity until now
  for (std::size_t place = 0; place < round_.seats.size(); ++place) {
    const Seat& seat = round_.seats[place];
    if (hasNewIdentity(round_.present[place], seat)) {
      changing.emplace_back(place, book_.find(*seat.index)->identity);
    }
  }
  std::vector<IfIndex> leaving;
  leaving.reserve(changing.size());
  for (const auto& [place, before] : changing) leaving.push_back(*round_.seats[place].index);
  std::ranges::sort(leaving);
  // Who wants what stays another's changes nothing.
  std::erase_if(changing, [&](const auto& change) {
    if (round_.seats[change.first].moved) return false;
    const auto owners = book_.findAll(identityOf(round_.present[change.first]));
    return !std::ranges::includes(leaving, owners);
  });
  // Whoever lives here already chooses before newcomers do.
  std::stable_partition(changing.begin(), changing.end(),
                        [&](const auto& change) { return !round_.seats[change.first].moved; });
  for (const auto& [place, before] : changing) {
    book_.setIdentity(*round_.seats[place].index, RetiredIdentity{});
  }
  for (const auto& [place, before] : changing) adopt(place, before);
}

bool Adoption::isFree(const Identity& identity, const Candidate& candidate, bool may_share) const {
  const auto owners = book_.findAll(identity);
  if (owners.empty()) return true;
  // Several may have one MAC, if the map can tell them apart when it is read again.
  return may_share && std::holds_alternative<MacIdentity>(identity) &&
         std::ranges::none_of(owners, [&](IfIndex index) {
           const MapEntry& owner = *book_.find(index);
           return owner.position == candidate.position && owner.name == candidate.name &&
                  !owner.gone_s;
         });
}

void Adoption::adopt(std::size_t place, const Identity& before) {
  const Candidate& candidate = round_.present[place];
  const Seat& seat = round_.seats[place];
  const Identity now = identityOf(candidate);
  round_.numbers_changed = true;
  if (isFree(now, candidate, seat.moved)) {
    book_.setIdentity(*seat.index, now);
    // isFree() looks at these when the next one asks.
    book_.remember(*seat.index, {}, candidate.position, shortName(candidate.name));
    if (!seat.moved) tellOfNewGuid(place, before);
  } else if (isFree(before, candidate, true)) {
    book_.setIdentity(*seat.index, before);
  } else {
    // One that nothing tells from another: it has a number of its own while it lives.
    book_.retire(*seat.index);
  }
}

void Adoption::tellOfNewGuid(std::size_t place, const Identity& before) {
  const Candidate& candidate = round_.present[place];
  if (!candidate.adapter || !candidate.guid) return;
  const bool renewed = std::holds_alternative<GuidIdentity>(before);
  round_.notices.push_back(
      numberText(*round_.seats[place].index) + ": adapter " + escapeWord(candidate.name) +
      (renewed ? " has a new instance GUID " : " now has an instance GUID ") +
      toText(*candidate.guid) + ", recognised by its MAC " + toText(candidate.mac));
}

}  // namespace

void adoptIdentities(Round& round, EntryBook& book, const PinBoard& pins) {
  Adoption(round, book, pins).run();
}

}  // namespace hvnet
