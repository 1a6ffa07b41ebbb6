#include "snapshot/poller.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hvnet {
namespace {

// Beyond its interval: a round may wait for the kernel several times, seconds each.
constexpr std::chrono::seconds kLongestRound{60};

}  // namespace

Result<std::unique_ptr<Poller>> Poller::start(Sampler sampler, SnapshotStore& store,
                                              std::chrono::milliseconds interval) {
  UniqueFd orders{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!orders) return failErrno("eventfd");
  store.publish(sampler.sample(Clock::now()));
  return std::unique_ptr<Poller>(
      new Poller(std::move(sampler), store, interval, std::move(orders)));
}

Poller::Poller(Sampler sampler, SnapshotStore& store, std::chrono::milliseconds interval,
               UniqueFd orders_fd)
    : sampler_(std::move(sampler)),
      store_(&store),
      interval_(interval),
      orders_fd_(std::move(orders_fd)),
      liveness_(interval + kLongestRound, Clock::now()),
      thread_([this] { run(); }) {}

Poller::~Poller() {
  give({true, std::nullopt});
  thread_.join();
}

void Poller::reconfigure(PublishOptions options, std::chrono::milliseconds interval) {
  give({false, Orders::Change{std::move(options), interval}});
}

void Poller::give(Orders orders) {
  const std::lock_guard lock(orders_mutex_);
  orders_ = std::move(orders);
  ::eventfd_write(orders_fd_.get(), 1);
}

Poller::Orders Poller::takeOrders() {
  const std::lock_guard lock(orders_mutex_);
  eventfd_t count = 0;
  ::eventfd_read(orders_fd_.get(), &count);
  return std::exchange(orders_, {});
}

void Poller::run() {
  TimePoint next_sample = Clock::now() + interval_;
  liveness_.beat(Clock::now());
  while (waitForWork(next_sample)) {
    store_->takeRefreshRequest();
    sampler_.takeEvents(Clock::now());
    const TimePoint now = Clock::now();
    store_->publish(sampler_.sample(now));
    sampler_.tick(now);
    liveness_.beat(Clock::now());
    next_sample = now + interval_;
  }
  sampler_.finish(Clock::now());
}

bool Poller::waitForWork(TimePoint until) {
  std::array<pollfd, 3> fds{{{orders_fd_.get(), POLLIN, 0},
                             {store_->refreshFd(), POLLIN, 0},
                             {sampler_.eventFd(), POLLIN, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long>(left, 0, 60'000)));
  if ((fds[0].revents & POLLIN) == 0) return true;
  Orders orders = takeOrders();
  if (orders.change) {
    interval_ = orders.change->interval;
    liveness_.allow(interval_ + kLongestRound);
    sampler_.reconfigure(std::move(orders.change->options), interval_, Clock::now());
  }
  return !orders.stop;
}

}  // namespace hvnet
