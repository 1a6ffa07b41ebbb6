// Time is passed in. Intervals are measured on the monotonic clock only: the guest's wall clock
// follows the host's and may jump.
#pragma once

#include <chrono>

namespace hvnet {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

}  // namespace hvnet
