// What happened between two snapshots that somebody may want to be told. Pure; knows nothing of
// notifications.
#pragma once

#include <cstdint>
#include <vector>

#include "snapshot/snapshot.h"

namespace hvnet {

enum class EventKind : std::uint8_t {
  kLinkDown,
  kLinkUp,
  kAlarmRaised,
  kAlarmCleared,
  kAdapterAdded,
  kAdapterRemoved,
  kSourceFailed,
  kSourceRecovered,
};

struct Event {
  EventKind kind{};
  IfIndex index{};       // 0 for what is no row's
  SnapshotPtr snapshot;  // that tells of it: the last one that had it, if it is gone

  bool operator==(const Event&) const = default;
};

// False: nothing happened. Cheap, for every publication.
bool mayHaveEvents(const Snapshot& before, const Snapshot& after);

// Follows snapshot after snapshot. One thread.
//
// - Links (RFC 2863 §3.1.15): down when the operational state becomes down from any other but
//   notPresent; up when it leaves down for any other but notPresent. Only of rows whose
//   ifLinkUpDownTrapEnable is enabled. A source that fails makes every state unknown, which is no
//   event; when it recovers, the links are compared with what they were before.
// - Adapters that come and go. What the first good sample has was there before.
// - Alarms: as often as they were raised in between.
// - The source: into failed, and out of it.
class EventWatch {
 public:
  // What happened since the last call; nothing at the first one.
  std::vector<Event> update(const SnapshotPtr& now);

 private:
  SnapshotPtr last_;
  SnapshotPtr last_known_;  // the last one whose source had not failed
};

}  // namespace hvnet
