#include "sources/linux/qdisc_totals.h"

namespace hvnet {

std::uint64_t QdiscTotals::update(const QdiscDrops& now) {
  const auto [place, first_sight] = interfaces_.try_emplace(now.index);
  Queue& interface = place->second;
  constexpr std::uint32_t kHalf = 0x8000'0000;
  const std::uint32_t step = now.drops - interface.drops;  // modulo 2^32
  if (first_sight || interface.handle != now.handle) {
    interface.total += now.drops;
  } else if (now.drops >= interface.drops || (step < kHalf && interface.drops >= kHalf)) {
    interface.total += step;
  }
  interface.handle = now.handle;
  interface.drops = now.drops;
  return interface.total;
}

}  // namespace hvnet
