// One text file of the state folder: read whole, written whole, moved out of the way.
//
// The file has the old text or the new one at any moment, never half of one (base/file_layer.h).
// What is in it is the owner's; state_reader.h reads the lines.
//
// Threads: one at a time. Each call may block on the disk.
// Ownership: `log` and `files` outlive it.
// Errors: name the path and the reason. That the file cannot be saved is logged as well, once, and
// so is that it can be again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_layer.h"
#include "base/log.h"
#include "base/result.h"

namespace hvnet {

class StateFile {
 public:
  // `consequence` is for the log, behind the reason why the file cannot be saved: "a SET is refused
  // until this can be saved".
  StateFile(std::filesystem::path path, std::string consequence, Log& log,
            FileLayer& files = realFiles());

  // No file is an empty optional.
  [[nodiscard]] Result<std::optional<std::string>> load() const;
  // After an error the file may have the new text all the same: when only the last step failed.
  Result<void> save(std::string_view text);
  // The same, but after an error the file has `before` again wherever the disk allows it.
  Result<void> saveOrRestore(std::string_view text, std::string_view before);

  // The last save failed.
  [[nodiscard]] bool failing() const { return failing_; }
  // The next failure is logged again: for an owner who repeats it once a minute.
  void sayAgain() { said_ = false; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  Result<void> say(Result<void> saved);

  std::filesystem::path path_;
  std::string consequence_;
  Log* log_;
  FileLayer* files_;
  bool failing_ = false;
  bool said_ = false;
};

// Moves the file to the first free name of `path`.old-1, `path`.old-2 and so on, whatever is in it.
// Returns the new name; nothing when there was no file.
Result<std::optional<std::filesystem::path>> setAsideFile(const std::filesystem::path& path,
                                                          FileLayer& files = realFiles());

}  // namespace hvnet
