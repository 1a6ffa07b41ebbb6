#include "reload.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hvnet {

Result<std::unique_ptr<Reload>> Reload::create(Parts parts, Config now, EventLoop& loop) {
  UniqueFd timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!timer) return failErrno("timerfd_create");
  std::unique_ptr<Reload> reload(new Reload(std::move(parts), std::move(now), std::move(timer)));
  loop.onHangup([self = reload.get()] { self->onHangup(); });
  loop.onChildEnd([self = reload.get()] { self->onChildEnd(); });
  loop.watch(reload->timer_.get(), [self = reload.get()] { self->onTimeLimit(); });
  return reload;
}

void Reload::onHangup() {
  // The one under way may have read the file before it was changed.
  again_ = trial_.has_value();
  if (again_) return;
  parts_.began();
  std::vector<std::string> words = {"hvnet-subagent", "--check", "config"};
  const Options& options = *parts_.options;
  if (options.config_file) words.insert(words.end(), {"-c", options.config_file->string()});
  // The warnings of a check go by where we listen.
  if (options.standalone) words.insert(words.end(), {"--standalone", *options.standalone});
  Result<Trial> trial = Trial::start("/proc/self/exe", std::move(words));
  if (!trial) return refuse(trial.error().text);
  trial_.emplace(std::move(*trial));
  overdue_ = false;
  setTimer(kTrialLimit);
}

void Reload::onChildEnd() {
  const auto status = trial_ ? trial_->exitStatus() : std::nullopt;
  if (!status) return;
  trial_.reset();
  setTimer(std::chrono::seconds(0));
  if (!overdue_ && *status == 0) {
    apply();
  } else if (!overdue_) {
    refuse("it has errors");
  }
  if (std::exchange(again_, false)) onHangup();
}

void Reload::onTimeLimit() {
  std::uint64_t expirations = 0;
  if (::read(timer_.get(), &expirations, sizeof expirations) <= 0 || !trial_ || overdue_) return;
  overdue_ = true;
  trial_->kill();
  refuse("it could not be checked within " + std::to_string(kTrialLimit.count()) +
         " s (is there a host name in it that no name server answers for?)");
}

void Reload::refuse(const std::string& why) {
  parts_.log->error("configuration not reloaded: " + why + "; the old one stays active");
  parts_.ended();
}

void Reload::apply() {
  Config fresh;
  const auto file = configFile(*parts_.options);
  const std::vector<Error> errors = parts_.library->reread(file, fresh);
  for (const Error& error : errors) parts_.log->error(error.text);
  // Somebody has written the file since the trial. Net-SNMP has no way back from its own lines.
  if (!errors.empty()) return refuse("it was changed while it was read, and has errors now");
  tellWhatWaits(fresh);
  parts_.poller->reconfigure(fresh.publish, fresh.sample_interval);
  parts_.log->info("configuration reloaded: " + (file ? file->string() : "no file, all defaults"));
  parts_.ended();
}

void Reload::tellWhatWaits(const Config& fresh) const {
  for (const Directive& directive : directives()) {
    if (directive.same == nullptr || directive.same(now_, fresh)) continue;
    parts_.log->warning(std::string(directive.name) + " has changed; restart to apply it");
  }
}

// 0: no limit any more.
void Reload::setTimer(std::chrono::seconds limit) const {
  itimerspec times{};
  times.it_value.tv_sec = limit.count();
  ::timerfd_settime(timer_.get(), 0, &times, nullptr);
}

}  // namespace hvnet
