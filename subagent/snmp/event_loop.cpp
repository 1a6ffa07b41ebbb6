#include "snmp/event_loop.h"

#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <utility>

#include "snmp/net_snmp.h"

namespace hvnet {
namespace {

// Any number of descriptors, unlike a plain fd_set.
class FdSet {
 public:
  FdSet() { netsnmp_large_fd_set_init(&set_, FD_SETSIZE); }
  ~FdSet() { netsnmp_large_fd_set_cleanup(&set_); }
  FdSet(const FdSet&) = delete;
  FdSet& operator=(const FdSet&) = delete;

  netsnmp_large_fd_set* get() { return &set_; }
  void clear() { NETSNMP_LARGE_FD_ZERO(&set_); }
  void add(int fd) { NETSNMP_LARGE_FD_SET(fd, &set_); }
  bool has(int fd) { return NETSNMP_LARGE_FD_ISSET(fd, &set_) != 0; }

 private:
  netsnmp_large_fd_set set_{};
};

}  // namespace

Result<EventLoop> EventLoop::create() {
  // A master that is gone before it has our answer is no reason to end.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  if (::sigaction(SIGPIPE, &ignore, nullptr) != 0) return failErrno("sigaction");
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGCHLD);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) return failErrno("pthread_sigmask");
  UniqueFd fd{::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd) return failErrno("signalfd");
  return EventLoop(std::move(fd));
}

Result<void> EventLoop::every(std::chrono::milliseconds interval, std::function<void()> task) {
  UniqueFd fd{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!fd) return failErrno("timerfd_create");
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval);
  const timespec period{seconds.count(), std::chrono::nanoseconds(interval - seconds).count()};
  const itimerspec times{period, period};
  if (::timerfd_settime(fd.get(), 0, &times, nullptr) != 0) return failErrno("timerfd_settime");
  watch(fd.get(), [timer = fd.get(), task = std::move(task)] {
    std::uint64_t expirations = 0;
    if (::read(timer, &expirations, sizeof expirations) > 0) task();
  });
  timers_.push_back(std::move(fd));
  return {};
}

bool EventLoop::handleSignal() {
  signalfd_siginfo signal{};
  if (::read(signal_fd_.get(), &signal, sizeof signal) != sizeof signal) return true;
  const auto& task = signal.ssi_signo == SIGHUP ? hangup_ : child_end_;
  if (signal.ssi_signo != SIGHUP && signal.ssi_signo != SIGCHLD) return false;
  if (task) task();
  return true;
}

void EventLoop::run() {
  FdSet fds;
  for (;;) {
    int highest = signal_fd_.get() + 1;
    int block = 1;
    timeval timeout{};
    fds.clear();
    snmp_select_info2(&highest, fds.get(), &timeout, &block);
    fds.add(signal_fd_.get());
    for (const Watch& watch : watches_) {
      fds.add(watch.fd);
      highest = std::max(highest, watch.fd + 1);
    }
    const int ready = netsnmp_large_fd_set_select(highest, fds.get(), nullptr, nullptr,
                                                  block != 0 ? nullptr : &timeout);
    if (ready > 0) {
      if (fds.has(signal_fd_.get()) && !handleSignal()) return;
      snmp_read2(fds.get());
      for (const Watch& watch : watches_) {
        if (fds.has(watch.fd)) watch.task();
      }
    } else {
      snmp_timeout();
    }
    run_alarms();
    netsnmp_check_outstanding_agent_requests();
  }
}

}  // namespace hvnet
