// What SIGHUP does: the configuration is read again, and a bad one changes nothing.
//
// Threads: main thread only. Nothing here waits: another process tries the file first, and the
// event loop goes on meanwhile.
// Ownership: the options, library, poller, log and loop outlive this, and this outlives the loop's
// run().
// Errors: a bad file, one that cannot be tried within kTrialLimit, and what takes a restart are
// told to the log.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/log.h"
#include "base/unique_fd.h"
#include "config.h"
#include "options.h"
#include "snapshot/publish/poller.h"
#include "snmp/event_loop.h"
#include "snmp/library.h"
#include "trial.h"

namespace hvnet {

// A file is read in some tens of milliseconds; what takes longer is a name server that does not
// answer. Well below the watchdog's period, should it go silent between the trial and the reading.
inline constexpr std::chrono::seconds kTrialLimit{5};

class Reload {
 public:
  // `now` is what the library and the poller were started with. `began` and `ended` are called
  // around each reload, whatever comes of it.
  struct Parts {
    const Options* options;
    Library* library;
    Poller* poller;
    Log* log;
    std::function<void()> began;
    std::function<void()> ended;
  };
  static Result<std::unique_ptr<Reload>> create(Parts parts, Config now, EventLoop& loop);

 private:
  Reload(Parts parts, Config now, UniqueFd timer)
      : parts_(std::move(parts)), now_(std::move(now)), timer_(std::move(timer)) {}

  void onHangup();
  void onChildEnd();
  void onTimeLimit();
  void refuse(const std::string& why);
  void apply();
  void tellWhatWaits(const Config& fresh) const;
  void setTimer(std::chrono::seconds limit) const;

  Parts parts_;
  Config now_;
  UniqueFd timer_;              // runs out when a trial has had its time
  std::optional<Trial> trial_;  // while one runs
  bool overdue_ = false;        // it was killed, and is not waited for yet
  bool again_ = false;          // another SIGHUP has come meanwhile
};

}  // namespace hvnet
