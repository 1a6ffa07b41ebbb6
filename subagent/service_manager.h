// What the service manager is told: that we are ready, how we are, and that we live (sd_notify(3)).
//
// Threads: main thread only; nothing blocks.
// Ownership: none; the socket is found anew at each call.
// Errors: none. Without a manager, or built without libsystemd, every call does nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace hvnet {

class ServiceManager {
 public:
  // From the environment that the manager started us with.
  ServiceManager();

  // How often report() is to be called: twice in the watchdog's period, so that one late report
  // does no harm. Empty without a manager.
  [[nodiscard]] std::optional<std::chrono::milliseconds> reportInterval() const;

  void ready(const std::string& status);
  // Not alive: the watchdog is not fed any more, and the manager will act.
  void report(const std::string& status, bool alive);
  // Before the configuration is read again; ready() follows.
  void reloading();
  void stopping();

 private:
  void send(const std::string& state) const;

  bool present_ = false;
  std::optional<std::chrono::microseconds> watchdog_;  // its period
  std::string last_status_;
};

}  // namespace hvnet
