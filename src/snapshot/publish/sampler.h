// One pass along the line: source → numbers → rows → counters → a snapshot.
//
// One thread (the poller's, or main's for --show). sample() costs one statistics dump and a copy
// of the counters; the topology is worked out again only when the source says that it changed, or
// has failed or recovered.
//
// Threads: one, the poller's, or main's for --show. Ownership: owns the source and the map; borrows
// the log and the settings, which must outlive it. Errors: those of the source are in the
// snapshot's health and in the log.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/said_once.h"
#include "ifmap/map_store.h"
#include "snapshot/describe/history.h"
#include "snapshot/describe/row.h"
#include "snapshot/publish/row_counters.h"
#include "snapshot/publish/source_monitor.h"
#include "snapshot/settings_store.h"
#include "snapshot/snapshot.h"
#include "sources/source.h"

namespace hvnet {

class Sampler {
 public:
  // `numbers` is not used with `indexOrder kernel`; `counters` have not followed any rows yet.
  // `about` has what is not the source's to say:
  // version and sample interval.
  Sampler(std::unique_ptr<Source> source, MapKeeper numbers, RowCounters counters,
          PublishOptions options, AgentFacts about, Log& log);

  // From now on every snapshot is with what was SET. `settings` outlives the sampler.
  void follow(const SettingsStore& settings) { settings_store_ = &settings; }

  [[nodiscard]] int eventFd() const { return source_->eventFd(); }
  // takeEvents() has more to say as soon as what it said is published.
  [[nodiscard]] bool hasMoreEvents() const { return source_->hasMoreEvents(); }
  // Takes in pending topology events; true when the rows changed.
  bool takeEvents(TimePoint now);
  SnapshotPtr sample(TimePoint now);
  // The index order stays as it is: a number does not move while it is served.
  void reconfigure(PublishOptions options, std::chrono::milliseconds interval, TimePoint now);
  // Housekeeping, about once a second.
  void tick(TimePoint now);
  // The last call.
  void finish(TimePoint now);

 private:
  void rebuild(TimePoint now);
  std::vector<NumberedInterface> number(TimePoint now);
  [[nodiscard]] std::vector<PresentInterface> counterKeys(
      std::span<const NumberedInterface> interfaces) const;
  void describeAgent(std::string_view hypervisor);
  void takeSettings(TimePoint now);
  void takeSample(TimePoint counted_at, TimePoint now);
  void report(const Error* error, std::string_view subject, SaidOnce& said);

  std::unique_ptr<Source> source_;
  MapKeeper numbers_;
  RowCounters counters_;
  PublishOptions options_;
  AgentFacts about_;
  const SettingsStore* settings_store_ = nullptr;
  SettingsPtr settings_;
  Log* log_;
  InterfaceHistory history_;
  SourceMonitor monitor_;
  std::shared_ptr<const AgentFacts> agent_;
  std::shared_ptr<const Interfaces> interfaces_;
  bool published_failed_ = false;  // interfaces_ say that nobody knows the links' states
  std::vector<PresentInterface> counter_keys_;  // with `indexOrder kernel` only
  std::vector<Sample> samples_;
  TimePoint sampled_at_{};
  SaidOnce events_trouble_;
  SaidOnce counters_trouble_;
  SaidOnce partial_trouble_;
};

}  // namespace hvnet
