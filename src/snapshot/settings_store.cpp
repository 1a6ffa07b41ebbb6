#include "snapshot/settings_store.h"

#include <algorithm>
#include <utility>

#include "snapshot/settings_file.h"

namespace hvnet {

Result<std::unique_ptr<SettingsStore>> SettingsStore::open(std::filesystem::path path, Log& log,
                                                           FileLayer& files) {
  StateFile file(std::move(path), "a SET is refused until this can be saved", log, files);
  const auto text = file.load();
  if (!text) return tl::unexpected(text.error());
  Result<Settings> settings = *text ? parseSettings(**text, file.path().string()) : Settings{};
  if (!settings) return tl::unexpected(settings.error());
  return std::unique_ptr<SettingsStore>(new SettingsStore(std::move(file), *std::move(settings)));
}

SettingsStore::SettingsStore(StateFile file, Settings settings)
    : file_(std::move(file)), current_(std::make_shared<const Settings>(std::move(settings))) {}

SettingsPtr SettingsStore::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> SettingsStore::replace(Settings next) {
  if (next == *current()) return {};
  const std::string before = formatSettings(*current());
  if (auto saved = file_.saveOrRestore(formatSettings(next), before); !saved) return saved;
  auto fresh = std::make_shared<const Settings>(std::move(next));
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  return {};
}

void SettingsStore::keepOnly(std::span<const MapEntry> known) {
  Settings kept;
  for (const auto& row : *current()) {
    if (std::ranges::binary_search(known, row.first, {}, &MapEntry::index)) kept.insert(row);
  }
  // replace() logs the error. The settings then stay as they are.
  if (auto written = replace(std::move(kept)); !written) return;
}

}  // namespace hvnet
