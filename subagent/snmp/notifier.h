// Sends a notification at once for each event: snapshots in, notifications out. Through the master
// in AgentX; standalone, to the trap sinks of the configuration.
//
// Threads: main thread only.
// Ownership: store, log and loop outlive the notifier.
// Errors: without a master or a sink the notification is lost, and is not sent later.
#pragma once

#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "snapshot/events/events.h"
#include "snapshot/events/flap_limiter.h"
#include "snapshot/publish/store.h"
#include "tables/mib.h"

namespace hvnet {

class EventLoop;

class Notifier {
 public:
  // `store`, `log` and the notifier outlive the loop. What happened since the store's first
  // snapshot is told, too.
  static Result<std::unique_ptr<Notifier>> start(SnapshotStore& store, EventLoop& loop, Log& log);

 private:
  Notifier(SnapshotStore& store, Log& log, UniqueFd timer)
      : store_(&store), log_(&log), timer_(std::move(timer)) {}

  void onChange();
  void onTimer();
  void consider(const Event& event, TimePoint now);
  void tellDue(TimePoint now);
  void setTimer(TimePoint now) const;
  void send(const Event& event) const;

  SnapshotStore* store_;
  Log* log_;
  UniqueFd timer_;  // runs out when what was held back is due
  EventWatch watch_;
  FlapLimiter limiter_;
  SnapshotPtr last_;
  Mib mib_;
};

}  // namespace hvnet
