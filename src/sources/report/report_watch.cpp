#include "sources/report/report_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace hvnet {
namespace {

constexpr std::uint32_t kFileEvents = IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE;
constexpr std::uint32_t kEvents = kFileEvents | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

ReportWatch::ReportWatch(std::filesystem::path folder, std::string name, UniqueFd inotify)
    : folder_(std::move(folder)), name_(std::move(name)), inotify_(std::move(inotify)) {}

Result<ReportWatch> ReportWatch::open(const std::filesystem::path& file) {
  UniqueFd inotify{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!inotify) return failErrno("inotify");
  const std::filesystem::path folder = file.parent_path();
  ReportWatch watch(folder.empty() ? "." : folder, file.filename().string(), std::move(inotify));
  if (!watch.add()) return failErrno("the report's folder " + watch.folder_.string());
  return watch;
}

// A folder that is watched already keeps its descriptor.
bool ReportWatch::add() {
  const int before = watched_;
  watched_ = ::inotify_add_watch(inotify_.get(), folder_.c_str(), kEvents);
  if (before >= 0 && before != watched_) {
    const int code = errno;
    ::inotify_rm_watch(inotify_.get(), before);
    errno = code;
  }
  return watched_ >= 0;
}

void ReportWatch::renew() {
  add();
}

ReportWatch::Seen ReportWatch::drain() {
  Seen seen;
  alignas(inotify_event) std::array<char, 16384> block;
  while (true) {
    const ssize_t length = ::read(inotify_.get(), block.data(), block.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return seen;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      inotify_event event{};
      std::memcpy(&event, block.data() + at, sizeof(event));
      const char* const name = block.data() + at + sizeof(event);
      if ((event.mask & IN_Q_OVERFLOW) != 0) seen.overrun = true;
      // What is still to come of a folder that has lost the name to another one does not count.
      const bool ours = event.wd == watched_ && event.len > 0 && (event.mask & kFileEvents) != 0;
      if (ours && std::string_view(name) == name_) seen.touched = true;
      at += sizeof(event) + event.len;
    }
  }
}

}  // namespace hvnet
