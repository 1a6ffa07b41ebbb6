// The lines of the map in memory, and the ways to look one up. It keeps two promises: no number
// stands twice, and no GUID or name is known under two numbers. Which interface gets which number
// is not decided here.
//
// Threads: any, one at a time. Ownership: owns the entries. Errors: none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ifmap/identity.h"

namespace hvnet {

// One line of the map: a number and whose it is.
struct MapEntry {
  IfIndex index{};
  Identity identity{};
  HwAddress mac{};                        // last seen; lets a new GUID take over an old one's entry
  std::optional<BusPosition> position{};  // last seen; decides between two with the same MAC
  std::string name{};                    // last seen; for the reader, and a last resort between two
  std::optional<std::int64_t> gone_s{};  // a tombstone since this wall-clock second

  bool operator==(const MapEntry&) const = default;
};

class MapEntries {
 public:
  // Sorted by index, each index once.
  explicit MapEntries(std::vector<MapEntry> entries);

  [[nodiscard]] const std::vector<MapEntry>& all() const { return entries_; }
  [[nodiscard]] bool changed() const { return changed_; }
  void setChanged(bool changed) { changed_ = changed; }

  // Valid until the next add(); null when the number is nobody's.
  [[nodiscard]] const MapEntry* find(IfIndex index) const;
  [[nodiscard]] std::size_t slot(IfIndex index) const;  // its place in all(); it must be there

  [[nodiscard]] std::optional<IfIndex> findGuid(const Guid& guid) const;
  [[nodiscard]] std::optional<IfIndex> findName(const NameIdentity& name) const;
  // Entries recognised by this MAC; by increasing index.
  [[nodiscard]] std::vector<IfIndex> findMac(const HwAddress& mac) const;
  // Entries recognised by a GUID whose MAC was this one; by increasing index.
  [[nodiscard]] std::vector<IfIndex> findGuidsWithMac(const HwAddress& mac) const;
  // Everybody who has this identity: several only for a MAC.
  [[nodiscard]] std::vector<IfIndex> findAll(const Identity& identity) const;

  // The number is in use from now on; it is nobody's until setIdentity().
  void add(IfIndex index);
  void setIdentity(IfIndex index, const Identity& identity);
  // The number is nobody's for ever, and its identity is free for another number.
  void retire(IfIndex index);
  // Notes what was last seen of the interface, which is present.
  void remember(IfIndex index, const HwAddress& mac, const std::optional<BusPosition>& position,
                std::string_view name);
  // The interface is gone since then.
  void markGone(IfIndex index, std::int64_t now_s);
  // These entries are there no more. `numbers` is sorted, and all of them are there.
  void forget(std::span<const IfIndex> numbers);

 private:
  using ByMac = std::multimap<HwAddress, IfIndex>;

  MapEntry& at(IfIndex index) { return entries_[slot(index)]; }
  void indexEntry(const MapEntry& entry);
  void unindexEntry(const MapEntry& entry);

  std::vector<MapEntry> entries_;
  std::vector<IfIndex> numbers_;  // of entries_, so that a search stays in the processor's cache
  std::map<Guid, IfIndex> by_guid_;
  std::map<NameIdentity, IfIndex> by_name_;
  ByMac by_mac_;
  ByMac guids_by_mac_;
  bool changed_ = false;
};

}  // namespace hvnet
