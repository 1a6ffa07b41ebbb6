#include "snapshot/flap_limiter.h"

#include <algorithm>
#include <iterator>

namespace hvnet {

TimePoint FlapLimiter::Link::mayTell(LinkChange change) const {
  const auto& told_at = change == LinkChange::kDown ? down_told : up_told;
  return told_at ? *told_at + kInterval : TimePoint::min();
}

bool FlapLimiter::Link::isQuiet(TimePoint now) const {
  return !held && mayTell(LinkChange::kDown) <= now && mayTell(LinkChange::kUp) <= now;
}

void FlapLimiter::Link::tell(LinkChange change, TimePoint now) {
  told = change;
  held.reset();
  (change == LinkChange::kDown ? down_told : up_told) = now;
}

bool FlapLimiter::offer(IfIndex index, LinkChange change, TimePoint now) {
  Link& link = links_[index];
  if (link.held && change == link.told) {
    link.held.reset();
    return false;
  }
  if (link.mayTell(change) <= now) {
    link.tell(change, now);
    return true;
  }
  if (change != link.told) link.held = change;
  return false;
}

std::vector<DueChange> FlapLimiter::takeDue(TimePoint now) {
  std::vector<DueChange> due;
  for (auto& [index, link] : links_) {
    if (!link.held || link.mayTell(*link.held) > now) continue;
    due.push_back({index, *link.held});
    link.tell(*link.held, now);
  }
  for (auto entry = links_.begin(); entry != links_.end();) {
    entry = entry->second.isQuiet(now) ? links_.erase(entry) : std::next(entry);
  }
  return due;
}

std::optional<TimePoint> FlapLimiter::nextDue() const {
  std::optional<TimePoint> next;
  for (const auto& [index, link] : links_) {
    if (!link.held) continue;
    const TimePoint at = link.mayTell(*link.held);
    next = std::min(next.value_or(at), at);
  }
  return next;
}

}  // namespace hvnet
