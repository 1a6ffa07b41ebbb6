#include "ifmap/update_identities.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"

namespace hvnet {
namespace {

// How much an identity tells: an adapter whose GUID cannot be read for once does not lose it.
std::size_t strength(const Identity& identity) {
  if (std::holds_alternative<GuidIdentity>(identity)) return 3;
  if (std::holds_alternative<MacIdentity>(identity)) return 2;
  return std::holds_alternative<NameIdentity>(identity) ? 1 : 0;
}

class IdentityUpdate {
 public:
  IdentityUpdate(AssignPass& pass, MapEntries& entries, const Pins& pins)
      : pass_(pass), entries_(entries), pins_(pins) {}
  void run();

 private:
  [[nodiscard]] bool hasNewIdentity(const Candidate& candidate, const Match& match) const;
  [[nodiscard]] bool isFree(const Identity& identity, const Candidate& candidate,
                            bool may_share) const;
  void update(std::size_t place, const Identity& before);
  void noteNewGuid(std::size_t place, const Identity& before);

  AssignPass& pass_;
  MapEntries& entries_;
  const Pins& pins_;
};

// Whether the interface in this match should be recognised by something else from now on.
bool IdentityUpdate::hasNewIdentity(const Candidate& candidate, const Match& match) const {
  const MapEntry& entry = *entries_.find(*match.index);
  if (isKnownAs(entry.identity, candidate)) return false;
  if (match.moved) return true;
  // Whoever keeps a pinned number although its MAC changed is still recognised by the old one, or
  // the map would contradict the pin.
  const Pin* pin = pins_.at(*match.index);
  if (pin != nullptr && !matches(pin->target, candidate)) return false;
  return strength(identityOf(candidate)) >= strength(entry.identity);
}

// Names and MACs may be swapped, or passed on in a chain, within one call: so everybody who
// changes gives up the old identity before anybody takes a new one.
void IdentityUpdate::run() {
  std::vector<std::pair<std::size_t, Identity>> changing;  // candidate, identity until now
  for (std::size_t place = 0; place < pass_.matches.size(); ++place) {
    const Match& match = pass_.matches[place];
    if (match.index && hasNewIdentity(pass_.present[place], match)) {
      changing.emplace_back(place, entries_.find(*match.index)->identity);
    }
  }
  std::vector<IfIndex> leaving;
  leaving.reserve(changing.size());
  for (const auto& [place, before] : changing) leaving.push_back(*pass_.matches[place].index);
  std::ranges::sort(leaving);
  // A new identity that another entry keeps is ignored.
  std::erase_if(changing, [&](const auto& change) {
    if (pass_.matches[change.first].moved) return false;
    const auto owners = entries_.findAll(identityOf(pass_.present[change.first]));
    return !std::ranges::includes(leaving, owners);
  });
  // Whoever lives here already chooses before newcomers do.
  std::stable_partition(changing.begin(), changing.end(),
                        [&](const auto& change) { return !pass_.matches[change.first].moved; });
  for (const auto& [place, before] : changing) {
    entries_.setIdentity(*pass_.matches[place].index, RetiredIdentity{});
  }
  for (const auto& [place, before] : changing) update(place, before);
}

bool IdentityUpdate::isFree(const Identity& identity, const Candidate& candidate,
                            bool may_share) const {
  const auto owners = entries_.findAll(identity);
  if (owners.empty()) return true;
  // Several may have one MAC, if the map can tell them apart when it is read again.
  return may_share && std::holds_alternative<MacIdentity>(identity) &&
         std::ranges::none_of(owners, [&](IfIndex index) {
           const MapEntry& owner = *entries_.find(index);
           return owner.position == candidate.position && owner.name == candidate.name &&
                  !owner.gone_s;
         });
}

void IdentityUpdate::update(std::size_t place, const Identity& before) {
  const Candidate& candidate = pass_.present[place];
  const Match& match = pass_.matches[place];
  const Identity now = identityOf(candidate);
  pass_.numbers_changed = true;
  if (isFree(now, candidate, match.moved)) {
    entries_.setIdentity(*match.index, now);
    // isFree() looks at these when the next one asks.
    entries_.remember(*match.index, {}, candidate.position, shortName(candidate.name));
    if (!match.moved) noteNewGuid(place, before);
  } else if (isFree(before, candidate, true)) {
    entries_.setIdentity(*match.index, before);
  } else {
    // One that nothing tells from another: it has a number of its own while it lives.
    entries_.retire(*match.index);
  }
}

void IdentityUpdate::noteNewGuid(std::size_t place, const Identity& before) {
  const Candidate& candidate = pass_.present[place];
  if (!candidate.adapter || !candidate.guid) return;
  const bool renewed = std::holds_alternative<GuidIdentity>(before);
  pass_.notices.push_back(
      numberText(*pass_.matches[place].index) + ": adapter " + escapeWord(candidate.name) +
      (renewed ? " has a new instance GUID " : " now has an instance GUID ") +
      toText(*candidate.guid) + ", matched by its MAC " + toText(candidate.mac));
}

}  // namespace

void updateIdentities(AssignPass& pass, MapEntries& entries, const Pins& pins) {
  IdentityUpdate(pass, entries, pins).run();
}

}  // namespace hvnet
