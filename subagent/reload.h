// What SIGHUP does: the configuration is read again, and a bad one changes nothing.
//
// Main thread only. Tells the log what it did, and what takes a restart.
#pragma once

#include "base/log.h"
#include "config.h"
#include "options.h"
#include "snapshot/poller.h"
#include "snmp/library.h"

namespace hvnet {

class Reload {
 public:
  // `now` is what the library and the poller were started with; all but it outlive this.
  Reload(const Options& options, Config now, Library& library, Poller& poller, Log& log)
      : options_(&options),
        now_(std::move(now)),
        library_(&library),
        poller_(&poller),
        log_(&log) {}

  // Takes some tens of milliseconds: the library has no way back from a bad line, so the file is
  // tried by another process first.
  void run();

 private:
  void tellWhatWaits(const Config& fresh) const;

  const Options* options_;
  Config now_;
  Library* library_;
  Poller* poller_;
  Log* log_;
};

}  // namespace hvnet
