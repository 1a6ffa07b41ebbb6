// How fast a counter goes up, over a sliding window.
//
// A value without locks; the poller thread owns it. Time is passed in, on the monotonic clock.
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

  // `counter` never decreases; `when` neither. Costs one comparison more often than once a second.
  void add(std::uint64_t counter, TimePoint when);
  // Per second, rounded; empty until two values are a second apart.
  [[nodiscard]] std::optional<std::uint32_t> perSecond() const;
  // Whether the values span a whole window.
  [[nodiscard]] bool full() const;
  void clear();

 private:
  struct Point {
    TimePoint when;
    std::uint64_t counter;
  };

  std::chrono::seconds window_;
  std::deque<Point> points_;  // a second apart or more; the first one is where the window starts
  std::optional<Point> newest_;
};

}  // namespace hvnet
