// The main thread's wait: Net-SNMP's sessions and alarms, and signals.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class EventLoop {
 public:
  // Blocks the signals that end the process, in this thread and those it starts later; a
  // connection that breaks is never a signal.
  static Result<EventLoop> create();
  // Serves until SIGTERM or SIGINT.
  void run();

 private:
  explicit EventLoop(UniqueFd signal_fd) : signal_fd_(std::move(signal_fd)) {}

  UniqueFd signal_fd_;
};

}  // namespace hvnet
