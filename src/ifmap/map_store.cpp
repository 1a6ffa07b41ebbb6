#include "ifmap/map_store.h"

#include <utility>

namespace hvnet {
namespace {

constexpr std::string_view kFileName = "ifindex.map";
constexpr int kMostSetAside = 9999;

}  // namespace

MapStore::MapStore(std::filesystem::path folder, FileLayer& files)
    : folder_(std::move(folder)), files_(&files) {}

std::filesystem::path MapStore::file() const {
  return folder_ / kFileName;
}

Result<std::vector<MapEntry>> MapStore::load() const {
  const auto text = files_->read(file());
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::vector<MapEntry>{};
  return parseMap(**text, file().string());
}

Result<void> MapStore::save(std::span<const MapEntry> entries) {
  return replaceFile(*files_, file(), formatMap(entries));
}

Result<std::optional<std::filesystem::path>> MapStore::setAside() {
  // A map that cannot even be read is the very one to move out of the way.
  if (const auto text = files_->read(file()); text && !*text) return std::nullopt;
  for (int n = 1; n <= kMostSetAside; ++n) {
    std::filesystem::path old = file();
    old += ".old-" + std::to_string(n);
    const auto taken = files_->read(old);
    if (!taken || *taken) continue;
    return files_->rename(file(), old)
        .and_then([&] { return files_->syncDirectory(folder_); })
        .map([&] { return std::optional(old); });
  }
  return fail(file().string() + ": every name up to .old-" + std::to_string(kMostSetAside) +
              " is taken; remove some of them");
}

}  // namespace hvnet
