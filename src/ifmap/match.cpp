#include "ifmap/match.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "ifmap/identity.h"

namespace hvnet {
namespace {

using Place = std::size_t;  // of a candidate among those present

class Matcher {
 public:
  Matcher(std::span<const Candidate> present, std::span<const KnownInterface> known,
          const MapEntries& entries)
      : present_(present),
        known_(known),
        entries_(entries),
        matches_(present.size()),
        matched_(entries.all().size(), false) {}

  std::vector<Match> run() {
    matchByGuid();
    matchKnown();
    followRenames();
    matchByMac();
    takeOver();
    matchByName();
    return std::move(matches_);
  }

 private:
  void matchByGuid();
  void matchKnown();
  void followRenames();
  void moveAlong(Place place);
  void matchByMac();
  void takeOver();
  void matchByName();
  template <class FindEntries>
  void matchSameMac(std::vector<Place> places, FindEntries find);
  void pair(std::span<const Place> places, std::vector<IfIndex> entries);
  template <class Fits>
  void pairWhere(std::span<const Place> places, std::span<const IfIndex> entries, Fits fits);

  [[nodiscard]] const KnownInterface* knownLike(const Candidate& candidate) const;
  [[nodiscard]] bool isMatched(IfIndex index) const { return matched_[entries_.slot(index)]; }
  void setMatch(Place place, IfIndex index) {
    matches_[place].index = index;
    matched_[entries_.slot(index)] = true;
  }
  void matchIfFree(Place place, std::optional<IfIndex> index) {
    if (index && !isMatched(*index)) setMatch(place, *index);
  }
  template <class Wanted>
  std::vector<Place> unmatched(Wanted wanted) const;

  std::span<const Candidate> present_;
  std::span<const KnownInterface> known_;
  const MapEntries& entries_;
  std::vector<Match> matches_;
  std::vector<bool> matched_;                        // by slot of the entries
  std::unordered_map<Place, IfIndex> new_entry_of_;  // renamed → the entry of its new name
  std::unordered_map<IfIndex, Place> wanted_by_;
};

template <class Wanted>
std::vector<Place> Matcher::unmatched(Wanted wanted) const {
  std::vector<Place> places;
  for (Place place = 0; place < present_.size(); ++place) {
    if (!matches_[place].index && wanted(present_[place])) places.push_back(place);
  }
  return places;
}

void Matcher::matchByGuid() {
  const auto has_guid = [](const Candidate& one) { return one.adapter && one.guid; };
  for (const Place place : unmatched(has_guid)) {
    matchIfFree(place, entries_.findGuid(*present_[place].guid));
  }
}

// Another GUID is another device, whatever the kernel's index says.
bool contradicts(const Identity& identity, const Candidate& candidate) {
  const auto* known = std::get_if<GuidIdentity>(&identity);
  return known != nullptr && candidate.guid && known->guid != *candidate.guid;
}

// A range of one, unless a source in disorder names one kernel index twice.
const KnownInterface* Matcher::knownLike(const Candidate& candidate) const {
  auto it =
      std::ranges::lower_bound(known_, candidate.kernel_index, {}, &KnownInterface::kernel_index);
  for (; it != known_.end() && it->kernel_index == candidate.kernel_index; ++it) {
    if (it->adapter != candidate.adapter || isMatched(it->index)) continue;
    if (!contradicts(entries_.find(it->index)->identity, candidate)) return &*it;
  }
  return nullptr;
}

void Matcher::matchKnown() {
  for (Place place = 0; place < present_.size(); ++place) {
    if (matches_[place].index) continue;
    const KnownInterface* known = knownLike(present_[place]);
    if (known == nullptr) continue;
    setMatch(place, known->index);
    matches_[place].known = true;
  }
}

// A name that is an entry of its own is the interface's persistent identity. Renames may come in
// chains within one call: a moves to an old entry, b becomes a, c becomes b.
void Matcher::followRenames() {
  for (Place place = 0; place < present_.size(); ++place) {
    if (!matches_[place].known) continue;
    const Identity& known = entries_.find(*matches_[place].index)->identity;
    if (isKnownAs(known, present_[place])) continue;
    if (std::holds_alternative<GuidIdentity>(known)) continue;
    if (std::holds_alternative<MacIdentity>(known)) continue;
    const Identity now = identityOf(present_[place]);
    const auto* name = std::get_if<NameIdentity>(&now);
    if (name == nullptr) continue;
    if (const auto entry = entries_.findName(*name)) {
      new_entry_of_.emplace(place, *entry);
      wanted_by_.emplace(*entry, place);
    }
  }
  for (const auto& [entry, place] : wanted_by_) moveAlong(place);
}

// Each move may free the entry that the next in the chain waits for.
void Matcher::moveAlong(Place place) {
  while (true) {
    const IfIndex wanted = new_entry_of_.at(place);
    if (isMatched(wanted)) return;
    const IfIndex left = *matches_[place].index;
    matched_[entries_.slot(left)] = false;
    setMatch(place, wanted);
    matches_[place].known = false;
    const auto next = wanted_by_.find(left);
    if (next == wanted_by_.end()) return;
    place = next->second;
  }
}

// By position (those without one last), then by number.
void sortByPosition(std::vector<IfIndex>& found, const MapEntries& entries) {
  const auto key = [&](IfIndex index) {
    const auto& position = entries.find(index)->position;
    return std::tuple(!position, position.value_or(BusPosition{}), index);
  };
  std::ranges::sort(found, {}, key);
}

void Matcher::matchByMac() {
  const auto has_mac_only = [](const Candidate& one) {
    return one.adapter && !one.guid && !tellingMac(one).empty();
  };
  matchSameMac(unmatched(has_mac_only), [&](const HwAddress& mac) {
    auto found = entries_.findMac(mac);
    sortByPosition(found, entries_);
    return found;
  });
}

// A VM restored elsewhere has new GUIDs and the old MACs; an adapter that was known by its MAC may
// have a GUID now.
void Matcher::takeOver() {
  const auto has_both = [](const Candidate& one) {
    return one.adapter && one.guid && !tellingMac(one).empty();
  };
  matchSameMac(unmatched(has_both),
               [&](const HwAddress& mac) { return entries_.findGuidsWithMac(mac); });
  matchSameMac(unmatched(has_both), [&](const HwAddress& mac) {
    auto found = entries_.findMac(mac);
    sortByPosition(found, entries_);
    return found;
  });
}

void Matcher::matchByName() {
  const auto anybody = [](const Candidate&) { return true; };
  for (const Place place : unmatched(anybody)) {
    const Identity who = identityOf(present_[place]);
    if (const auto* name = std::get_if<NameIdentity>(&who)) {
      matchIfFree(place, entries_.findName(*name));
    }
  }
}

// Pairs the candidates of each MAC with the entries that `find` names for it.
template <class FindEntries>
void Matcher::matchSameMac(std::vector<Place> places, FindEntries find) {
  std::ranges::sort(places, [&](Place a, Place b) {
    const Candidate& left = present_[a];
    const Candidate& right = present_[b];
    return left.mac == right.mac ? sortsBefore(left, right) : left.mac < right.mac;
  });
  for (auto first = places.begin(); first != places.end();) {
    const HwAddress& mac = present_[*first].mac;
    const auto last =
        std::find_if(first, places.end(), [&](Place place) { return present_[place].mac != mac; });
    pair({first, last}, find(mac));
    first = last;
  }
}

// Position decides, and the last name where even that is the same; the rest pair up in order.
void Matcher::pair(std::span<const Place> places, std::vector<IfIndex> entries) {
  std::erase_if(entries, [&](IfIndex index) { return isMatched(index); });
  pairWhere(places, entries, [](const Candidate& one, const MapEntry& entry) {
    return one.position == entry.position && one.name == entry.name;
  });
  pairWhere(places, entries, [](const Candidate& one, const MapEntry& entry) {
    return one.position == entry.position;
  });
  pairWhere(places, entries, [](const Candidate&, const MapEntry&) { return true; });
}

template <class Fits>
void Matcher::pairWhere(std::span<const Place> places, std::span<const IfIndex> entries,
                        Fits fits) {
  for (const Place place : places) {
    if (matches_[place].index) continue;
    const auto entry = std::ranges::find_if(entries, [&](IfIndex index) {
      return !isMatched(index) && fits(present_[place], *entries_.find(index));
    });
    if (entry != entries.end()) setMatch(place, *entry);
  }
}

}  // namespace

std::vector<Match> match(std::span<const Candidate> present, std::span<const KnownInterface> known,
                         const MapEntries& entries) {
  return Matcher(present, known, entries).run();
}

}  // namespace hvnet
