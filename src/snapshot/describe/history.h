// When each row entered its state, and since when its counters have no gap: from one topology to
// the next.
//
// Threads: the poller only. Ownership: it keeps the last topology, which snapshots share.
// Errors: none. Time is passed in, on the monotonic clock.
#pragma once

#include <memory>
#include <span>

#include "snapshot/interface.h"

namespace hvnet {

class InterfaceHistory {
 public:
  // `next.rows` in any order; the result is ascending by ifIndex, with the histories filled in.
  // What the first call has is as old as the agent.
  std::shared_ptr<const Interfaces> update(Interfaces next, TimePoint now);
  // Counters of these rows may have lost increments.
  std::shared_ptr<const Interfaces> discontinue(std::span<const std::size_t> rows, TimePoint now);

 private:
  std::shared_ptr<const Interfaces> last_;
};

}  // namespace hvnet
