#include "ifmap/index_map.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "ifmap/identity.h"
#include "ifmap/pins.h"
#include "ifmap/update_identities.h"

namespace hvnet {
namespace {

// Version 1 of the file had no mark. Its numbers were given in order, but for those of pins.
IfIndex markOf(const SavedMap& saved, const Pins& pins) {
  if (saved.given_up_to) return *saved.given_up_to;
  IfIndex mark = saved.last_forgotten.value_or(kNoneGiven);
  for (const MapEntry& entry : saved.entries) {
    if (entry.index <= kHighestMark && pins.at(entry.index) == nullptr) {
      mark = std::max(mark, entry.index);
    }
  }
  return mark;
}

bool knows(const MapEntry& entry, const Candidate& adapter) {
  const HwAddress mac = tellingMac(adapter);
  const auto* by_mac = std::get_if<MacIdentity>(&entry.identity);
  if (!mac.empty() && (by_mac != nullptr ? by_mac->mac : entry.mac) == mac) return true;
  return isKnownAs(entry.identity, adapter);
}

}  // namespace

bool knowsAnAdapter(std::span<const MapEntry> entries, std::span<const Candidate> present) {
  return std::ranges::any_of(present, [entries](const Candidate& candidate) {
    if (!candidate.adapter) return false;
    return std::ranges::any_of(
        entries, [&candidate](const MapEntry& entry) { return knows(entry, candidate); });
  });
}

Result<IndexMap> IndexMap::create(SavedMap saved, std::vector<Pin> pins) {
  std::ranges::sort(saved.entries, {}, &MapEntry::index);
  const auto twice = std::ranges::adjacent_find(saved.entries, {}, &MapEntry::index);
  if (twice != saved.entries.end()) return fail(numberText(twice->index) + " is in the map twice");
  auto checked = Pins::create(std::move(pins), saved.entries);
  if (!checked) return tl::unexpected(checked.error());
  FreeNumbers free(markOf(saved, *checked));
  if (saved.last_forgotten) free.forget(*saved.last_forgotten);
  IndexMap map(std::move(saved.entries), std::move(*checked), free);
  map.forgotten_ = std::move(saved.forgotten);
  map.forgetOld();
  map.entries_.setChanged(map.forgotten_.count > 0);
  return map;
}

IndexMap::IndexMap(std::vector<MapEntry> entries, Pins pins, FreeNumbers free)
    : entries_(std::move(entries)),
      pins_(std::move(pins)),
      free_(free),
      first_sight_(entries_.all().empty() && free.givenUpTo() == kNoneGiven) {
  for (const MapEntry& entry : entries_.all()) {
    if (!entry.gone_s) present_numbers_.push_back(entry.index);
  }
}

IndexMap::Outcome IndexMap::assign(std::span<const Candidate> present, std::int64_t now_s) {
  AssignPass pass;
  pass.present = present;
  pass.now_s = now_s;
  pass.matches = match(present, known_, entries_);
  applyPins(pass, entries_, pins_);
  for (const IfIndex index : pass.pinned) origins_[index] = IndexOrigin::kPinned;
  numberNewcomers(pass);
  updateIdentities(pass, entries_, pins_);
  remember(pass);
  markGone(pass);
  if (entries_.changed()) forgetOld();
  first_sight_ = false;
  return outcome(pass);
}

// Adapters go first, so that an overflow of theirs comes before anything else from 256 up.
void IndexMap::numberNewcomers(AssignPass& pass) {
  std::vector<std::size_t> adapters;
  std::vector<std::size_t> others;
  for (std::size_t place = 0; place < pass.matches.size(); ++place) {
    if (pass.matches[place].index) continue;
    (pass.present[place].adapter ? adapters : others).push_back(place);
  }
  const auto& present = pass.present;
  std::ranges::sort(
      adapters, [&](std::size_t a, std::size_t b) { return sortsBefore(present[a], present[b]); });
  std::ranges::sort(others, {}, [&](std::size_t place) { return present[place].kernel_index; });

  const auto origin = first_sight_ ? IndexOrigin::kHypervisor : IndexOrigin::kAppended;
  for (const std::size_t place : adapters) {
    numberNewcomer(pass, place, free_.forAdapter(entries_, pins_), origin);
  }
  for (const std::size_t place : others) {
    numberNewcomer(pass, place, free_.forOther(entries_, pins_), IndexOrigin::kAppended);
  }
}

void IndexMap::numberNewcomer(AssignPass& pass, std::size_t place, std::optional<IfIndex> index,
                              IndexOrigin origin) {
  if (!index) return;
  entries_.add(*index);
  pass.added.push_back(*index);
  origins_[*index] = origin;
  pass.matches[place] = Match{.index = index, .known = false, .moved = true};
  pass.numbers_changed = true;
}

void IndexMap::remember(const AssignPass& pass) {
  known_.clear();
  for (std::size_t place = 0; place < pass.matches.size(); ++place) {
    if (!pass.matches[place].index) continue;
    const Candidate& candidate = pass.present[place];
    const IfIndex index = *pass.matches[place].index;
    const MacIdentity* pinned = pins_.macAt(index);
    entries_.remember(index, pinned == nullptr ? tellingMac(candidate) : pinned->mac,
                      candidate.position, shortName(candidate.name));
    known_.push_back({candidate.kernel_index, index, candidate.adapter});
  }
  std::ranges::sort(known_, {}, &KnownInterface::kernel_index);
}

void IndexMap::markGone(const AssignPass& pass) {
  const std::vector<IfIndex> before = std::exchange(present_numbers_, {});
  for (const Match& match : pass.matches) {
    if (match.index) present_numbers_.push_back(*match.index);
  }
  std::ranges::sort(present_numbers_);
  std::vector<IfIndex> gone;
  std::ranges::set_difference(before, present_numbers_, std::back_inserter(gone));
  for (const IfIndex index : gone) entries_.markGone(index, pass.now_s);
}

void IndexMap::forgetOld() {
  const IfIndex last = std::max(free_.givenUpTo(), kHighestMark);
  const std::vector<IfIndex> old = oldTombstones(entries_.all(), present_numbers_, last);
  for (const IfIndex index : old) {
    forgotten_.note(*entries_.find(index));
    origins_.erase(index);
    free_.forget(index);
  }
  entries_.forget(old);
}

IndexMap::Outcome IndexMap::outcome(AssignPass& pass) {
  Outcome out;
  out.assignments.reserve(pass.matches.size());
  for (std::size_t place = 0; place < pass.matches.size(); ++place) {
    const Match& match = pass.matches[place];
    const Candidate& candidate = pass.present[place];
    if (!match.index) {
      out.unnumbered.push_back(candidate.name);
      continue;
    }
    const auto origin = origins_.find(*match.index);
    out.assignments.push_back(
        {candidate.kernel_index, *match.index,
         origin == origins_.end() ? IndexOrigin::kPersisted : origin->second});
  }
  out.numbers_changed = pass.numbers_changed;
  out.beside_the_mark = std::ranges::any_of(pass.added, [&](IfIndex index) {
    return index <= kLastAdapterIndex || index > free_.givenUpTo();
  });
  out.notices = std::move(pass.notices);
  out.forgotten = std::exchange(forgotten_, {});
  return out;
}

}  // namespace hvnet
