#include "snapshot/publish/liveness.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace hvnet {
namespace {

constexpr char kUninterruptible = 'D';

std::string statOf(pid_t thread) {
  const std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<char> threadState(std::string_view stat) {
  // "TID (NAME) STATE …". The name can contain any character.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= stat.size()) return std::nullopt;
  return stat[name_end + 2];
}

void Liveness::setAllowed(std::chrono::milliseconds allowed) {
  allowed_.store(allowed.count(), std::memory_order_relaxed);
}

void Liveness::beat(TimePoint now) {
  thread_.store(::gettid(), std::memory_order_relaxed);
  last_beat_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

bool Liveness::alive(TimePoint now) const {
  const TimePoint last{TimePoint::duration(last_beat_.load(std::memory_order_relaxed))};
  const std::chrono::milliseconds allowed{allowed_.load(std::memory_order_relaxed)};
  if (now - last <= allowed) return true;
  return threadState(statOf(thread_.load(std::memory_order_relaxed))) == kUninterruptible;
}

}  // namespace hvnet
