// How the tables reach the world: through a master agent, or on a port of our own.
//
// Main thread only. A session is opened once and lives as long as the process serves; the
// stores outlive it.
#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "snapshot/settings_store.h"
#include "snapshot/store.h"

namespace hvnet {

class Session {
 public:
  virtual ~Session() = default;
  // For a person: "joined unix:/var/agentx/master".
  [[nodiscard]] virtual std::string status() const = 0;
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
