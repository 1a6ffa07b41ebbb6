// The thread that publishes snapshots: at once after a link event, at once after a request of the
// main thread, and otherwise at the sample interval.
//
// Threads: started, reconfigured and destroyed by main; alive() by any. Ownership: has the sampler,
// which is the poller thread's alone in between; borrows the store. Errors: a thread that cannot be
// started is a value. In the thread itself the source's errors are values, and nothing is caught:
// when memory runs out the process ends (std::terminate), the service manager starts another one,
// and that goes on from the last saved map and counters.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "base/unique_fd.h"
#include "snapshot/publish/liveness.h"
#include "snapshot/publish/sampler.h"
#include "snapshot/publish/store.h"

namespace hvnet {

class Poller {
 public:
  // Beyond its interval: a round may wait for the kernel several times, seconds each.
  static constexpr std::chrono::seconds kLongestSample{60};

  // Publishes a first snapshot before it returns. `store` outlives the poller.
  static Result<std::unique_ptr<Poller>> start(Sampler sampler, SnapshotStore& store,
                                               std::chrono::milliseconds interval);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Uses the new options for a sample that the poller takes at once. Does not wait for it.
  void reconfigure(PublishOptions options, std::chrono::milliseconds interval);
  // False if the poller no longer works, and does not just wait in the kernel (liveness.h).
  [[nodiscard]] bool alive(TimePoint now) const { return liveness_.alive(now); }

 private:
  struct Command {
    bool stop = false;
    struct Change {
      PublishOptions options;
      std::chrono::milliseconds interval;
    };
    std::optional<Change> change;
  };

  Poller(Sampler sampler, SnapshotStore& store, std::chrono::milliseconds interval,
         UniqueFd command_fd);
  Result<void> startThread();
  void post(Command command);
  Command readCommand();
  void run();
  bool waitForWork(TimePoint until);  // returns false if the poller must stop

  Sampler sampler_;
  SnapshotStore* store_;
  std::chrono::milliseconds interval_;
  UniqueFd command_fd_;  // readable while there is a command
  std::mutex command_mutex_;
  Command command_;
  Liveness liveness_;
  std::thread thread_;  // none until startThread()
};

}  // namespace hvnet
