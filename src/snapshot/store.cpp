#include "snapshot/store.h"

#include <sys/eventfd.h>

#include <utility>

namespace hvnet {

Result<std::unique_ptr<SnapshotStore>> SnapshotStore::create() {
  UniqueFd fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!fd) return failErrno("eventfd");
  return std::unique_ptr<SnapshotStore>(new SnapshotStore(std::move(fd)));
}

void SnapshotStore::publish(SnapshotPtr snapshot) {
  {
    const std::lock_guard lock(mutex_);
    current_ = std::move(snapshot);
    ++publications_;
    waited_in_vain_ = false;
  }
  published_.notify_all();
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
  if (!waited_in_vain_ && !published_.wait_for(lock, wait, answered)) waited_in_vain_ = true;
  return current_;
}

void SnapshotStore::takeRefreshRequest() const {
  eventfd_t count = 0;
  ::eventfd_read(refresh_fd_.get(), &count);
}

}  // namespace hvnet
