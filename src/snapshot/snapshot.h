// The one value that everything downstream reads: published whole, read const.
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
#include "snapshot/drop_alarm.h"
#include "snapshot/interface.h"
#include "snapshot/settings.h"

namespace hvnet {

// hvnetAgentSourceState. Stale: the last good values stand, and are older than they should be.
// Failed: for so long that nobody can say whether the links are still up.
enum class SourceState : std::uint8_t { kOk = 1, kStale = 2, kFailed = 3 };

// Of the agent itself (HVNET-MIB, hvnetAgent).
struct AgentFacts {
  std::string version;
  std::string hypervisor;  // of the adapters; empty without any
  std::string source;      // as `--source` spells it
  IndexOrder index_order = IndexOrder::kHypervisor;
  std::chrono::milliseconds sample_interval{0};
};

// How the source does.
struct SourceHealth {
  SourceState state = SourceState::kOk;
  std::optional<TimePoint> counted_at;  // when these counters were counted; empty before any were
  std::uint64_t samples = 0;            // good ones
  std::uint64_t errors = 0;             // samples and events that could not be read
};

// hvnetAlarmTable and hvnetStatsTable beyond the counters; beside each row of ifTable. Of what is
// no adapter, only `resets`. Rates are per second.
struct AdapterRates {
  std::uint64_t resets = 0;                    // bridged
  std::optional<std::uint32_t> in_drops_rate;  // over the alarm's window; empty until it is known
  std::optional<std::uint32_t> baseline;       // empty before the first whole window
  std::uint32_t threshold = 0;                 // what raises the alarm now
  AlarmState alarm = AlarmState::kQuiet;
  std::uint32_t raised_count = 0;
  std::optional<TimePoint> last_raised;
  AlarmSettings settings;
};

// One vRSS queue, 64 bits each since it appeared.
struct QueueCounters {
  IfIndex index{};
  std::uint32_t queue = 0;
  std::optional<std::uint64_t> rx_packets;
  std::optional<std::uint64_t> rx_octets;
  std::optional<std::uint64_t> tx_packets;
  std::optional<std::uint64_t> tx_octets;
};

// One line of `ethtool -S`: raw, as the driver has it now.
struct DriverStatLine {
  IfIndex index{};
  std::uint32_t number = 0;  // 1 for the first line
  std::string_view name;     // lives in Snapshot::stat_names
  std::uint64_t value = 0;
};

struct Snapshot {
  std::shared_ptr<const AgentFacts> agent;
  std::shared_ptr<const Interfaces> interfaces;
  std::vector<Counters> counters;            // counters[i] belongs to interfaces->rows[i]
  std::vector<AdapterRates> rates;           // rates[i], too
  std::vector<QueueCounters> queues;         // adapters', by ifIndex and queue
  std::vector<DriverStatLine> driver_stats;  // adapters', by ifIndex and number
  std::vector<StatNameList> stat_names;      // keeps the names alive
  SourceHealth health;
  SettingsPtr settings;    // what was SET of these rows; null where nothing can be
  TimePoint sampled_at{};  // just before the source was asked
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace hvnet
