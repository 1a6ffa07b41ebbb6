#include "reload.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace hvnet {
namespace {

// A process of its own with no signal blocked and only its messages to say.
class Child {
 public:
  Child() {
    sigset_t none{};
    sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  ~Child() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Its exit status, once it has ended.
  Result<int> run(const char* program, std::vector<std::string> words) {
    std::vector<char*> argv(words.size() + 1, nullptr);
    std::ranges::transform(words, argv.begin(), [](std::string& word) { return word.data(); });
    pid_t pid = -1;
    errno = ::posix_spawn(&pid, program, &files_, &attributes_, argv.data(), environ);
    if (errno != 0) return failErrno(program);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) return failErrno("waitpid");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

// Its messages, each bad line with its place, go where ours go.
Result<void> tryConfiguration(const Options& options) {
  std::vector<std::string> words = {"hvnet-subagent", "--check", "config"};
  if (options.config_file) words.insert(words.end(), {"-c", options.config_file->string()});
  const Result<int> status = Child().run("/proc/self/exe", std::move(words));
  if (!status) return tl::unexpected(status.error());
  if (*status != 0) return fail("it is bad");
  return {};
}

}  // namespace

void Reload::run() {
  if (const auto tried = tryConfiguration(*options_); !tried) {
    log_->error("the configuration is not read again: " + tried.error().text +
                "; the one in force stays");
    return;
  }
  Config fresh;
  const auto file = configFile(*options_);
  for (const Error& error : library_->reread(file, fresh)) log_->error(error.text);
  tellWhatWaits(fresh);
  poller_->reconfigure(fresh.publish, fresh.sample_interval);
  log_->info("the configuration is read again: " +
             (file ? file->string() : "no file, all as by default"));
}

void Reload::tellWhatWaits(const Config& fresh) const {
  for (const Directive& directive : directives()) {
    if (directive.same == nullptr || directive.same(now_, fresh)) continue;
    log_->warning(std::string(directive.name) + " has changed, which takes a restart");
  }
}

}  // namespace hvnet
