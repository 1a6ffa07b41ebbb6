#include "snapshot/publish/poller.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

namespace hvnet {

Result<std::unique_ptr<Poller>> Poller::start(Sampler sampler, SnapshotStore& store,
                                              std::chrono::milliseconds interval) {
  UniqueFd command{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!command) return failErrno("eventfd");
  store.publish(sampler.sample(Clock::now()));
  std::unique_ptr<Poller> poller(
      new Poller(std::move(sampler), store, interval, std::move(command)));
  if (auto started = poller->startThread(); !started) return tl::unexpected(started.error());
  return poller;
}

Poller::Poller(Sampler sampler, SnapshotStore& store, std::chrono::milliseconds interval,
               UniqueFd command_fd)
    : sampler_(std::move(sampler)),
      store_(&store),
      interval_(interval),
      command_fd_(std::move(command_fd)),
      liveness_(interval + kLongestSample, Clock::now()) {}

// A limit on the number of tasks, or too little memory for a stack.
Result<void> Poller::startThread() {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    return fail("starting the poller's thread: " + error.code().message());
  }
  return {};
}

Poller::~Poller() {
  if (!thread_.joinable()) return;
  post({true, std::nullopt});
  thread_.join();
}

void Poller::reconfigure(PublishOptions options, std::chrono::milliseconds interval) {
  post({false, Command::Change{std::move(options), interval}});
}

void Poller::post(Command command) {
  const std::lock_guard lock(command_mutex_);
  command_ = std::move(command);
  ::eventfd_write(command_fd_.get(), 1);
}

Poller::Command Poller::readCommand() {
  const std::lock_guard lock(command_mutex_);
  eventfd_t count = 0;
  ::eventfd_read(command_fd_.get(), &count);
  return std::exchange(command_, {});
}

void Poller::run() {
  TimePoint next_sample = Clock::now() + interval_;
  liveness_.beat(Clock::now());
  while (waitForWork(next_sample)) {
    store_->clearRefreshRequest();
    sampler_.takeEvents(Clock::now());
    const TimePoint now = Clock::now();
    store_->publish(sampler_.sample(now));
    sampler_.tick(now);
    liveness_.beat(Clock::now());
    next_sample = sampler_.hasMoreEvents() ? now : now + interval_;
  }
  sampler_.finish(Clock::now());
}

bool Poller::waitForWork(TimePoint until) {
  std::array<pollfd, 3> fds{{{command_fd_.get(), POLLIN, 0},
                             {store_->refreshFd(), POLLIN, 0},
                             {sampler_.eventFd(), POLLIN, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long>(left, 0, 60'000)));
  if ((fds[0].revents & POLLIN) == 0) return true;
  Command command = readCommand();
  if (command.change) {
    interval_ = command.change->interval;
    liveness_.setAllowed(interval_ + kLongestSample);
    sampler_.reconfigure(std::move(command.change->options), interval_, Clock::now());
  }
  return !command.stop;
}

}  // namespace hvnet
