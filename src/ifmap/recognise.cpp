#include "ifmap/recognise.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "ifmap/order.h"

namespace hvnet {
namespace {

using Place = std::size_t;  // of a candidate among those present

class Recogniser {
 public:
  Recogniser(std::span<const Candidate> present, std::span<const Resident> residents,
             const EntryBook& book)
      : present_(present),
        residents_(residents),
        book_(book),
        seats_(present.size()),
        taken_(book.entries().size(), false) {}

  std::vector<Seat> run() {
    seatByGuid();
    seatResidents();
    followRenames();
    seatByMac();
    takeOver();
    seatByName();
    return std::move(seats_);
  }

 private:
  void seatByGuid();
  void seatResidents();
  void followRenames();
  void moveAlong(Place place);
  void seatByMac();
  void takeOver();
  void seatByName();
  template <class FindEntries>
  void seatSameMac(std::vector<Place> places, FindEntries find);
  void pair(std::span<const Place> places, std::vector<IfIndex> entries);
  template <class Fits>
  void pairWhere(std::span<const Place> places, std::span<const IfIndex> entries, Fits fits);

  [[nodiscard]] const Resident* residentLike(const Candidate& candidate) const;
  [[nodiscard]] bool isTaken(IfIndex index) const { return taken_[book_.slot(index)]; }
  void seat(Place place, IfIndex index) {
    seats_[place].index = index;
    taken_[book_.slot(index)] = true;
  }
  void seatIfFree(Place place, std::optional<IfIndex> index) {
    if (index && !isTaken(*index)) seat(place, *index);
  }
  template <class Wanted>
  std::vector<Place> unseated(Wanted wanted) const;

  std::span<const Candidate> present_;
  std::span<const Resident> residents_;
  const EntryBook& book_;
  std::vector<Seat> seats_;
  std::vector<bool> taken_;                    // by slot of the book
  std::unordered_map<Place, IfIndex> wishes_;  // renamed → the entry of its new name
  std::unordered_map<IfIndex, Place> wished_by_;
};

template <class Wanted>
std::vector<Place> Recogniser::unseated(Wanted wanted) const {
  std::vector<Place> places;
  for (Place place = 0; place < present_.size(); ++place) {
    if (!seats_[place].index && wanted(present_[place])) places.push_back(place);
  }
  return places;
}

void Recogniser::seatByGuid() {
  const auto has_guid = [](const Candidate& one) { return one.adapter && one.guid; };
  for (const Place place : unseated(has_guid)) {
    seatIfFree(place, book_.findGuid(*present_[place].guid));
  }
}

// Another GUID is another device, whatever the kernel's index says.
bool contradicts(const Identity& identity, const Candidate& candidate) {
  const auto* known = std::get_if<GuidIdentity>(&identity);
  return known != nullptr && candidate.guid && known->guid != *candidate.guid;
}

// A range of one, unless a source in disorder names one kernel index twice.
const Resident* Recogniser::residentLike(const Candidate& candidate) const {
  auto it =
      std::ranges::lower_bound(residents_, candidate.kernel_index, {}, &Resident::kernel_index);
  for (; it != residents_.end() && it->kernel_index == candidate.kernel_index; ++it) {
    if (it->adapter != candidate.adapter || isTaken(it->index)) continue;
    if (!contradicts(book_.find(it->index)->identity, candidate)) return &*it;
  }
  return nullptr;
}

void Recogniser::seatResidents() {
  for (Place place = 0; place < present_.size(); ++place) {
    if (seats_[place].index) continue;
    const Resident* resident = residentLike(present_[place]);
    if (resident == nullptr) continue;
    seat(place, resident->index);
    seats_[place].resident = true;
  }
}

// A name that is an entry of its own is the interface's persistent identity. Renames may come in
// chains within one call: a moves to an old entry, b becomes a, c becomes b.
void Recogniser::followRenames() {
  for (Place place = 0; place < present_.size(); ++place) {
    if (!seats_[place].resident) continue;
    const Identity& known = book_.find(*seats_[place].index)->identity;
    if (isKnownAs(known, present_[place])) continue;
    if (std::holds_alternative<GuidIdentity>(known)) continue;
    if (std::holds_alternative<MacIdentity>(known)) continue;
    const Identity now = identityOf(present_[place]);
    const auto* name = std::get_if<NameIdentity>(&now);
    if (name == nullptr) continue;
    if (const auto entry = book_.findName(*name)) {
      wishes_.emplace(place, *entry);
      wished_by_.emplace(*entry, place);
    }
  }
  for (const auto& [entry, place] : wished_by_) moveAlong(place);
}

// Each move may free the entry that the next in the chain waits for.
void Recogniser::moveAlong(Place place) {
  while (true) {
    const IfIndex wish = wishes_.at(place);
    if (isTaken(wish)) return;
    const IfIndex left = *seats_[place].index;
    taken_[book_.slot(left)] = false;
    seat(place, wish);
    seats_[place].resident = false;
    const auto next = wished_by_.find(left);
    if (next == wished_by_.end()) return;
    place = next->second;
  }
}

// By position (those without one last), then by number.
void sortByPosition(std::vector<IfIndex>& entries, const EntryBook& book) {
  const auto key = [&](IfIndex index) {
    const auto& position = book.find(index)->position;
    return std::tuple(!position, position.value_or(BusPosition{}), index);
  };
  std::ranges::sort(entries, {}, key);
}

void Recogniser::seatByMac() {
  const auto has_mac_only = [](const Candidate& one) {
    return one.adapter && !one.guid && !tellingMac(one).empty();
  };
  seatSameMac(unseated(has_mac_only), [&](const HwAddress& mac) {
    auto entries = book_.findMac(mac);
    sortByPosition(entries, book_);
    return entries;
  });
}

// A VM restored elsewhere has new GUIDs and the old MACs; an adapter that was known by its MAC may
// have a GUID now.
void Recogniser::takeOver() {
  const auto has_both = [](const Candidate& one) {
    return one.adapter && one.guid && !tellingMac(one).empty();
  };
  seatSameMac(unseated(has_both),
              [&](const HwAddress& mac) { return book_.findGuidsWithMac(mac); });
  seatSameMac(unseated(has_both), [&](const HwAddress& mac) {
    auto entries = book_.findMac(mac);
    sortByPosition(entries, book_);
    return entries;
  });
}

void Recogniser::seatByName() {
  const auto anybody = [](const Candidate&) { return true; };
  for (const Place place : unseated(anybody)) {
    const Identity who = identityOf(present_[place]);
    if (const auto* name = std::get_if<NameIdentity>(&who)) {
      seatIfFree(place, book_.findName(*name));
    }
  }
}

// Pairs the candidates of each MAC with the entries that `find` names for it.
template <class FindEntries>
void Recogniser::seatSameMac(std::vector<Place> places, FindEntries find) {
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
void Recogniser::pair(std::span<const Place> places, std::vector<IfIndex> entries) {
  std::erase_if(entries, [&](IfIndex index) { return isTaken(index); });
  pairWhere(places, entries, [](const Candidate& one, const MapEntry& entry) {
    return one.position == entry.position && one.name == entry.name;
  });
  pairWhere(places, entries, [](const Candidate& one, const MapEntry& entry) {
    return one.position == entry.position;
  });
  pairWhere(places, entries, [](const Candidate&, const MapEntry&) { return true; });
}

template <class Fits>
void Recogniser::pairWhere(std::span<const Place> places, std::span<const IfIndex> entries,
                           Fits fits) {
  for (const Place place : places) {
    if (seats_[place].index) continue;
    const auto entry = std::ranges::find_if(entries, [&](IfIndex index) {
      return !isTaken(index) && fits(present_[place], *book_.find(index));
    });
    if (entry != entries.end()) seat(place, *entry);
  }
}

}  // namespace

std::vector<Seat> recognise(std::span<const Candidate> present, std::span<const Resident> residents,
                            const EntryBook& book) {
  return Recogniser(present, residents, book).run();
}

}  // namespace hvnet
