// Which entries the map forgets. Names like veth1a2b3c come and go, and the map must not grow with
// them for ever; nor with the adapters that a faulty report invents.
//
// An adapter's entry with a number from 1 to 255 is never forgotten, and no entry of an interface
// that is present.
//
// Threads: any. Ownership: none. Errors: none.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ifmap/map_entries.h"

namespace hvnet {

// How many stay, the newest ones.
inline constexpr std::size_t kKeptTombstones = 4096;          // of what is no adapter
inline constexpr std::size_t kKeptAdapterTombstones = 16384;  // with a number from 256 up
inline constexpr std::size_t kKeptRetired = 4096;             // numbers that are nobody's
// Of a file: entries that are no tombstones, and may be of interfaces that are present.
inline constexpr std::size_t kKeptUnseen = 32768;

// What was forgotten, for the log.
struct Forgotten {
  std::size_t count = 0;
  std::vector<std::string> examples;  // "ifIndex 256 (veth veth0)", the first few

  void note(const MapEntry& entry);
  void add(const Forgotten& more);
};

// The numbers of the entries that are too many, by increasing number. Only numbers from 256 up to
// `last`; `present` has the numbers of the interfaces that are present, and both are sorted.
std::vector<IfIndex> oldTombstones(std::span<const MapEntry> entries,
                                   std::span<const IfIndex> present, IfIndex last);

}  // namespace hvnet
