#include "counters/linux/qdisc_totals.h"

namespace hvnet {

std::uint64_t QdiscTotals::update(const QdiscDrops& now) {
  const auto [place, first_sight] = ports_.try_emplace(now.index);
  Port& port = place->second;
  constexpr std::uint32_t kHalf = 0x8000'0000;
  const std::uint32_t step = now.drops - port.drops;  // modulo 2^32
  if (first_sight || port.handle != now.handle) {
    port.total += now.drops;
  } else if (now.drops >= port.drops || (step < kHalf && port.drops >= kHalf)) {
    port.total += step;
  }
  port.handle = now.handle;
  port.drops = now.drops;
  return port.total;
}

}  // namespace hvnet
