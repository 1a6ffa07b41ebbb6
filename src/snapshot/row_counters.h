// The counters beside the rows: what was sampled, carried on, and put where its interface stands.
//
// Poller thread only. take() allocates nothing for a port while the same ones come; saving may
// block on the disk (counter_keeper.h).
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "snapshot/counter_keeper.h"
#include "snapshot/drop_alarm.h"
#include "snapshot/queue_keeper.h"
#include "snapshot/settings.h"
#include "snapshot/snapshot.h"

namespace hvnet {

class RowCounters {
 public:
  explicit RowCounters(CounterKeeper totals) : totals_(std::move(totals)) {}

  // Takes up what was saved of those that are still there.
  void restore(std::span<const Port> present) { totals_.restore(present); }
  // The rows are these now: counters move with their interface; a new one has none until it is
  // sampled, and what is gone is forgotten.
  // `settings` go over the alarms' thresholds.
  void follow(const Interfaces& interfaces, const AlarmOptions& alarms,
              const Settings& settings = {});
  // Takes in samples, sorted by kernel index; gives the rows whose counters may have lost
  // increments.
  std::vector<std::size_t> take(std::span<const Sample> samples, TimePoint now);
  // No sample this time: increments may be lost until the next one.
  void markInterrupted();

  // Everything of `out` that is counted.
  void publish(Snapshot& out) const;

  void tick(std::span<const Port> present, TimePoint now) { totals_.tick(present, now); }
  void finish(std::span<const Port> present) { totals_.finish(present); }

 private:
  struct Row {
    IfIndex index{};
    bool adapter = false;
    Counters counters;
    std::uint64_t resets = 0;
    DropAlarm alarm;  // adapters only
    StatNameList stat_names;
    std::vector<std::uint64_t> stat_values;
  };

  void takeDrops(Row& row, const CounterUpdate& update, TimePoint now);
  void takeStats(Row& row, const Sample& sample);
  static AdapterRates ratesOf(const Row& row);

  CounterKeeper totals_;
  QueueKeeper queues_;
  std::vector<Row> rows_;                                    // as the interfaces stand
  std::vector<std::pair<KernelIndex, std::size_t>> row_of_;  // sorted by kernel index
};

}  // namespace hvnet
