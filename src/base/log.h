// The log. Each message is one complete line on stderr. If stderr is systemd's journal, the line
// starts with the syslog priority that the journal reads ("<4>...").
//
// Threads: any. Ownership: borrows the descriptor, which must outlive the log.
// Errors: none; a message that cannot be written is lost.
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

// Writes to the descriptor, and ignores messages that are less severe than `threshold`.
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
