#include "counters/components.h"

namespace hvnet {
namespace {

Count sumOf(const LinkStats& stats, LinkCounters counters) {
  Count sum;
  for (const auto counter : counters) {
    if (stats.*counter) sum = sum.value_or(0) + *(stats.*counter);
  }
  return sum;
}

bool dropsNothing(const OwnDrops& own) {
  return own.told == OwnDrops::Told::kNone && own.not_told_with.empty();
}

}  // namespace

void applyProfile(Components& raw, const DriverProfile* profile) {
  raw.profile = profile;
  if (profile == nullptr) return;
  raw.rx_error_parts = sumOf(raw.link, profile->rx_error_parts);
  if (profile->multicast == DriverProfile::Multicast::kNotCounted) raw.link.multicast.reset();
  // Such a driver needs no statistic to tell it.
  if (dropsNothing(profile->own_drops)) raw.driver.own_rx_drops = 0;
}

}  // namespace hvnet
