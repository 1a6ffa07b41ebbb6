#include "ifmap/index_map.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "ifmap/adopt.h"
#include "ifmap/map_text.h"
#include "ifmap/order.h"
#include "ifmap/pinned_seats.h"
#include "ifmap/round.h"

namespace hvnet {
namespace {

bool isTombstoneOfOther(const MapEntry& entry) {
  return entry.gone_s && entry.index > kLastAdapterIndex &&
         std::holds_alternative<NameIdentity>(entry.identity);
}

// Names like veth1a2b3c come and go; the map must not grow with them for ever.
void forgetOldTombstones(std::vector<MapEntry>& entries) {
  std::vector<std::pair<std::int64_t, IfIndex>> tombstones;
  for (const MapEntry& entry : entries) {
    if (isTombstoneOfOther(entry)) tombstones.emplace_back(*entry.gone_s, entry.index);
  }
  if (tombstones.size() <= IndexMap::kKeptTombstones) return;
  std::ranges::sort(tombstones, std::greater{});
  const auto oldest_kept = tombstones[IndexMap::kKeptTombstones - 1];
  std::erase_if(entries, [&](const MapEntry& entry) {
    return isTombstoneOfOther(entry) && std::pair(*entry.gone_s, entry.index) < oldest_kept;
  });
}

}  // namespace

Result<IndexMap> IndexMap::create(std::vector<MapEntry> entries, std::vector<Pin> pins) {
  std::ranges::sort(entries, {}, &MapEntry::index);
  const auto twice = std::ranges::adjacent_find(entries, {}, &MapEntry::index);
  if (twice != entries.end()) return fail(numberText(twice->index) + " is in the map twice");
  const std::size_t loaded = entries.size();
  forgetOldTombstones(entries);
  const bool forgot = entries.size() != loaded;

  auto board = PinBoard::create(std::move(pins), entries);
  if (!board) return tl::unexpected(board.error());
  IndexMap map(std::move(entries), std::move(*board));
  map.book_.setChanged(forgot);
  return map;
}

IndexMap::IndexMap(std::vector<MapEntry> entries, PinBoard pins)
    : book_(std::move(entries)), pins_(std::move(pins)), first_sight_(book_.entries().empty()) {
  for (const MapEntry& entry : book_.entries()) {
    if (!entry.gone_s) inhabited_.push_back(entry.index);
  }
}

IndexMap::Outcome IndexMap::assign(std::span<const Candidate> present, std::int64_t now_s) {
  Round round;
  round.present = present;
  round.now_s = now_s;
  round.seats = recognise(present, residents_, book_);
  seatPinned(round, book_, pins_);
  for (const IfIndex index : round.pinned) origins_[index] = IndexOrigin::kPinned;
  seatNewcomers(round);
  adoptIdentities(round, book_, pins_);
  remember(round);
  bury(round);
  first_sight_ = false;
  return {assignments(round), round.numbers_changed, std::move(round.notices)};
}

// Adapters go first, so that an overflow of theirs comes before anything else from 256 up.
void IndexMap::seatNewcomers(Round& round) {
  std::vector<std::size_t> adapters;
  std::vector<std::size_t> others;
  for (std::size_t place = 0; place < round.seats.size(); ++place) {
    if (round.seats[place].index) continue;
    (round.present[place].adapter ? adapters : others).push_back(place);
  }
  const auto& present = round.present;
  std::ranges::sort(
      adapters, [&](std::size_t a, std::size_t b) { return sortsBefore(present[a], present[b]); });
  std::ranges::sort(others, {}, [&](std::size_t place) { return present[place].kernel_index; });

  const auto origin = first_sight_ ? IndexOrigin::kHypervisor : IndexOrigin::kAppended;
  for (const std::size_t place : adapters) {
    seatNewcomer(round, place, free_.forAdapter(book_, pins_), origin);
  }
  for (const std::size_t place : others) {
    seatNewcomer(round, place, free_.forOther(book_, pins_), IndexOrigin::kAppended);
  }
}

void IndexMap::seatNewcomer(Round& round, std::size_t place, IfIndex index, IndexOrigin origin) {
  book_.add(index);
  origins_[index] = origin;
  round.seats[place] = Seat{.index = index, .resident = false, .moved = true};
  round.numbers_changed = true;
}

void IndexMap::remember(const Round& round) {
  residents_.clear();
  for (std::size_t place = 0; place < round.seats.size(); ++place) {
    const Candidate& candidate = round.present[place];
    const IfIndex index = *round.seats[place].index;
    const MacIdentity* pinned = pins_.macAt(index);
    book_.remember(index, pinned == nullptr ? tellingMac(candidate) : pinned->mac,
                   candidate.position, shortName(candidate.name));
    residents_.push_back({candidate.kernel_index, index, candidate.adapter});
  }
  std::ranges::sort(residents_, {}, &Resident::kernel_index);
}

void IndexMap::bury(const Round& round) {
  const std::vector<IfIndex> before = std::exchange(inhabited_, {});
  for (const Seat& seat : round.seats) inhabited_.push_back(*seat.index);
  std::ranges::sort(inhabited_);
  std::vector<IfIndex> gone;
  std::ranges::set_difference(before, inhabited_, std::back_inserter(gone));
  for (const IfIndex index : gone) book_.bury(index, round.now_s);
}

std::vector<Assignment> IndexMap::assignments(const Round& round) const {
  std::vector<Assignment> all;
  all.reserve(round.seats.size());
  for (std::size_t place = 0; place < round.seats.size(); ++place) {
    const IfIndex index = *round.seats[place].index;
    const auto origin = origins_.find(index);
    all.push_back({round.present[place].kernel_index, index,
                   origin == origins_.end() ? IndexOrigin::kPersisted : origin->second});
  }
  return all;
}

}  // namespace hvnet
