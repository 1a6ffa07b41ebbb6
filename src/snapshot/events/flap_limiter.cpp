#include "snapshot/events/flap_limiter.h"

#include <algorithm>
#include <iterator>

namespace hvnet {

TimePoint FlapLimiter::Link::earliestSend(LinkChange change) const {
  const auto& sent_at = change == LinkChange::kDown ? down_sent_at : up_sent_at;
  return sent_at ? *sent_at + kInterval : TimePoint::min();
}

bool FlapLimiter::Link::isQuiet(TimePoint now) const {
  return !held_back && earliestSend(LinkChange::kDown) <= now &&
         earliestSend(LinkChange::kUp) <= now;
}

void FlapLimiter::Link::markSent(LinkChange change, TimePoint now) {
  last_sent = change;
  held_back.reset();
  (change == LinkChange::kDown ? down_sent_at : up_sent_at) = now;
}

bool FlapLimiter::offer(IfIndex index, LinkChange change, TimePoint now) {
  Link& link = links_[index];
  if (link.held_back && change == link.last_sent) {
    link.held_back.reset();
    return false;
  }
  if (link.earliestSend(change) <= now) {
    link.markSent(change, now);
    return true;
  }
  if (change != link.last_sent) link.held_back = change;
  return false;
}

std::vector<DueChange> FlapLimiter::popDue(TimePoint now) {
  std::vector<DueChange> due;
  for (auto& [index, link] : links_) {
    if (!link.held_back || link.earliestSend(*link.held_back) > now) continue;
    due.push_back({index, *link.held_back});
    link.markSent(*link.held_back, now);
  }
  for (auto entry = links_.begin(); entry != links_.end();) {
    entry = entry->second.isQuiet(now) ? links_.erase(entry) : std::next(entry);
  }
  return due;
}

std::optional<TimePoint> FlapLimiter::nextDue() const {
  std::optional<TimePoint> next;
  for (const auto& [index, link] : links_) {
    if (!link.held_back) continue;
    const TimePoint at = link.earliestSend(*link.held_back);
    next = std::min(next.value_or(at), at);
  }
  return next;
}

}  // namespace hvnet
