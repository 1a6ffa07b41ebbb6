// The clock of the product. Functions get the time as an argument and do not ask for it. Intervals
// use the monotonic clock only, because the guest's wall clock follows the host's and can jump.
//
// Threads: any. Ownership: none. Errors: none.
#pragma once

#include <chrono>

namespace hvnet {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

}  // namespace hvnet
