// One component of a counter, carried on over everything that its producer does.
//
// What is believed of a raw value:
// - The first one is the total itself: what was counted before we looked is part of it.
// - One that is not smaller than the last adds the difference.
// - Width::k32, a producer that wraps at 2^32: a smaller one whose difference modulo 2^32 is below
//   2^31 has wrapped, and adds that difference. A start from zero out of the upper half of the
//   range looks the same, and a wrap with 2^31 or more since the last look does not: look often.
// - Any other smaller one says that the producer has started again. From zero: then the value is
//   the increment. Or by a part, when the producer adds several counters up and one of them was
//   made anew: then most of the value was counted long ago. The number alone does not tell which,
//   so the caller decides (interface_totals.h): add() believes that it is the increment, leaveOut()
//   adds nothing.
// The total never decreases (before it has counted 2^64).
//
// Threads: the poller only. Ownership: a value. Errors: none. Units: the component's own (packets,
// octets).
#pragma once

#include <cstdint>
#include <optional>

namespace hvnet {

// What has started again from zero, while other parts of the same device went on, is at most this
// share of what it was: a larger value may be a sum that has lost a part.
inline constexpr std::uint64_t kLargestShare = 8;
// Fewer than this that were away and come back may be counted twice: as often they are new.
inline constexpr std::uint64_t kFew = 16;

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

  // Whether `raw` is behind the last value, and not for a wrap.
  [[nodiscard]] bool stepsBack(std::uint64_t raw) const {
    raw = inWidth(raw);
    return state_ && raw < state_->last_raw && !wraps(raw);
  }

  // The running total: on by the difference, or by `raw` itself where it steps back.
  // In the header, for every sample adds some dozen components of every interface.
  std::uint64_t add(std::uint64_t raw) {
    raw = inWidth(raw);
    if (!state_) state_.emplace();
    const bool forward = raw >= state_->last_raw;
    state_->total += forward ? raw - state_->last_raw : increment(raw);
    state_->last_raw = raw;
    return state_->total;
  }
  // Goes on from `raw` with the total as it is: the increment is left out.
  void leaveOut(std::uint64_t raw) { state_ = State{inWidth(raw), total()}; }
  // A part of what the producer adds up has started again, and with it the last value has fallen by
  // `part`. What the part had counted since the last look, if it is more than the last value, is
  // added.
  void partRestarted(std::uint64_t part);
  // A part of what the producer adds up has jumped by `part`, which was counted before.
  void partRegained(std::uint64_t part) {
    if (state_) state_->last_raw += part;
  }
  // The producer is another device, which counts from zero.
  void deviceReplaced() {
    if (state_) state_->last_raw = 0;
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
  [[nodiscard]] std::uint64_t increment(std::uint64_t raw) const;

  std::optional<State> state_;
  Width width_;
};

}  // namespace hvnet
