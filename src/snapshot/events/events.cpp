#include "snapshot/events/events.h"

#include <algorithm>
#include <cstddef>

namespace hvnet {
namespace {

constexpr AdapterRates kNoRates;

bool failed(const Snapshot& snapshot) {
  return snapshot.health.state == SourceState::kFailed;
}

const AdapterRates& ratesOf(const Snapshot& snapshot, std::size_t row) {
  return row < snapshot.rates.size() ? snapshot.rates[row] : kNoRates;
}

bool sameAlarm(const AdapterRates& left, const AdapterRates& right) {
  return left.alarm == right.alarm && left.raised_count == right.raised_count;
}

// Returns the position of the row that is the same device, or the number of rows if there is none.
std::size_t findSame(const Snapshot& snapshot, const Interface& row) {
  const auto& rows = snapshot.interfaces->rows;
  const auto found = std::ranges::lower_bound(rows, row.index, {}, &Interface::index);
  const bool same =
      found != rows.end() && found->index == row.index && found->kernel_index == row.kernel_index;
  return same ? static_cast<std::size_t>(found - rows.begin()) : rows.size();
}

bool hasAdapter(const Snapshot& snapshot, const Interface& row) {
  const std::size_t at = findSame(snapshot, row);
  return at < snapshot.interfaces->rows.size() && snapshot.interfaces->rows[at].adapter;
}

// Compares two snapshots and appends the events to a list, in the order in which they are sent.
class Comparison {
 public:
  Comparison(SnapshotPtr before, SnapshotPtr after, std::vector<Event>& events)
      : before_(std::move(before)), after_(std::move(after)), events_(&events) {}

  void source() {
    if (failed(*before_) == failed(*after_)) return;
    add(failed(*after_) ? EventKind::kSourceFailed : EventKind::kSourceRecovered, IfIndex{0});
  }

  void adapters() {
    for (const Interface& row : before_->interfaces->rows) {
      if (!row.adapter || hasAdapter(*after_, row)) continue;
      events_->push_back({EventKind::kAdapterRemoved, row.index, before_});
    }
    for (const Interface& row : after_->interfaces->rows) {
      if (row.adapter && !hasAdapter(*before_, row)) add(EventKind::kAdapterAdded, row.index);
    }
  }

  void links() {
    if (before_->interfaces == after_->interfaces) return;
    for (const Interface& row : after_->interfaces->rows) {
      const std::size_t old = findSame(*before_, row);
      if (old == before_->interfaces->rows.size()) continue;
      if (row.trap_enable != TrapEnable::kEnabled) continue;
      link(before_->interfaces->rows[old].oper_status, row);
    }
  }

  void alarms() {
    for (std::size_t i = 0; i < after_->interfaces->rows.size(); ++i) {
      const Interface& row = after_->interfaces->rows[i];
      const std::size_t old = findSame(*before_, row);
      alarm(row.index, ratesOf(*before_, old), ratesOf(*after_, i));
    }
  }

 private:
  void add(EventKind kind, IfIndex index) { events_->push_back({kind, index, after_}); }

  void link(OperStatus was, const Interface& row) {
    const OperStatus is = row.oper_status;
    if (was == is || was == OperStatus::kNotPresent || is == OperStatus::kNotPresent) return;
    if (is == OperStatus::kDown) add(EventKind::kLinkDown, row.index);
    if (was == OperStatus::kDown) add(EventKind::kLinkUp, row.index);
  }

  void alarm(IfIndex index, const AdapterRates& was, const AdapterRates& is) {
    bool raised = was.alarm == AlarmState::kRaised;
    for (std::uint32_t count = was.raised_count; count < is.raised_count; ++count) {
      if (raised) add(EventKind::kAlarmCleared, index);
      add(EventKind::kAlarmRaised, index);
      raised = true;
    }
    if (raised && is.alarm == AlarmState::kQuiet) add(EventKind::kAlarmCleared, index);
  }

  SnapshotPtr before_;
  SnapshotPtr after_;
  std::vector<Event>* events_;
};

}  // namespace

bool mayHaveEvents(const Snapshot& before, const Snapshot& after) {
  return before.interfaces != after.interfaces || before.health.state != after.health.state ||
         !std::ranges::equal(before.rates, after.rates, sameAlarm);
}

std::vector<Event> EventWatch::update(const SnapshotPtr& now) {
  std::vector<Event> events;
  if (last_) {
    Comparison(last_, now, events).source();
    // Before the first good sample the adapters were not known.
    if (last_->health.samples > 0) Comparison(last_, now, events).adapters();
    Comparison(last_, now, events).alarms();
  }
  if (last_known_ && !failed(*now)) Comparison(last_known_, now, events).links();
  if (!failed(*now)) last_known_ = now;
  last_ = now;
  return events;
}

}  // namespace hvnet
