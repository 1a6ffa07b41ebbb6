// The drop alarm of one adapter: decides from its drop counter whether an alarm is raised.
//
// About once a second it evaluates the rate over a sliding window:
//
// - The alarm is raised when the rate is at least `rising`, and at least `ratio` times the
// adapter's baseline, in two evaluations in a row. - The alarm is cleared when the rate stays below
// `falling` for three windows. If the baseline is above `falling`, half of the rate that raises the
// alarm is used instead: otherwise an adapter whose usual drop rate is above `falling` would never
// clear its alarm.
//
// The baseline is an exponentially weighted mean over about one hour without an alarm. It starts
// with the first complete window, so that a restart does not report the usual rate as a spike.
//
// The window starts again with the process and with interrupt(), which is called when the counter
// may have made a step that was not drops (a reset, a source that had failed). Until the window is
// complete, the alarm is neither raised nor cleared.
//
// Threads: the poller. Ownership: a value. Errors: none. Units: rates are packets per second.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "snapshot/alarm_settings.h"
#include "snapshot/events/drop_rate.h"

namespace hvnet {

enum class AlarmEvent : std::uint8_t { kNone, kRaised, kCleared };

class DropAlarm {
 public:
  explicit DropAlarm(const AlarmSettings& settings = {})
      : settings_(settings), rate_(settings.window) {}

  // Adds a value of the counter. Neither `drops` nor `now` may decrease.
  AlarmEvent add(std::uint64_t drops, TimePoint now);
  void interrupt();
  // Uses new settings from the next evaluation on. A new window length restarts the window.
  void setSettings(const AlarmSettings& settings);

  [[nodiscard]] const AlarmSettings& settings() const { return settings_; }
  [[nodiscard]] AlarmState state() const { return state_; }
  // Empty until there are two values one second apart.
  [[nodiscard]] std::optional<std::uint32_t> rate() const { return rate_.perSecond(); }
  // Empty before the first complete window.
  [[nodiscard]] std::optional<std::uint32_t> baseline() const;
  // The rate that raises the alarm now.
  [[nodiscard]] std::uint32_t threshold() const;
  [[nodiscard]] std::uint32_t raisedCount() const { return raised_count_; }
  [[nodiscard]] std::optional<TimePoint> lastRaised() const { return last_raised_; }

 private:
  AlarmEvent evaluate(std::uint32_t rate, TimePoint now);
  AlarmEvent evaluateWhileQuiet(std::uint32_t rate, std::chrono::duration<double> since_last,
                                TimePoint now);
  AlarmEvent evaluateWhileRaised(std::uint32_t rate, TimePoint now);
  [[nodiscard]] std::uint32_t clearBelow() const;

  AlarmSettings settings_;
  RateWindow rate_;
  AlarmState state_ = AlarmState::kQuiet;
  std::optional<double> baseline_;
  std::optional<TimePoint> last_evaluated_;
  std::optional<TimePoint> low_since_;  // while raised: the time since which the rate is low enough
  int high_samples_ = 0;                // in a row
  std::uint32_t raised_count_ = 0;
  std::optional<TimePoint> last_raised_;
};

}  // namespace hvnet
