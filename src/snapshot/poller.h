// The thread that keeps the store up to date: on a link event at once, on the main thread's
// request at once, and otherwise at the sample interval.
//
// Constructed, reconfigured and destroyed by main; the sampler is the poller thread's alone in
// between.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "base/unique_fd.h"
#include "snapshot/liveness.h"
#include "snapshot/sampler.h"
#include "snapshot/store.h"

namespace hvnet {

class Poller {
 public:
  // Publishes a first snapshot before it returns. `store` outlives the poller.
  static Result<std::unique_ptr<Poller>> start(Sampler sampler, SnapshotStore& store,
                                               std::chrono::milliseconds interval);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // From the next round on, which comes at once; does not wait for it.
  void reconfigure(PublishOptions options, std::chrono::milliseconds interval);
  // Any thread. False: it makes no more rounds, and that is not the kernel's doing.
  [[nodiscard]] bool alive(TimePoint now) const { return liveness_.alive(now); }

 private:
  struct Orders {
    bool stop = false;
    struct Change {
      PublishOptions options;
      std::chrono::milliseconds interval;
    };
    std::optional<Change> change;
  };

  Poller(Sampler sampler, SnapshotStore& store, std::chrono::milliseconds interval,
         UniqueFd orders_fd);
  void give(Orders orders);
  Orders takeOrders();
  void run();
  bool waitForWork(TimePoint until);  // false: time to stop

  Sampler sampler_;
  SnapshotStore* store_;
  std::chrono::milliseconds interval_;
  UniqueFd orders_fd_;  // readable while there are orders
  std::mutex orders_mutex_;
  Orders orders_;
  Liveness liveness_;
  std::thread thread_;
};

}  // namespace hvnet
