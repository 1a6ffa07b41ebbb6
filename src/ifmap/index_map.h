// The allocator: identity → ifIndex, kept for ever.
//
// An index never moves while its interface lives, and a number that was given is never given to
// another identity, also when its own is forgotten (free_numbers.h). Two things move an interface
// to another number, and both are asked for by a person: a pin, and a rename to a name that is an
// entry of its own.
//
// match.h says who is who, map_entries.h keeps the entries, pins.h the pins.
//
// Threads: the poller. No I/O and no clock. Ownership: owns entries and pins.
// Errors: of create(), which say where and what to do.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ifmap/free_numbers.h"
#include "ifmap/identity.h"
#include "ifmap/map_entries.h"
#include "ifmap/map_text.h"
#include "ifmap/match.h"
#include "ifmap/pins.h"
#include "ifmap/tombstones.h"

namespace hvnet {

// Why an interface has its number: hvnetAdapterIndexOrigin.
enum class IndexOrigin : std::uint8_t {
  kHypervisor = 1,  // first sight of a whole host: the hypervisor's order
  kPersisted = 2,   // from the map on disk
  kPinned = 3,      // from the configuration
  kAppended = 4,    // came later: the next free number
  kKernel = 5,      // `indexOrder kernel`
};

struct Assignment {
  KernelIndex kernel_index{};
  IfIndex index{};
  IndexOrigin origin = IndexOrigin::kKernel;
};

// Whether a map knows one of these adapters, by what it is recognised by or by its MAC.
bool knowsAnAdapter(std::span<const MapEntry> entries, std::span<const Candidate> present);

class IndexMap {
 public:
  // `saved`: as parseMap() gave it. An error for two pins with one number or one target, and for a
  // pin on a number that the map has already given to another interface (a retired one is
  // nobody's).
  static Result<IndexMap> create(SavedMap saved, std::vector<Pin> pins);

  struct Outcome {
    // One for each candidate that has a number, in the order given.
    std::vector<Assignment> assignments;
    std::vector<std::string> unnumbered;  // names of the others: no number is left
    bool numbers_changed = false;         // somebody has a new number, or a new identity
    bool beside_the_mark = false;         // a new number that no high-water mark covers
    std::vector<std::string> notices;     // for the log: takeovers and the like
    Forgotten forgotten;                  // since the last call, or when the map was read
  };
  // `present` is everything that exists now; whoever is missing becomes a tombstone, and the oldest
  // tombstones are forgotten (tombstones.h). `now_s` is wall-clock seconds, used only to date
  // tombstones.
  Outcome assign(std::span<const Candidate> present, std::int64_t now_s);

  // Sorted by index. Read it again after assign().
  [[nodiscard]] const std::vector<MapEntry>& entries() const { return entries_.all(); }
  // Numbers from 256 up to this one are never given again.
  [[nodiscard]] IfIndex givenUpTo() const { return free_.givenUpTo(); }
  // True when entries() was changed since markSaved(), or since create() if that is later.
  [[nodiscard]] bool dirty() const { return entries_.changed(); }
  void markSaved() { entries_.setChanged(false); }

 private:
  IndexMap(std::vector<MapEntry> entries, Pins pins, FreeNumbers free);

  // The steps of assign(); applyPins() and updateIdentities() are the others.
  void numberNewcomers(AssignPass& pass);
  void numberNewcomer(AssignPass& pass, std::size_t place, std::optional<IfIndex> index,
                      IndexOrigin origin);
  void remember(const AssignPass& pass);
  void markGone(const AssignPass& pass);
  void forgetOld();
  [[nodiscard]] Outcome outcome(AssignPass& pass);

  MapEntries entries_;
  Pins pins_;
  FreeNumbers free_;
  bool first_sight_;                                  // of a whole host: nothing was ever numbered
  std::vector<KnownInterface> known_;                 // of the last call, sorted by kernel index
  std::vector<IfIndex> present_numbers_;              // the last call's numbers, sorted
  std::unordered_map<IfIndex, IndexOrigin> origins_;  // of what did not come from the disk
  Forgotten forgotten_;                               // not told yet
};

}  // namespace hvnet
