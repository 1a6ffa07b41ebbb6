#include "ifmap/tombstones.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <utility>

namespace hvnet {
namespace {

enum Sort : std::size_t { kOther, kAdapter, kRetired, kUnseen, kSorts };
constexpr std::array<std::size_t, kSorts> kKept = {kKeptTombstones, kKeptAdapterTombstones,
                                                   kKeptRetired, kKeptUnseen};
constexpr std::size_t kExamples = 3;
using Age = std::pair<std::int64_t, IfIndex>;  // gone since; of equal age the higher one is newer

Sort sortOf(const MapEntry& entry) {
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return kRetired;
  if (!entry.gone_s) return kUnseen;
  return std::holds_alternative<NameIdentity>(entry.identity) ? kOther : kAdapter;
}

// The newest stay; the others' numbers are added to `old`.
void addOldest(std::vector<Age>& tombstones, std::size_t kept, std::vector<IfIndex>& old) {
  if (tombstones.size() <= kept) return;
  const auto first_old = tombstones.begin() + static_cast<std::ptrdiff_t>(kept);
  std::ranges::nth_element(tombstones, first_old, std::greater{});
  for (auto it = first_old; it != tombstones.end(); ++it) old.push_back(it->second);
}

}  // namespace

void Forgotten::note(const MapEntry& entry) {
  ++count;
  if (examples.size() == kExamples) return;
  examples.push_back(numberText(entry.index) + " (" + toText(entry.identity) + ")");
}

void Forgotten::add(const Forgotten& more) {
  count += more.count;
  for (const std::string& example : more.examples) {
    if (examples.size() < kExamples) examples.push_back(example);
  }
}

std::vector<IfIndex> oldTombstones(std::span<const MapEntry> entries,
                                   std::span<const IfIndex> present, IfIndex last) {
  std::array<std::vector<Age>, kSorts> tombstones;
  for (const MapEntry& entry : entries) {
    if (entry.index <= kLastAdapterIndex || entry.index > last) continue;
    // Also one that nothing tells from another: it lives with a number that is nobody's.
    if (!entry.gone_s && std::ranges::binary_search(present, entry.index)) continue;
    tombstones[sortOf(entry)].emplace_back(entry.gone_s.value_or(0), entry.index);
  }
  std::vector<IfIndex> old;
  for (std::size_t sort = 0; sort < kSorts; ++sort) addOldest(tombstones[sort], kKept[sort], old);
  std::ranges::sort(old);
  return old;
}

}  // namespace hvnet
