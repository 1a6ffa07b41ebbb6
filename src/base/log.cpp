#include "base/log.h"

#include <unistd.h>

#include <string>

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

}  // namespace

void StreamLog::write(LogLevel level, std::string_view text) {
  if (level > threshold_) return;
  const LevelName name = nameOf(level);
  std::string line = journal_ ? std::string(name.journal) : "hvnet-subagent: ";
  if (!journal_) line += name.plain;
  line.append(text);
  line.push_back('\n');
  // One write, so that lines of two threads do not mix; a log that cannot be written is lost.
  [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());
}

}  // namespace hvnet
