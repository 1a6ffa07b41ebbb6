// The main thread's wait: Net-SNMP's sessions and alarms, signals, and what is done now and then.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class FdSet;

class EventLoop {
 public:
  // Blocks the signals that end the process, in this thread and those it starts later; a
  // connection that breaks is never a signal.
  static Result<EventLoop> create();

  // Before run(), which calls `task` in its own thread.
  Result<void> every(std::chrono::milliseconds interval, std::function<void()> task);
  // Serves until SIGTERM or SIGINT.
  void run();

 private:
  struct Timer {
    UniqueFd fd;
    std::function<void()> task;
  };

  explicit EventLoop(UniqueFd signal_fd) : signal_fd_(std::move(signal_fd)) {}
  void runTimers(FdSet& ready);

  UniqueFd signal_fd_;
  std::vector<Timer> timers_;
};

}  // namespace hvnet
