#include "counters/accumulator.h"

namespace hvnet {

bool Accumulator::wraps(std::uint64_t raw) const {
  constexpr std::uint64_t kHalf32 = std::uint64_t{1} << 31U;
  return width_ == Width::k32 && inWidth(raw - state_->last_raw) < kHalf32;
}

// The increment.
std::uint64_t Accumulator::stepBack(std::uint64_t raw) const {
  return wraps(raw) ? inWidth(raw - state_->last_raw) : raw;
}

}  // namespace hvnet
