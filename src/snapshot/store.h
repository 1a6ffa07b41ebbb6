// Where the poller leaves the newest snapshot and the main thread picks it up.
//
// Threads: publish() and takeRefreshRequest() by the poller; fresh(), takeChanges() and
// awaitSettings() by the main thread; current() by any. fresh() and awaitSettings() block for at
// most `wait`, and never on the kernel.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

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

  // True when the newest snapshot is with these settings, or one comes within `wait`.
  bool awaitSettings(const SettingsPtr& settings, std::chrono::milliseconds wait);

  // Readable while the main thread wants a fresh snapshot.
  [[nodiscard]] int refreshFd() const { return refresh_fd_.get(); }
  void takeRefreshRequest() const;

  // Readable once something happened that somebody may want to be told (events.h).
  [[nodiscard]] int changedFd() const { return changed_fd_.get(); }
  // What was published since the last call, in order, less what is no news after the one before it;
  // the very first snapshot is news. At most kMostChanges are kept: beyond them the last one is the
  // newest, and what was between is lost.
  std::vector<SnapshotPtr> takeChanges();

  static constexpr std::size_t kMostChanges = 16;

 private:
  SnapshotStore(UniqueFd refresh_fd, UniqueFd changed_fd)
      : refresh_fd_(std::move(refresh_fd)), changed_fd_(std::move(changed_fd)) {}

  UniqueFd refresh_fd_;
  UniqueFd changed_fd_;
  mutable std::mutex mutex_;
  std::condition_variable published_;
  SnapshotPtr current_;
  std::vector<SnapshotPtr> changes_;
  std::uint64_t publications_ = 0;
  bool waited_in_vain_ = false;
};

}  // namespace hvnet
