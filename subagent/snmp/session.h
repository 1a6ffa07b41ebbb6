// How the tables reach the world: through a master agent, or on a port of our own.
//
// Threads: main thread only.
// Ownership: a session is opened once and lives as long as the process serves; the stores and the
// log outlive it.
// Errors: an address that cannot be listened on is an Error; a master that is not there is logged.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/result.h"
#include "snapshot/publish/store.h"
#include "snapshot/settings_store.h"

namespace hvnet {

class Session {
 public:
  virtual ~Session() = default;
  // For a person: "joined unix:/var/agentx/master".
  [[nodiscard]] virtual std::string status() const = 0;
  // `task` is called as soon as status() says something else.
  void onStatusChange(std::function<void()> task) { status_changed_ = std::move(task); }

 protected:
  void statusChanged() const {
    if (status_changed_) status_changed_();
  }

 private:
  std::function<void()> status_changed_;
};

// Joins the master as soon as it is there, and again whenever it comes back; a master that is not
// there is logged once, not an error. Answers Get and GetNext straight from the session.
Result<std::unique_ptr<Session>> openAgentxSession(SnapshotStore& store, SettingsStore& settings,
                                                   Log& log);

// Listens on `address`, with the access control that the configuration says (see Library).
Result<std::unique_ptr<Session>> openStandaloneSession(SnapshotStore& store,
                                                       SettingsStore& settings,
                                                       const std::string& address, Log& log);

}  // namespace hvnet
