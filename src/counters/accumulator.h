// One component of a counter, carried on over resets and wraps of whoever counts it.
//
// Rules, for each raw value that is added:
// - the first one is the total itself: what was counted before we looked is part of it;
// - one that is not smaller than the last adds the difference;
// - one that is smaller means that the producer started again from zero: it is itself the
//   increment. What was counted between the last look and the reset is lost, nothing else is.
// - Width::k32, a producer that wraps at 2^32: a smaller value whose difference modulo 2^32 is
//   below 2^31 is a wrap and adds that difference; any other is a reset as above. A reset from the
//   upper half of the range therefore looks like a wrap when the new value is low enough, and a
//   wrap with 2^31 or more since the last look like a reset: look often.
// The total never decreases (before it has counted 2^64).
//
// A value without locks; the poller thread owns it. Unit: the component's own (packets, octets).
#pragma once

#include <cstdint>
#include <optional>

namespace hvnet {

// All there is to save.
struct AccumulatorState {
  std::uint64_t last_raw = 0;
  std::uint64_t total = 0;

  bool operator==(const AccumulatorState&) const = default;
};

class Accumulator {
 public:
  enum class Width : std::uint8_t { k32 = 32, k64 = 64 };

  using State = AccumulatorState;

  explicit Accumulator(Width width = Width::k64) : width_(width) {}

  // The running total. Of a 32-bit component only the low 32 bits of `raw` count.
  // In the header, for every sample adds some dozen components of every port.
  std::uint64_t add(std::uint64_t raw) {
    raw = inWidth(raw);
    if (!state_) state_.emplace();
    const bool forward = raw >= state_->last_raw;
    state_->total += forward ? raw - state_->last_raw : stepBack(raw);
    state_->last_raw = raw;
    return state_->total;
  }
  // Whether add(raw) would be a reset.
  [[nodiscard]] bool startsAgain(std::uint64_t raw) const {
    raw = inWidth(raw);
    return state_ && raw < state_->last_raw && !wraps(raw);
  }
  [[nodiscard]] std::uint64_t total() const { return state_ ? state_->total : 0; }

  // Nothing before the first raw value.
  [[nodiscard]] const std::optional<State>& state() const { return state_; }
  // Whoever counts is another one now; the total stands.
  void setWidth(Width width) { width_ = width; }
  void restore(const State& state) { state_ = State{inWidth(state.last_raw), state.total}; }

 private:
  [[nodiscard]] std::uint64_t inWidth(std::uint64_t raw) const {
    return width_ == Width::k32 ? raw & 0xffffffffU : raw;
  }
  // For a raw value, in width, that is smaller than the last one.
  [[nodiscard]] bool wraps(std::uint64_t raw) const;
  [[nodiscard]] std::uint64_t stepBack(std::uint64_t raw) const;

  std::optional<State> state_;
  Width width_;
};

}  // namespace hvnet
