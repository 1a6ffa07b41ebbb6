#include "service_manager.h"

#ifdef HVNET_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include <cstdint>
#include <cstdlib>

namespace hvnet {
namespace {

// A status is for people; without a watchdog nobody waits for it.
constexpr std::chrono::seconds kUnwatchedInterval{5};

#ifdef HVNET_SYSTEMD
bool managed() {
  return std::getenv("NOTIFY_SOCKET") != nullptr;
}

std::optional<std::chrono::microseconds> watchdogPeriod() {
  std::uint64_t period_us = 0;
  if (::sd_watchdog_enabled(0, &period_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(period_us);
}
#endif

}  // namespace

ServiceManager::ServiceManager() {
#ifdef HVNET_SYSTEMD
  present_ = managed();
  if (present_) watchdog_ = watchdogPeriod();
#endif
}

std::optional<std::chrono::milliseconds> ServiceManager::reportInterval() const {
  if (!present_) return std::nullopt;
  if (!watchdog_) return kUnwatchedInterval;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*watchdog_ / 2);
}

void ServiceManager::ready(const std::string& status) {
  last_status_ = status;
  send("READY=1\nSTATUS=" + status);
}

void ServiceManager::report(const std::string& status, bool alive) {
  std::string state = alive && watchdog_ ? "WATCHDOG=1\n" : "";
  if (status != last_status_) state += "STATUS=" + status;
  last_status_ = status;
  if (!state.empty()) send(state);
}

void ServiceManager::reloading() {
  send("RELOADING=1\nSTATUS=reloading the configuration");
}

void ServiceManager::stopping() {
  send("STOPPING=1\nSTATUS=stopping");
}

void ServiceManager::send([[maybe_unused]] const std::string& state) const {
#ifdef HVNET_SYSTEMD
  // A manager that cannot be told finds out by itself.
  if (present_) ::sd_notify(0, state.c_str());
#endif
}

}  // namespace hvnet
