// Everything that is counted beside the rows: what was sampled, carried on (counter_totals.h), and
// put where its interface stands, with the drop alarm of each adapter; and the file that lets a
// restarted process go on where the last one stood, as long as the machine was not booted in
// between (counter_file.h).
//
// Threads: the poller only. Ownership: the totals and the alarms are here; `log` and `files` belong
// to the caller and outlive it. Errors: none reach the caller: a file that cannot be read or
// written is logged once, and counting goes on. Cost: apply() allocates nothing for an interface
// while the same ones come. Saving may block on the disk, about once a minute and after a reset.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_layer.h"
#include "base/log.h"
#include "counters/backlog_pool.h"
#include "counters/counter_totals.h"
#include "snapshot/events/drop_alarm.h"
#include "snapshot/publish/part_drops.h"
#include "snapshot/settings.h"
#include "snapshot/snapshot.h"
#include "sources/source.h"
#include "state/state_file.h"

namespace hvnet {

// Where the totals are kept, and within what their kernel ifindexes mean something.
struct CounterStorage {
  enum class Access : std::uint8_t { kReadOnly, kReadWrite };

  std::filesystem::path folder{};
  Access access = Access::kReadOnly;
  std::string origin{};  // as counter_file.h has it; when it is empty, nothing is read or written
  FileLayer* files = &realFiles();
  // An earlier process has published counters: where they are not found, all of them may fall.
  bool served_before = false;
};

class RowCounters {
 public:
  RowCounters(CounterStorage storage, CounterTotals::Numbers numbers, Log& log);

  // Before the first follow(): reads what was saved. `present` says which of a file of version 1
  // are still there.
  void restore(std::span<const SourceInterface> present);
  // The rows are these now: counters move with their interface, whose identity is its ifIndex, or
  // where `keys` are given (one for each row, sorted by kernel index) its key. A new one has
  // none until it is sampled. `settings` go over the alarms' thresholds.
  void follow(const Interfaces& interfaces, const AlarmOptions& alarms,
              const Settings& settings = {}, std::span<const PresentInterface> keys = {});
  // Applies samples, sorted by kernel index, that were counted at `counted_at`; gives the rows
  // whose counters may have lost increments. `backlog_drops`: see Source.
  std::vector<std::size_t> apply(std::span<const Sample> samples, TimePoint counted_at,
                                 TimePoint now,
                                 std::optional<std::uint64_t> backlog_drops = std::nullopt);
  // No sample this time: increments may be lost until the next one.
  void markInterrupted();

  // Everything of `out` that is counted.
  void publish(Snapshot& out) const;

  // Saves what it is time to save; `present` names the interfaces for whoever reads the file.
  void tick(std::span<const SourceInterface> present, TimePoint now);
  void save(std::span<const SourceInterface> present);

 private:
  struct Row {
    IfIndex index{};
    KernelIndex kernel_index{};
    Counters counters;
    std::uint64_t resets = 0;
    std::unique_ptr<DropAlarm> alarm;  // adapters only
    std::vector<IfIndex> parts;        // see AdapterFacts
    StatNameList stat_names;
    std::vector<std::uint64_t> stat_values;
  };
  // A sample and the row that it is of.
  struct Sampled {
    const Sample* sample = nullptr;
    std::size_t row = 0;
  };

  // Whether the row's counters may have lost increments.
  bool applyToRow(const Sampled& sampled, const Components& raw, TimePoint counted_at,
                  TimePoint now);
  Components withParts(const Sampled& sampled);
  void show(Row& row, const CounterUpdate& update, const Sample& sample, TimePoint now);
  static AdapterRates ratesOf(const Row& row);
  void publishQueues(Snapshot& out) const;

  StateFile file_;
  CounterStorage::Access access_;
  std::string origin_;
  bool served_before_;
  Log* log_;
  CounterTotals totals_;
  BacklogPool backlog_;
  std::map<std::string, PartDrops, std::less<>> part_drops_;  // of adapters with parts, by key
  std::vector<Row> rows_;                                     // as the interfaces stand
  std::vector<std::pair<KernelIndex, std::size_t>> row_of_;   // sorted by kernel index
  std::optional<TimePoint> next_save_;                        // counted from the first tick
  bool reset_unsaved_ = false;
};

}  // namespace hvnet
