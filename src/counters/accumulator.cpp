#include "counters/accumulator.h"

namespace hvnet {

bool Accumulator::wraps(std::uint64_t raw) const {
  constexpr std::uint64_t kHalf32 = std::uint64_t{1} << 31U;
  return width_ == Width::k32 && inWidth(raw - state_->last_raw) < kHalf32;
}

std::uint64_t Accumulator::increment(std::uint64_t raw) const {
  return wraps(raw) ? inWidth(raw - state_->last_raw) : raw;
}

void Accumulator::partRestarted(std::uint64_t part) {
  if (!state_) return;
  if (part <= state_->last_raw) {
    state_->last_raw -= part;
    return;
  }
  state_->total += part - state_->last_raw;
  state_->last_raw = 0;
}

}  // namespace hvnet
