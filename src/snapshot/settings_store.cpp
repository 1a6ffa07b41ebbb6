#include "snapshot/settings_store.h"

#include <algorithm>
#include <utility>

#include "snapshot/settings_file.h"

namespace hvnet {

Result<std::unique_ptr<SettingsStore>> SettingsStore::open(std::filesystem::path file, Log& log,
                                                           FileLayer& files) {
  const auto text = files.read(file);
  if (!text) return tl::unexpected(text.error());
  Result<Settings> settings = *text ? parseSettings(**text, file.string()) : Settings{};
  if (!settings) return tl::unexpected(settings.error());
  return std::unique_ptr<SettingsStore>(
      new SettingsStore(std::move(file), *std::move(settings), log, files));
}

Result<std::optional<std::filesystem::path>> SettingsStore::setAside(
    const std::filesystem::path& file, FileLayer& files) {
  if (const auto text = files.read(file); text && !*text) return std::nullopt;
  std::filesystem::path old = file;
  old += ".old";
  return files.rename(file, old)
      .and_then([&] { return files.syncDirectory(file.parent_path()); })
      .map([&] { return std::optional(old); });
}

SettingsStore::SettingsStore(std::filesystem::path file, Settings settings, Log& log,
                             FileLayer& files)
    : file_(std::move(file)),
      log_(&log),
      files_(&files),
      current_(std::make_shared<const Settings>(std::move(settings))) {}

SettingsPtr SettingsStore::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> SettingsStore::replace(Settings next) {
  if (next == *current()) return {};
  if (auto written = replaceFile(*files_, file_, formatSettings(next)); !written) {
    putBack(next);
    if (!failing_) log_->error(written.error().text + "; a SET is refused until this can be saved");
    failing_ = true;
    return written;
  }
  failing_ = false;
  auto fresh = std::make_shared<const Settings>(std::move(next));
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  return {};
}

// The last step of writing may fail with the new text in place already.
void SettingsStore::putBack(const Settings& failed) {
  const auto text = files_->read(file_);
  if (!text || !*text || **text != formatSettings(failed)) return;
  if (auto back = replaceFile(*files_, file_, formatSettings(*current())); !back) {
    log_->warning(back.error().text + "; " + file_.string() + " may have what was refused");
  }
}

void SettingsStore::keepOnly(std::span<const MapEntry> known) {
  Settings kept;
  for (const auto& row : *current()) {
    const bool there = std::ranges::find(known, row.first, &MapEntry::index) != known.end();
    if (there) kept.insert(row);
  }
  // Logged there; without a disk what was SET of others still holds.
  if (auto written = replace(std::move(kept)); !written) return;
}

}  // namespace hvnet
