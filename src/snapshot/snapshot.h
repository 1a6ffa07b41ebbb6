// The one value that all code after the poller reads: the tables, the events and `--show`. It is
// published as a whole and never changes afterwards.
//
// Threads: any; a published snapshot is immutable. Ownership: shared by SnapshotPtr. Errors: none.
// Units: rates are packets per second, counters are packets and octets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "counters/counters.h"
#include "counters/driver_stats.h"
#include "snapshot/alarm_settings.h"
#include "snapshot/interface.h"
#include "snapshot/settings.h"

namespace hvnet {

// hvnetAgentSourceState. Stale: the last good values are published, and are too old. Failed: they
// are so old that the link states are not known.
enum class SourceState : std::uint8_t { kOk = 1, kStale = 2, kFailed = 3 };

// Facts of the agent itself (HVNET-MIB, hvnetAgent).
struct AgentFacts {
  std::string version;
  std::string hypervisor;  // from the adapters; empty without adapters
  std::string source;      // as written after `--source`
  IndexOrder index_order = IndexOrder::kHypervisor;
  std::chrono::milliseconds sample_interval{0};
};

// The state of the source.
struct SourceHealth {
  SourceState state = SourceState::kOk;
  std::optional<TimePoint> counted_at;  // when the counters were read; empty before the first time
  std::uint64_t samples = 0;            // good samples
  std::uint64_t errors = 0;             // samples and events that could not be read
};

// The values of hvnetAlarmTable and hvnetStatsTable that are not counters, one for each row of
// ifTable. For an interface that is not an adapter, only `resets` is used.
struct AdapterRates {
  std::uint64_t resets = 0;                    // driver resets that were compensated
  std::optional<std::uint32_t> in_drops_rate;  // over the alarm's window; empty until it is known
  std::optional<std::uint32_t> baseline;       // empty before the first whole window
  std::uint32_t threshold = 0;                 // the rate that raises the alarm now
  AlarmState alarm = AlarmState::kQuiet;
  std::uint32_t raised_count = 0;
  std::optional<TimePoint> last_raised;
  AlarmSettings settings;
};

// The counters of one vRSS queue, in 64 bits, since the queue appeared.
struct QueueCounters {
  IfIndex index{};
  std::uint32_t queue = 0;
  std::optional<std::uint64_t> rx_packets;
  std::optional<std::uint64_t> rx_octets;
  std::optional<std::uint64_t> tx_packets;
  std::optional<std::uint64_t> tx_octets;
};

// One line of `ethtool -S`, unchanged.
struct DriverStatLine {
  IfIndex index{};
  std::uint32_t number = 0;  // 1 for the first line
  std::string_view name;     // points into Snapshot::stat_names
  std::uint64_t value = 0;
};

struct Snapshot {
  std::shared_ptr<const AgentFacts> agent;
  std::shared_ptr<const Interfaces> interfaces;
  std::vector<Counters> counters;            // counters[i] belongs to interfaces->rows[i]
  std::vector<AdapterRates> rates;           // rates[i] belongs to interfaces->rows[i]
  std::vector<QueueCounters> queues;         // of adapters, sorted by ifIndex and queue
  std::vector<DriverStatLine> driver_stats;  // of adapters, sorted by ifIndex and number
  std::vector<StatNameList> stat_names;      // keeps the names alive
  SourceHealth health;
  SettingsPtr settings;    // the values that were SET; null if SET is not possible
  TimePoint sampled_at{};  // the time just before the source was read
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace hvnet
