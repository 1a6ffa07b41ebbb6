// Says when a file of a folder was replaced, written or removed (inotify(7) on the folder, for a
// file that is replaced by rename is another file each time).
//
// Threads: one owner; never blocks. Ownership: has its descriptor, which stays the same for as long
// as the watch lives, whatever happens to the folder. Errors: of opening, values; later none.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet {

class ReportWatch {
 public:
  // The folder must exist.
  static Result<ReportWatch> open(const std::filesystem::path& file);

  [[nodiscard]] int fd() const { return inotify_.get(); }

  struct Seen {
    bool touched = false;  // the file is to be looked at
    bool overrun = false;  // the kernel dropped events; it may have been touched
  };
  // Reads all events that are pending.
  Seen drain();

  // Watches whatever folder has the name now; without one, nothing is seen until the next call.
  void renew();

 private:
  ReportWatch(std::filesystem::path folder, std::string name, UniqueFd inotify);
  bool add();

  std::filesystem::path folder_;
  std::string name_;  // of the file in it
  UniqueFd inotify_;
  int watched_ = -1;  // the kernel's descriptor of the folder; -1: none
};

}  // namespace hvnet
