// One pass along the line: source → numbers → rows → counters → a snapshot.
//
// One thread (the poller's, or main's for --show). sample() costs one statistics dump and a copy
// of the counters; the topology is worked out again only when the source says that it changed, or
// has failed or recovered.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "counters/source.h"
#include "ifmap/map_keeper.h"
#include "snapshot/interfaces.h"
#include "snapshot/row_counters.h"
#include "snapshot/settings_store.h"
#include "snapshot/snapshot.h"
#include "snapshot/source_monitor.h"

namespace hvnet {

class Sampler {
 public:
  // `numbers` is not used with `indexOrder kernel`. `about` has what is not the source's to say:
  // version and sample interval.
  Sampler(std::unique_ptr<Source> source, MapKeeper numbers, CounterKeeper totals,
          PublishOptions options, AgentFacts about, Log& log);

  // From now on every snapshot is with what was SET. `settings` outlives the sampler.
  void follow(const SettingsStore& settings) { settings_store_ = &settings; }

  [[nodiscard]] int eventFd() const { return source_->eventFd(); }
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
  std::vector<NumberedPort> number(TimePoint now);
  void describeAgent(std::string_view hypervisor);
  void takeSettings(TimePoint now);
  void takeSample(TimePoint counted_at, TimePoint now);
  void complain();
  void report(const Error* error, std::string_view what);

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
  std::vector<Sample> samples_;
  TimePoint sampled_at_{};
  std::string last_error_;
  std::string last_complaint_;
};

}  // namespace hvnet
