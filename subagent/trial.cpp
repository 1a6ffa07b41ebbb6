#include "trial.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace hvnet {
namespace {

// No signal is blocked, and only the messages on stderr are heard.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t none{};
    sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  ~SpawnAttributes() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

}  // namespace

Result<Trial> Trial::start(const char* program, std::vector<std::string> words) {
  const SpawnAttributes how;
  std::vector<char*> argv(words.size() + 1, nullptr);
  std::ranges::transform(words, argv.begin(), [](std::string& word) { return word.data(); });
  pid_t pid = -1;
  errno = ::posix_spawn(&pid, program, how.files(), how.attributes(), argv.data(), environ);
  if (errno != 0) return failErrno(program);
  return Trial(pid);
}

Trial::Trial(Trial&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

Trial::~Trial() {
  if (pid_ < 0) return;
  kill();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> Trial::exitStatus() {
  if (pid_ < 0) return status_;
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
  status_ = ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  pid_ = -1;
  return status_;
}

void Trial::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

}  // namespace hvnet
