// Finds the events between two snapshots: link changes, alarms, adapters, the source. It does not
// know notifications; subagent/snmp sends them.
//
// Threads: EventWatch by one thread; mayHaveEvents() by any. Ownership: shares the snapshots.
// Errors: none.
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
  IfIndex index{};       // 0 for the events of the source
  SnapshotPtr snapshot;  // has the values to send; for a removed adapter the last one that had it

  bool operator==(const Event&) const = default;
};

// Returns false if there are no events. It is cheap, because it is called for every snapshot.
bool mayHaveEvents(const Snapshot& before, const Snapshot& after);

// Compares each snapshot with the one before it.
//
// - Links (RFC 2863 §3.1.15): linkDown when the operational state becomes down, and linkUp when it
//   leaves down; a change from or to notPresent is neither. Only rows with ifLinkUpDownTrapEnable
//   enabled. A failed source makes every state unknown, which is not an event. When it recovers,
//   the links are compared with their states before the failure.
// - Adapters that were added or removed. Those of the first good sample were not added.
// - Alarms, as many as were raised between the snapshots.
// - The source: when it becomes failed, and when it recovers.
class EventWatch {
 public:
  // Returns the events since the last call; at the first call, none.
  std::vector<Event> update(const SnapshotPtr& now);

 private:
  SnapshotPtr last_;
  SnapshotPtr last_known_;  // the last one whose source had not failed
};

}  // namespace hvnet
