// Whether the poller still makes its rounds: what the service manager's watchdog rests on.
//
// A poller that is late is not always at fault. Held by the kernel (a driver that sits on the RTNL
// lock, a disk that does not answer) it sleeps uninterruptibly: SIGKILL could not even end it, a
// new process would be held in the same place, and the last good values, which are still served,
// would be lost. So it counts as alive. One that spins, or waits for a lock of our own, will never
// come back: only that one is not.
//
// Threads: beat() and allow() by the poller's; alive() by any.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace hvnet {

// The letter of a thread's state in /proc/PID/task/TID/stat (proc(5)); empty if the text has none.
std::optional<char> threadState(std::string_view stat);

class Liveness {
 public:
  // `allowed`: the longest time between two beats of a poller that is well.
  Liveness(std::chrono::milliseconds allowed, TimePoint started)
      : allowed_(allowed.count()), last_beat_(started.time_since_epoch().count()) {}

  void allow(std::chrono::milliseconds allowed);
  void beat(TimePoint now);
  [[nodiscard]] bool alive(TimePoint now) const;

 private:
  std::atomic<std::chrono::milliseconds::rep> allowed_;
  std::atomic<TimePoint::rep> last_beat_;
  std::atomic<pid_t> thread_{0};  // of the last beat
};

}  // namespace hvnet
