// Whether an adapter's receive drops are worth waking somebody: a pure function of (time, counter).
//
// About once a second the rate over a sliding window is looked at (design: "The drop alarm"):
// - raised when it is at least `rising` and at least `ratio` times the adapter's own baseline, for
//   two looks running;
// - cleared when it has stayed under `falling` for three windows. Where the baseline is above
//   `falling`, half of the rate that raises the alarm takes its place: drops that are an adapter's
//   normal would keep it raised for ever.
// The baseline is an exponentially weighted mean over about an hour of quiet. It starts with the
// first whole window, so that a restart does not take what is normal for a spike.
//
// A window starts anew with the process, and with interrupt(): when the counter may have jumped (a
// reset that was bridged, a source that was failed). Before it is whole nothing is raised, and
// nothing is cleared.
//
// A value without locks; the poller thread owns it. Rates are per second.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "snapshot/drop_rate.h"

namespace hvnet {

struct AlarmSettings {
  std::uint32_t rising = 50;
  std::uint32_t falling = 5;
  std::uint32_t ratio = 4;
  std::chrono::seconds window{10};

  bool operator==(const AlarmSettings&) const = default;
};

// Some of them, in place of others.
struct AlarmOverrides {
  std::optional<std::uint32_t> rising;
  std::optional<std::uint32_t> falling;
  std::optional<std::uint32_t> ratio;
  std::optional<std::chrono::seconds> window;

  [[nodiscard]] AlarmSettings over(const AlarmSettings& settings) const;
};

// `dropAlarm`: what holds for all adapters, and for some by name.
struct AlarmOptions {
  AlarmSettings all;
  std::vector<std::pair<std::string, AlarmOverrides>> by_name;  // ifName; the last one holds

  [[nodiscard]] AlarmSettings of(std::string_view name) const;
};

enum class AlarmState : std::uint8_t { kQuiet = 1, kRaised = 2 };
enum class AlarmEvent : std::uint8_t { kNone, kRaised, kCleared };

class DropAlarm {
 public:
  explicit DropAlarm(const AlarmSettings& settings = {})
      : settings_(settings), rate_(settings.window) {}

  // `drops` never decreases, `now` neither.
  AlarmEvent add(std::uint64_t drops, TimePoint now);
  void interrupt();
  // Other settings begin with another look; another window begins anew.
  void setSettings(const AlarmSettings& settings);

  [[nodiscard]] const AlarmSettings& settings() const { return settings_; }
  [[nodiscard]] AlarmState state() const { return state_; }
  // Empty until two counters are a second apart.
  [[nodiscard]] std::optional<std::uint32_t> rate() const { return rate_.perSecond(); }
  // Empty before the first whole window.
  [[nodiscard]] std::optional<std::uint32_t> baseline() const;
  // The rate that raises the alarm now.
  [[nodiscard]] std::uint32_t threshold() const;
  [[nodiscard]] std::uint32_t raisedCount() const { return raised_count_; }
  [[nodiscard]] std::optional<TimePoint> lastRaised() const { return last_raised_; }

 private:
  AlarmEvent look(std::uint32_t rate, TimePoint now);
  AlarmEvent lookWhileQuiet(std::uint32_t rate, std::chrono::duration<double> since_last,
                            TimePoint now);
  AlarmEvent lookWhileRaised(std::uint32_t rate, TimePoint now);
  [[nodiscard]] std::uint32_t clearBelow() const;

  AlarmSettings settings_;
  RateWindow rate_;
  AlarmState state_ = AlarmState::kQuiet;
  std::optional<double> baseline_;
  std::optional<TimePoint> last_look_;
  std::optional<TimePoint> low_since_;  // while raised: since when the rate is low enough
  int high_looks_ = 0;                  // running
  std::uint32_t raised_count_ = 0;
  std::optional<TimePoint> last_raised_;
};

}  // namespace hvnet
