#include "base/log.h"

#include <sys/uio.h>

#include <array>

namespace hvnet {
namespace {

struct LevelName {
  std::string_view journal;  // sd-daemon(3): the kernel's log-level prefix
  std::string_view plain;
};

LevelName nameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return {"<3>", "error: "};
    case LogLevel::kWarning:
      return {"<4>", "warning: "};
    case LogLevel::kInfo:
      return {"<6>", ""};
    case LogLevel::kDebug:
      break;
  }
  return {"<7>", "debug: "};
}

iovec part(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};  // it is only read
}

}  // namespace

void StreamLog::write(LogLevel level, std::string_view text) {
  if (level > threshold_) return;
  const LevelName name = nameOf(level);
  std::array parts = {part(journal_ ? name.journal : "hvnet-subagent: "),
                      part(journal_ ? "" : name.plain), part(text), part("\n")};
  // One call, so that lines of two threads do not mix, and no memory is asked for: that there is
  // none left may be what has to be said. A log that cannot be written is lost.
  [[maybe_unused]] const auto written = ::writev(fd_, parts.data(), static_cast<int>(parts.size()));
}

}  // namespace hvnet
