#include "snmp/notifier.h"

#include <poll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "snmp/event_loop.h"
#include "snmp/varbind.h"
#include "tables/notifications.h"

namespace hvnet {
namespace {

constexpr std::array<oid, 11> kSnmpTrapOid = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};  // RFC 3418

std::optional<LinkChange> linkChangeOf(EventKind kind) {
  if (kind == EventKind::kLinkDown) return LinkChange::kDown;
  if (kind == EventKind::kLinkUp) return LinkChange::kUp;
  return std::nullopt;
}

EventKind kindOf(LinkChange change) {
  return change == LinkChange::kDown ? EventKind::kLinkDown : EventKind::kLinkUp;
}

const Interface* rowAt(const Snapshot& snapshot, IfIndex index) {
  const auto& rows = snapshot.interfaces->rows;
  const auto found = std::ranges::lower_bound(rows, index, {}, &Interface::index);
  return found != rows.end() && found->index == index ? &*found : nullptr;
}

// "linkDown lan0", for the log.
std::string describe(const Notification& notification, const Event& event) {
  std::string out(notification.name);
  if (const Interface* row = rowAt(*event.snapshot, event.index)) out += " " + row->name;
  return out;
}

netsnmp_variable_list* append(netsnmp_variable_list** list, OidView name, const Value& value) {
  auto* varbind = snmp_varlist_add_variable(list, name.data(), name.size(), ASN_NULL, nullptr, 0);
  if (varbind != nullptr) setValue(*varbind, value);
  return varbind;
}

// A master that hangs reads nothing, and the library would wait until there is room.
bool hasRoom(netsnmp_session& session) {
  const auto* transport = snmp_sess_transport(snmp_sess_pointer(&session));
  if (transport == nullptr) return false;
  pollfd wanted{transport->sock, POLLOUT, 0};
  return ::poll(&wanted, 1, 0) > 0;
}

}  // namespace

Result<std::unique_ptr<Notifier>> Notifier::start(SnapshotStore& store, EventLoop& loop, Log& log) {
  UniqueFd timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!timer) return failErrno("timerfd_create");
  std::unique_ptr<Notifier> notifier(new Notifier(store, log, std::move(timer)));
  loop.watch(store.changedFd(), [self = notifier.get()] { self->onChange(); });
  loop.watch(notifier->timer_.get(), [self = notifier.get()] { self->onTimer(); });
  return notifier;
}

void Notifier::onChange() {
  const TimePoint now = Clock::now();
  for (SnapshotPtr& snapshot : store_->popChanges()) {
    for (const Event& event : watch_.update(snapshot)) consider(event, now);
    last_ = std::move(snapshot);
  }
  tellDue(now);
}

void Notifier::onTimer() {
  std::uint64_t expirations = 0;
  if (::read(timer_.get(), &expirations, sizeof expirations) > 0) tellDue(Clock::now());
}

void Notifier::consider(const Event& event, TimePoint now) {
  const auto change = linkChangeOf(event.kind);
  if (!change || limiter_.offer(event.index, *change, now)) send(event);
}

// What was held back is told as it is now, unless the row is gone or is no longer told of.
void Notifier::tellDue(TimePoint now) {
  for (const DueChange& due : limiter_.popDue(now)) {
    const Interface* row = rowAt(*last_, due.index);
    if (row == nullptr || row->trap_enable != TrapEnable::kEnabled) continue;
    send({kindOf(due.change), due.index, last_});
  }
  setTimer(now);
}

void Notifier::setTimer(TimePoint now) const {
  itimerspec times{};  // all zero: off
  if (const auto due = limiter_.nextDue()) {
    const auto left = std::max<std::chrono::nanoseconds>(*due - now, std::chrono::nanoseconds(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    times.it_value = {seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  }
  ::timerfd_settime(timer_.get(), 0, &times, nullptr);
}

// The library puts sysUpTime in front, in the master's time, and snmpTrapEnterprise behind, for
// those who are told in SNMPv1 (RFC 3584 §3.1). The list stays ours.
void Notifier::send(const Event& event) const {
  const Notification& notification = notificationOf(event.kind);
  if (main_session == nullptr) {
    log_->debug("no master agent; lost: " + describe(notification, event));
    return;
  }
  if (!hasRoom(*main_session)) {
    log_->debug("the master agent does not answer; lost: " + describe(notification, event));
    return;
  }
  log_->debug("sending " + describe(notification, event));
  netsnmp_variable_list* list = nullptr;
  bool whole = append(&list, kSnmpTrapOid, {kObjectId, 0, {}, notification.oid}) != nullptr;
  for (const CarriedValue& carried : valuesOf(mib_, event)) {
    whole = whole && append(&list, carried.name, carried.value) != nullptr;
  }
  if (whole) send_v2trap(list);
  snmp_free_varbind(list);
}

}  // namespace hvnet
