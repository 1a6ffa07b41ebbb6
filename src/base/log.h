// Where messages go. Any thread may log; each message is one whole line on stderr, prefixed with
// the syslog priority that systemd's journal reads ("<4>...") when stderr is the journal.
#pragma once

#include <string_view>

namespace hvnet {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view text) = 0;

  void error(std::string_view text) { write(LogLevel::kError, text); }
  void warning(std::string_view text) { write(LogLevel::kWarning, text); }
  void info(std::string_view text) { write(LogLevel::kInfo, text); }
  void debug(std::string_view text) { write(LogLevel::kDebug, text); }
};

// Writes to a descriptor that outlives it; drops what is less severe than `threshold`.
class StreamLog final : public Log {
 public:
  StreamLog(int fd, LogLevel threshold, bool journal)
      : fd_(fd), threshold_(threshold), journal_(journal) {}
  void write(LogLevel level, std::string_view text) override;

 private:
  int fd_;
  LogLevel threshold_;
  bool journal_;
};

}  // namespace hvnet
