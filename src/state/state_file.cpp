#include "state/state_file.h"

#include <utility>

namespace hvnet {

StateFile::StateFile(std::filesystem::path path, std::string consequence, Log& log,
                     FileLayer& files)
    : path_(std::move(path)), consequence_(std::move(consequence)), log_(&log), files_(&files) {}

Result<std::optional<std::string>> StateFile::load() const {
  return files_->read(path_);
}

Result<void> StateFile::save(std::string_view text) {
  return say(replaceFile(*files_, path_, text));
}

Result<void> StateFile::saveOrRestore(std::string_view text, std::string_view before) {
  const Result<void> saved = replaceFile(*files_, path_, text);
  if (!saved) {
    const auto found = files_->read(path_);
    if (found && *found && **found == text) {
      if (auto back = replaceFile(*files_, path_, before); !back) {
        log_->warning(back.error().text + "; " + path_.string() +
                      " may still contain the refused SET");
      }
    }
  }
  return say(saved);
}

Result<void> StateFile::say(Result<void> saved) {
  if (saved) {
    if (failing_) log_->info(path_.string() + " is saved again");
    failing_ = said_ = false;
    return saved;
  }
  failing_ = true;
  if (!said_) log_->error(saved.error().text + "; " + consequence_);
  said_ = true;
  return saved;
}

Result<std::optional<std::filesystem::path>> setAsideFile(const std::filesystem::path& path,
                                                          FileLayer& files) {
  constexpr int kMostSetAside = 9999;
  // A file that cannot even be read is the very one to move out of the way.
  if (const auto text = files.read(path); text && !*text) return std::nullopt;
  for (int n = 1; n <= kMostSetAside; ++n) {
    std::filesystem::path old = path;
    old += ".old-" + std::to_string(n);
    const auto taken = files.read(old);
    if (!taken || *taken) continue;
    return files.rename(path, old)
        .and_then([&] { return files.syncDirectory(path.parent_path()); })
        .map([&] { return std::optional(old); });
  }
  return fail(path.string() + ": every name up to .old-" + std::to_string(kMostSetAside) +
              " is taken; remove some of them");
}

}  // namespace hvnet
