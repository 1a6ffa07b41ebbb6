// Passes the newest snapshot from the poller to the main thread.
//
// Threads: publish() and clearRefreshRequest() by the poller; fresh(), popChanges() and
// awaitSettings() by the main thread; current() by any. fresh() and awaitSettings() block for at
// most `wait`, and never on the kernel.
// Ownership: shares the snapshots, and owns its two descriptors.
// Errors: create() returns a Result; the others have none.
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

  // Returns a snapshot that is not older than `max_age`. If there is none, it requests a new one
  // from the poller and waits for it, at most `wait`; after that it returns the newest one. If the
  // poller did not answer in time, later calls do not wait until it has answered. So a kernel that
  // hangs delays one request, not every request.
  SnapshotPtr fresh(std::chrono::milliseconds max_age, std::chrono::milliseconds wait);

  // Waits at most `wait` for a snapshot with these settings. Returns false if none came.
  bool awaitSettings(const SettingsPtr& settings, std::chrono::milliseconds wait);

  // Readable while the main thread requests a new snapshot.
  [[nodiscard]] int refreshFd() const { return refresh_fd_.get(); }
  void clearRefreshRequest() const;

  // Readable if a published snapshot may have events (events.h).
  [[nodiscard]] int changedFd() const { return changed_fd_.get(); }
  // Removes and returns the snapshots that were published since the last call and may have events,
  // in order. The first snapshot of all is one of them. At most kMostChanges are kept: after that,
  // each new one replaces the last one, and changes that lasted only between the two are lost.
  std::vector<SnapshotPtr> popChanges();

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
  bool poller_late_ = false;
};

}  // namespace hvnet
