// The main thread's wait: Net-SNMP's sessions and alarms, signals, other threads' news, and what is
// done now and then.
//
// Threads: main thread only; it also calls every task.
// Ownership: the loop owns its timers and the signals; what is watched outlives it.
// Errors: only a timer or signal that cannot be set up is one. Tasks must not fail.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class EventLoop {
 public:
  // Blocks the signals that it reacts to, in this thread and those it starts later; a
  // connection that breaks is never a signal.
  static Result<EventLoop> create();

  // All of them before run(), which calls the tasks in its own thread.
  // Whenever `fd`, which outlives the loop, is readable; the task has to empty it.
  void watch(int fd, std::function<void()> task) { watches_.push_back({fd, std::move(task)}); }
  Result<void> every(std::chrono::milliseconds interval, std::function<void()> task);
  // Whenever SIGHUP comes, or has come since create().
  void onHangup(std::function<void()> task) { hangup_ = std::move(task); }
  // Whenever a process that this one has started may have ended (SIGCHLD).
  void onChildEnd(std::function<void()> task) { child_end_ = std::move(task); }
  // Serves until SIGTERM or SIGINT.
  void run();

 private:
  struct Watch {
    int fd = -1;
    std::function<void()> task;
  };

  explicit EventLoop(UniqueFd signal_fd) : signal_fd_(std::move(signal_fd)) {}

  bool handleSignal();  // false: time to end

  UniqueFd signal_fd_;
  std::function<void()> hangup_;
  std::function<void()> child_end_;
  std::vector<UniqueFd> timers_;
  std::vector<Watch> watches_;
};

}  // namespace hvnet
