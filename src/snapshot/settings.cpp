#include "snapshot/settings.h"

#include <algorithm>

namespace hvnet {

void applySettings(const Settings& settings, std::span<Interface> rows) {
  if (settings.empty()) return;
  for (Interface& row : rows) {
    const auto set = settings.find(row.index);
    if (set == settings.end()) continue;
    if (set->second.alias && !set->second.alias->empty()) row.alias = *set->second.alias;
    row.trap_enable = set->second.trap_enable.value_or(row.trap_enable);
  }
}

AlarmSettings withSettings(AlarmSettings configured, const Settings& settings, IfIndex row) {
  const auto found = settings.find(row);
  if (found == settings.end()) return configured;
  const RowSettings& set = found->second;
  AlarmSettings out = configured;
  out.rising = set.rising.value_or(out.rising);
  out.falling = set.falling.value_or(out.falling);
  out.ratio = set.ratio.value_or(out.ratio);
  // The configuration may have changed since one of them was SET.
  if (set.rising || set.falling) out.falling = std::min(out.falling, out.rising);
  return out;
}

}  // namespace hvnet
