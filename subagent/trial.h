// Another process reads the configuration first: Net-SNMP has no way back from a bad line, and to
// look up a host name of an access or sink line it waits for a name server, however long that
// takes.
//
// Threads: one; nothing here waits but the destructor, for a process that it has killed.
// Ownership: a Trial owns its process, which does not outlive it.
// Errors: a process that cannot be started is an Error; what it finds wrong it says on our stderr,
// with file and line.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hvnet {

class Trial {
 public:
  // `words` are the program's own name and its arguments. SIGCHLD says that it may have ended.
  static Result<Trial> start(const char* program, std::vector<std::string> words);
  Trial(Trial&& other) noexcept;
  Trial& operator=(Trial&&) = delete;
  ~Trial();

  // Empty while it runs; then its exit status, or -1 when a signal ended it.
  std::optional<int> exitStatus();
  void kill() const;

 private:
  explicit Trial(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;  // -1: it has ended and was waited for
  int status_ = -1;
};

}  // namespace hvnet
