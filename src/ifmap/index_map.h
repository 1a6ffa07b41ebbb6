// The allocator: identity → ifIndex, kept for ever.
//
// Pure: no I/O and no clock. Poller thread only. An index never moves while its interface lives,
// and a number that was given is never given to another identity while the process runs. Two
// things move an interface to another number, and both are asked for by a person: a pin, and a
// rename to a name that is an entry of its own.
//
// recognise.h says who is who, entry_book.h keeps the entries, pin_board.h the pins.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ifmap/entry_book.h"
#include "ifmap/free_numbers.h"
#include "ifmap/identity.h"
#include "ifmap/map_entry.h"
#include "ifmap/pin.h"
#include "ifmap/pin_board.h"
#include "ifmap/recognise.h"

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

struct Round;

class IndexMap {
 public:
  // `entries`: as parseMap() or entries() gave them. An error for two pins with one number or one
  // target, and for a pin on a number that the map has already given to somebody else (a retired
  // one is nobody's). Forgets the oldest tombstones of interfaces that are not adapters, beyond
  // the newest `kKeptTombstones`.
  static Result<IndexMap> create(std::vector<MapEntry> entries, std::vector<Pin> pins);
  static constexpr std::size_t kKeptTombstones = 4096;

  struct Outcome {
    std::vector<Assignment> assignments;  // one for each candidate, in the order given
    bool numbers_changed = false;         // must be on disk before anybody is told
    std::vector<std::string> notices;     // for the log: takeovers and the like
  };
  // `present` is everything that exists now; whoever is missing becomes a tombstone. `now_s` is
  // wall-clock seconds, used only to date tombstones.
  Outcome assign(std::span<const Candidate> present, std::int64_t now_s);

  // Sorted by index. Read it again after assign().
  [[nodiscard]] const std::vector<MapEntry>& entries() const { return book_.entries(); }
  // True when entries() was changed since markSaved(), or since create() if that is later.
  [[nodiscard]] bool dirty() const { return book_.changed(); }
  void markSaved() { book_.setChanged(false); }

 private:
  IndexMap(std::vector<MapEntry> entries, PinBoard pins);

  // The steps of assign(); seatPinned() and adoptIdentities() are the others.
  void seatNewcomers(Round& round);
  void seatNewcomer(Round& round, std::size_t place, IfIndex index, IndexOrigin origin);
  void remember(const Round& round);
  void bury(const Round& round);
  [[nodiscard]] std::vector<Assignment> assignments(const Round& round) const;

  EntryBook book_;
  PinBoard pins_;
  FreeNumbers free_;
  bool first_sight_;                                  // of a whole host: nothing was ever numbered
  std::vector<Resident> residents_;                   // of the last call, sorted by kernel index
  std::vector<IfIndex> inhabited_;                    // the last call's numbers, sorted
  std::unordered_map<IfIndex, IndexOrigin> origins_;  // of what did not come from the disk
};

}  // namespace hvnet
