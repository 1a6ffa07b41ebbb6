// What one call of IndexMap::assign() works on, handed from step to step.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ifmap/recognise.h"

namespace hvnet {

struct Round {
  std::span<const Candidate> present;
  std::int64_t now_s = 0;
  std::vector<Seat> seats;      // one for each candidate
  std::vector<IfIndex> pinned;  // numbers that pins decided
  bool numbers_changed = false;
  std::vector<std::string> notices;
};

}  // namespace hvnet
