// Spreads over time what must be read again of many interfaces, so that no call reads all of them.
//
// Threads: one owner. Ownership: values. Errors: none. Time is passed in.
#pragma once

#include <cstddef>
#include <optional>

#include "base/clock.h"

namespace hvnet {

class Sweep {
 public:
  explicit Sweep(Clock::duration period) : period_(period) {}

  // How many of `total` are due now: as large a part of them as of the period has passed since the
  // last call, and all of them after a whole period. None in the first call.
  std::size_t due(TimePoint now, std::size_t total);

 private:
  Clock::duration period_;
  std::optional<TimePoint> paid_until_{};  // what was due until then has been returned
};

}  // namespace hvnet
