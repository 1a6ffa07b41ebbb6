#include "snapshot/alarm_settings.h"

namespace hvnet {

AlarmSettings AlarmOverrides::over(const AlarmSettings& settings) const {
  return {.rising = rising.value_or(settings.rising),
          .falling = falling.value_or(settings.falling),
          .ratio = ratio.value_or(settings.ratio),
          .window = window.value_or(settings.window)};
}

AlarmSettings AlarmOptions::of(std::string_view name) const {
  AlarmSettings out = all;
  for (const auto& [ifname, overrides] : by_name) {
    if (ifname == name) out = overrides.over(out);
  }
  return out;
}

}  // namespace hvnet
