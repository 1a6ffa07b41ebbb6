// Tells the watchdog of the service manager whether the poller still works.
//
// A late poller is not always faulty. If it waits in the kernel (a driver that holds the RTNL lock,
// a disk that does not answer), it sleeps uninterruptibly: SIGKILL could not end it, a new process
// would wait at the same place, and the last good values, which are still served, would be lost. So
// such a poller counts as alive. A poller that spins, or waits for a lock of this process, never
// continues: only that one counts as not alive.
//
// Threads: beat() and setAllowed() by the poller; alive() by any. Ownership: a value. Errors: none.
// Units: milliseconds.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace hvnet {

// Returns the letter of a thread's state from /proc/PID/task/TID/stat (proc(5)), or nothing if the
// text has none.
std::optional<char> threadState(std::string_view stat);

class Liveness {
 public:
  // `allowed`: the longest time between two beats of a poller without a fault.
  Liveness(std::chrono::milliseconds allowed, TimePoint started)
      : allowed_(allowed.count()), last_beat_(started.time_since_epoch().count()) {}

  void setAllowed(std::chrono::milliseconds allowed);
  void beat(TimePoint now);
  [[nodiscard]] bool alive(TimePoint now) const;

 private:
  std::atomic<std::chrono::milliseconds::rep> allowed_;
  std::atomic<TimePoint::rep> last_beat_;
  std::atomic<pid_t> thread_{0};  // the thread of the last beat
};

}  // namespace hvnet
