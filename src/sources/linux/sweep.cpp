#include "sources/linux/sweep.h"

#include <chrono>

namespace hvnet {

std::size_t Sweep::due(TimePoint now, std::size_t total) {
  if (!paid_until_ || total == 0) paid_until_ = now;
  const Clock::duration passed = now - *paid_until_;
  if (passed >= period_) {
    paid_until_ = now;
    return total;
  }
  using Parts = std::chrono::duration<double>;
  const double part = Parts(passed) / Parts(period_);
  const auto count = static_cast<std::size_t>(part * static_cast<double>(total));
  // What is left of a whole one counts in the next call.
  if (count > 0) *paid_until_ += period_ * count / total;
  return count;
}

}  // namespace hvnet
