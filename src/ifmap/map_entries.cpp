#include "ifmap/map_entries.h"

#include <algorithm>

namespace hvnet {
namespace {

template <class Map, class Key>
std::optional<IfIndex> lookUp(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

std::vector<IfIndex> lookUpAll(const std::multimap<HwAddress, IfIndex>& map, const HwAddress& mac) {
  std::vector<IfIndex> found;
  const auto [first, last] = map.equal_range(mac);
  for (auto it = first; it != last; ++it) found.push_back(it->second);
  std::ranges::sort(found);
  return found;
}

void eraseOne(std::multimap<HwAddress, IfIndex>& map, const HwAddress& mac, IfIndex index) {
  const auto [first, last] = map.equal_range(mac);
  const auto it = std::find_if(first, last, [&](const auto& row) { return row.second == index; });
  if (it != last) map.erase(it);
}

}  // namespace

MapEntries::MapEntries(std::vector<MapEntry> entries) : entries_(std::move(entries)) {
  numbers_.reserve(entries_.size());
  for (const MapEntry& entry : entries_) {
    numbers_.push_back(entry.index);
    indexEntry(entry);
  }
}

std::size_t MapEntries::slot(IfIndex index) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(numbers_, index) - numbers_.begin());
}

const MapEntry* MapEntries::find(IfIndex index) const {
  const std::size_t place = slot(index);
  if (place == numbers_.size() || numbers_[place] != index) return nullptr;
  return &entries_[place];
}

std::optional<IfIndex> MapEntries::findGuid(const Guid& guid) const {
  return lookUp(by_guid_, guid);
}

std::optional<IfIndex> MapEntries::findName(const NameIdentity& name) const {
  return lookUp(by_name_, name);
}

std::vector<IfIndex> MapEntries::findMac(const HwAddress& mac) const {
  return lookUpAll(by_mac_, mac);
}

std::vector<IfIndex> MapEntries::findGuidsWithMac(const HwAddress& mac) const {
  return lookUpAll(guids_by_mac_, mac);
}

std::vector<IfIndex> MapEntries::findAll(const Identity& identity) const {
  std::optional<IfIndex> one;
  if (const auto* who = std::get_if<MacIdentity>(&identity)) return findMac(who->mac);
  if (const auto* who = std::get_if<GuidIdentity>(&identity)) one = findGuid(who->guid);
  if (const auto* who = std::get_if<NameIdentity>(&identity)) one = findName(*who);
  return one ? std::vector{*one} : std::vector<IfIndex>{};
}

void MapEntries::add(IfIndex index) {
  MapEntry entry;
  entry.index = index;
  entry.identity = RetiredIdentity{};
  const auto place = static_cast<std::ptrdiff_t>(slot(index));
  entries_.insert(entries_.begin() + place, std::move(entry));
  numbers_.insert(numbers_.begin() + place, index);
  changed_ = true;
}

void MapEntries::setIdentity(IfIndex index, const Identity& identity) {
  MapEntry& entry = at(index);
  if (entry.identity == identity) return;
  unindexEntry(entry);
  entry.identity = identity;
  // What the file says once it must not say twice.
  if (const auto* who = std::get_if<MacIdentity>(&identity)) entry.mac = who->mac;
  if (const auto* who = std::get_if<NameIdentity>(&identity)) entry.name = who->name;
  indexEntry(entry);
  changed_ = true;
}

void MapEntries::retire(IfIndex index) {
  MapEntry& entry = at(index);
  unindexEntry(entry);
  entry = MapEntry{};
  entry.index = index;
  entry.identity = RetiredIdentity{};
  changed_ = true;
}

void MapEntries::remember(IfIndex index, const HwAddress& mac,
                          const std::optional<BusPosition>& position, std::string_view name) {
  MapEntry& entry = at(index);
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return;
  // What cannot be read right now is still what was seen last. A MAC or a name that is the identity
  // changes with it only.
  const bool by_mac = std::holds_alternative<MacIdentity>(entry.identity);
  const bool by_name = std::holds_alternative<NameIdentity>(entry.identity);
  const bool new_mac = !by_mac && !mac.empty() && mac != entry.mac;
  const bool new_position = position && position != entry.position;
  const bool new_name = !by_name && name != entry.name;
  if (!new_mac && !new_position && !new_name && !entry.gone_s) return;

  unindexEntry(entry);
  if (new_mac) entry.mac = mac;
  if (new_position) entry.position = position;
  if (new_name) entry.name = name;
  entry.gone_s.reset();
  indexEntry(entry);
  changed_ = true;
}

void MapEntries::markGone(IfIndex index, std::int64_t now_s) {
  MapEntry& entry = at(index);
  if (entry.gone_s || std::holds_alternative<RetiredIdentity>(entry.identity)) return;
  entry.gone_s = now_s;
  changed_ = true;
}

void MapEntries::forget(std::span<const IfIndex> numbers) {
  if (numbers.empty()) return;
  for (const IfIndex index : numbers) unindexEntry(at(index));
  const auto forgotten = [&](IfIndex index) { return std::ranges::binary_search(numbers, index); };
  std::erase_if(entries_, [&](const MapEntry& entry) { return forgotten(entry.index); });
  std::erase_if(numbers_, forgotten);
  changed_ = true;
}

void MapEntries::indexEntry(const MapEntry& entry) {
  if (const auto* who = std::get_if<GuidIdentity>(&entry.identity)) {
    by_guid_.emplace(who->guid, entry.index);
    if (!entry.mac.empty()) guids_by_mac_.emplace(entry.mac, entry.index);
  } else if (const auto* mac = std::get_if<MacIdentity>(&entry.identity)) {
    by_mac_.emplace(mac->mac, entry.index);
  } else if (const auto* name = std::get_if<NameIdentity>(&entry.identity)) {
    by_name_.emplace(*name, entry.index);
  }
}

void MapEntries::unindexEntry(const MapEntry& entry) {
  if (const auto* who = std::get_if<GuidIdentity>(&entry.identity)) {
    by_guid_.erase(who->guid);
    eraseOne(guids_by_mac_, entry.mac, entry.index);
  } else if (const auto* mac = std::get_if<MacIdentity>(&entry.identity)) {
    eraseOne(by_mac_, mac->mac, entry.index);
  } else if (const auto* name = std::get_if<NameIdentity>(&entry.identity)) {
    by_name_.erase(*name);
  }
}

}  // namespace hvnet
