// How fast a counter goes up, over a sliding window of ten seconds.
//
// A value without locks; the poller thread owns it. Time is passed in, on the monotonic clock.
#pragma once

#include <boost/container/static_vector.hpp>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace hvnet {

inline constexpr std::chrono::seconds kRateWindow{10};

class RateWindow {
 public:
  // `counter` never decreases; `when` neither.
  void add(std::uint64_t counter, TimePoint when);
  // Per second, rounded; empty until two values are a second apart.
  [[nodiscard]] std::optional<std::uint32_t> perSecond() const;

 private:
  struct Point {
    TimePoint when;
    std::uint64_t counter;
  };
  // One for each second of the window, and both ends.
  boost::container::static_vector<Point, 12> points_;
  std::optional<Point> newest_;
};

}  // namespace hvnet
