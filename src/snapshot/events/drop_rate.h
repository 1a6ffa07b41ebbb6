// The rate of a counter over a sliding window.
//
// Threads: the poller. Ownership: a value. Errors: none. Units: per second; time is passed in, on
// the monotonic clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace hvnet {

class RateWindow {
 public:
  explicit RateWindow(std::chrono::seconds window = std::chrono::seconds(10)) : window_(window) {}

  // Adds a value. Neither `counter` nor `when` may decrease. At most one value per second is
  // stored.
  void add(std::uint64_t counter, TimePoint when);
  // The rate per second, rounded. Empty until there are two values one second apart.
  [[nodiscard]] std::optional<std::uint32_t> perSecond() const;
  // True if the values cover a complete window.
  [[nodiscard]] bool full() const;
  void clear();

 private:
  struct Point {
    TimePoint when;
    std::uint64_t counter;
  };

  std::chrono::seconds window_;
  std::deque<Point> points_;  // at least one second apart; the window starts at the first one
  std::optional<Point> newest_;
};

}  // namespace hvnet
