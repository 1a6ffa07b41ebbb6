#include "snapshot/publish/store.h"

#include <sys/eventfd.h>

#include <utility>

#include "snapshot/events/events.h"

namespace hvnet {

Result<std::unique_ptr<SnapshotStore>> SnapshotStore::create() {
  UniqueFd refresh{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  UniqueFd changed{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!refresh || !changed) return failErrno("eventfd");
  return std::unique_ptr<SnapshotStore>(new SnapshotStore(std::move(refresh), std::move(changed)));
}

void SnapshotStore::publish(SnapshotPtr snapshot) {
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    changed = !current_ || mayHaveEvents(*current_, *snapshot);
    if (changed && changes_.size() == kMostChanges) changes_.pop_back();
    if (changed) changes_.push_back(snapshot);
    current_ = std::move(snapshot);
    ++publications_;
    poller_late_ = false;
  }
  published_.notify_all();
  if (changed) ::eventfd_write(changed_fd_.get(), 1);
}

SnapshotPtr SnapshotStore::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

SnapshotPtr SnapshotStore::fresh(std::chrono::milliseconds max_age,
                                 std::chrono::milliseconds wait) {
  const TimePoint oldest = Clock::now() - max_age;
  std::unique_lock lock(mutex_);
  if (current_ && current_->sampled_at >= oldest) return current_;
  ::eventfd_write(refresh_fd_.get(), 1);
  const auto answered = [&, before = publications_] { return publications_ != before; };
  if (!poller_late_ && !published_.wait_for(lock, wait, answered)) poller_late_ = true;
  return current_;
}

std::vector<SnapshotPtr> SnapshotStore::popChanges() {
  eventfd_t count = 0;
  ::eventfd_read(changed_fd_.get(), &count);
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

bool SnapshotStore::awaitSettings(const SettingsPtr& settings, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  // A sample that is in progress may still use the old settings, so the pointers are compared.
  const auto shown = [&] { return current_ && current_->settings == settings; };
  if (shown()) return true;
  ::eventfd_write(refresh_fd_.get(), 1);
  return published_.wait_for(lock, wait, shown);
}

void SnapshotStore::clearRefreshRequest() const {
  eventfd_t count = 0;
  ::eventfd_read(refresh_fd_.get(), &count);
}

}  // namespace hvnet
