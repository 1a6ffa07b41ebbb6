#include "snapshot/events/drop_alarm.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hvnet {
namespace {

constexpr std::chrono::seconds kEvaluationInterval{1};
constexpr int kSamplesToRaise = 2;
constexpr int kWindowsToClear = 3;
// The baseline's time constant.
constexpr std::chrono::duration<double> kBaselineMemory = std::chrono::hours(1);

std::uint32_t asRate(double rate) {
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp(std::round(rate), 0.0, kMost));
}

}  // namespace

void DropAlarm::setSettings(const AlarmSettings& settings) {
  if (settings.window != settings_.window) {
    rate_ = RateWindow(settings.window);
    interrupt();
  }
  settings_ = settings;
}

AlarmEvent DropAlarm::add(std::uint64_t drops, TimePoint now) {
  rate_.add(drops, now);
  if (last_evaluated_ && now - *last_evaluated_ < kEvaluationInterval) return AlarmEvent::kNone;
  if (!rate_.full()) return AlarmEvent::kNone;
  return evaluate(*rate_.perSecond(), now);
}

void DropAlarm::interrupt() {
  rate_.clear();
  last_evaluated_.reset();
  low_since_.reset();
  high_samples_ = 0;
}

AlarmEvent DropAlarm::evaluate(std::uint32_t rate, TimePoint now) {
  const std::chrono::duration<double> since_last =
      last_evaluated_ ? now - *last_evaluated_ : kEvaluationInterval;
  last_evaluated_ = now;
  return state_ == AlarmState::kQuiet ? evaluateWhileQuiet(rate, since_last, now)
                                      : evaluateWhileRaised(rate, now);
}

AlarmEvent DropAlarm::evaluateWhileQuiet(std::uint32_t rate,
                                         std::chrono::duration<double> since_last, TimePoint now) {
  if (!baseline_) baseline_ = rate;
  if (rate >= threshold()) {
    if (++high_samples_ < kSamplesToRaise) return AlarmEvent::kNone;
    state_ = AlarmState::kRaised;
    ++raised_count_;
    last_raised_ = now;
    low_since_.reset();
    high_samples_ = 0;
    return AlarmEvent::kRaised;
  }
  high_samples_ = 0;
  const double share = 1 - std::exp(-since_last / kBaselineMemory);
  *baseline_ += (rate - *baseline_) * share;
  return AlarmEvent::kNone;
}

AlarmEvent DropAlarm::evaluateWhileRaised(std::uint32_t rate, TimePoint now) {
  if (rate >= clearBelow()) {
    low_since_.reset();
    return AlarmEvent::kNone;
  }
  if (!low_since_) low_since_ = now;
  if (now - *low_since_ < kWindowsToClear * settings_.window) return AlarmEvent::kNone;
  state_ = AlarmState::kQuiet;
  low_since_.reset();
  return AlarmEvent::kCleared;
}

std::optional<std::uint32_t> DropAlarm::baseline() const {
  if (!baseline_) return std::nullopt;
  return asRate(*baseline_);
}

std::uint32_t DropAlarm::threshold() const {
  return std::max(settings_.rising, asRate(settings_.ratio * baseline_.value_or(0)));
}

std::uint32_t DropAlarm::clearBelow() const {
  return baseline_.value_or(0) < settings_.falling ? settings_.falling : threshold() / 2;
}

}  // namespace hvnet
