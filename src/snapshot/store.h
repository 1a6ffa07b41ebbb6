// Where the poller leaves the newest snapshot and the main thread picks it up.
//
// Threads: publish() and takeRefreshRequest() by the poller; fresh() by the main thread;
// current() by any. fresh() blocks for at most `wait`, and never on the kernel.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "base/unique_fd.h"
#include "snapshot/snapshot.h"

namespace hvnet {

class SnapshotStore {
 public:
  static Result<std::unique_ptr<SnapshotStore>> create();

  void publish(SnapshotPtr snapshot);
  // Null before the first publish().
  [[nodiscard]] SnapshotPtr current() const;

  // A snapshot that was sampled within `max_age`; else the poller's answer to a request for a new
  // one, if it comes within `wait`; else the newest there is. After one vain wait, later calls do
  // not wait again until the poller has answered: a stalled kernel costs one wait, not one for
  // every request.
  SnapshotPtr fresh(std::chrono::milliseconds max_age, std::chrono::milliseconds wait);

  // Readable while the main thread wants a fresh snapshot.
  [[nodiscard]] int refreshFd() const { return refresh_fd_.get(); }
  void takeRefreshRequest() const;

 private:
  explicit SnapshotStore(UniqueFd refresh_fd) : refresh_fd_(std::move(refresh_fd)) {}

  UniqueFd refresh_fd_;
  mutable std::mutex mutex_;
  std::condition_variable published_;
  SnapshotPtr current_;
  std::uint64_t publications_ = 0;
  bool waited_in_vain_ = false;
};

}  // namespace hvnet
