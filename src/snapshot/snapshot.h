// The one value that everything downstream reads: published whole, read const.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "counters/counters.h"
#include "snapshot/interface.h"

namespace hvnet {

struct Snapshot {
  std::shared_ptr<const Interfaces> interfaces;
  std::vector<Counters> counters;  // counters[i] belongs to interfaces->rows[i]
  TimePoint sampled_at{};          // just before the counters were read
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace hvnet
