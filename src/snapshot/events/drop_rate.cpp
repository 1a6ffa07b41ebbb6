#include "snapshot/events/drop_rate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hvnet {
namespace {

constexpr std::chrono::seconds kStep{1};

}  // namespace

void RateWindow::add(std::uint64_t counter, TimePoint when) {
  newest_ = Point{when, counter};
  if (!points_.empty() && when - points_.back().when < kStep) return;
  // The window starts at the newest point that is at least as old as the window.
  while (points_.size() > 1 && when - points_[1].when >= window_) points_.pop_front();
  points_.push_back(*newest_);
}

std::optional<std::uint32_t> RateWindow::perSecond() const {
  if (!newest_ || newest_->when - points_.front().when < kStep) return std::nullopt;
  const std::chrono::duration<double> span = newest_->when - points_.front().when;
  const auto counted = static_cast<double>(newest_->counter - points_.front().counter);
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(std::round(counted / span.count()), kMost));
}

bool RateWindow::full() const {
  return newest_ && newest_->when - points_.front().when >= window_;
}

void RateWindow::clear() {
  points_.clear();
  newest_.reset();
}

}  // namespace hvnet
