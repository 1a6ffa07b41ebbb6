// One pass along the line: source → numbers → rows → counters → a snapshot.
//
// One thread (the poller's, or main's for --show). sample() costs one statistics dump and a copy
// of the counters; the topology is worked out again only when the source says that it changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "counters/source.h"
#include "ifmap/map_keeper.h"
#include "snapshot/counter_keeper.h"
#include "snapshot/interfaces.h"
#include "snapshot/snapshot.h"

namespace hvnet {

class Sampler {
 public:
  // `numbers` is not used with `indexOrder kernel`.
  Sampler(std::unique_ptr<Source> source, MapKeeper numbers, CounterKeeper totals,
          PublishOptions options, Log& log);

  [[nodiscard]] int eventFd() const { return source_->eventFd(); }
  // Takes in pending topology events; true when the rows changed.
  bool takeEvents(TimePoint now);
  SnapshotPtr sample(TimePoint now);
  // Housekeeping, about once a second.
  void tick(TimePoint now);
  // The last call.
  void finish(TimePoint now);

 private:
  void rebuild(TimePoint now);
  std::vector<Assignment> number(const std::vector<Candidate>& candidates, TimePoint now);
  void takeCounters(TimePoint now);
  void report(const Result<void>& outcome, std::string_view what);

  std::unique_ptr<Source> source_;
  MapKeeper numbers_;
  CounterKeeper totals_;
  PublishOptions options_;
  Log* log_;
  InterfaceHistory history_;
  std::shared_ptr<const Interfaces> interfaces_;
  std::vector<std::pair<KernelIndex, std::size_t>> row_of_;  // sorted by kernel index
  std::vector<Sample> samples_;
  std::vector<Counters> counters_;  // the last good ones, in row order
  TimePoint sampled_at_{};
  std::string last_error_;
  std::string last_complaint_;
};

}  // namespace hvnet
