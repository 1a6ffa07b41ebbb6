// What the system's per-CPU backlogs have dropped for want of room, and no interface was given yet.
// The kernel counts it for all interfaces together (/proc/net/softnet_stat).
//
// An interface's counters are read a moment before the backlogs', so a drop may show in them one
// sample later; and where its driver tells its own share, the stack's share is known one more
// sample later. So what nobody took in one sample can still be taken in the next two, and not
// later. What was dropped before the first sample is nobody's: on a machine that has been up for
// weeks it would make losses of all the frames that nobody wanted in that time.
//
// Threads: the poller only. Ownership: a value. Errors: none. Units: packets.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace hvnet {

class BacklogPool {
 public:
  // A new sample. `dropped`: all that was ever dropped, as far as anybody knows; it never
  // decreases. Empty: not known.
  void add(std::optional<std::uint64_t> dropped) {
    known_ = dropped.has_value();
    std::shift_left(unused_.begin(), unused_.end(), 1);
    unused_.back() = 0;
    if (!dropped) return;
    if (last_) unused_.back() = *dropped - *last_;
    last_ = dropped;
  }

  [[nodiscard]] bool known() const { return known_; }
  // As much of `wanted` as there is, the oldest first.
  std::uint64_t take(std::uint64_t wanted) {
    std::uint64_t taken = 0;
    for (std::uint64_t& unused : unused_) {
      const std::uint64_t part = std::min(wanted - taken, unused);
      unused -= part;
      taken += part;
    }
    return taken;
  }

 private:
  std::optional<std::uint64_t> last_;
  std::array<std::uint64_t, 3> unused_{};  // of this sample and of those before it, oldest first
  bool known_ = false;
};

}  // namespace hvnet
