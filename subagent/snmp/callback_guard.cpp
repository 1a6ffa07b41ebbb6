#include "snmp/callback_guard.h"

#include <array>
#include <cstdio>

namespace hvnet {

// There may be no memory for a string.
void CallbackGuard::tell(const char* what) noexcept {
  const TimePoint now = Clock::now();
  if (told_ && now - *told_ < kQuiet) return;
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), "a request or event of Net-SNMP's was given up: %s",
                what);
  try {
    log_->error(text.data());
    told_ = now;
  } catch (...) {
    // There is nobody left to tell.
  }
}

}  // namespace hvnet
