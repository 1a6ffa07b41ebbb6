#include "snapshot/counter_keeper.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "counters/counter_file.h"

namespace hvnet {
namespace {

constexpr std::chrono::minutes kSaveInterval{1};

const Port* portOf(std::span<const Port> ports, KernelIndex index) {
  const auto found =
      std::ranges::lower_bound(ports, index, {}, [](const Port& port) { return port.link.index; });
  return found != ports.end() && found->link.index == index ? &*found : nullptr;
}

}  // namespace

CounterKeeper::CounterKeeper(const std::filesystem::path& folder, Access access,
                             std::string boot_id, Log& log, FileLayer& files)
    : file_(folder / kCounterFileName),
      access_(access),
      boot_id_(std::move(boot_id)),
      log_(&log),
      files_(&files) {}

void CounterKeeper::restore(std::span<const Port> present) {
  const auto text = files_->read(file_);
  if (!text || !*text) return;  // the map's own folder: what cannot be read is said there
  const Result<SavedCounters> saved = parseCounters(**text, file_.string());
  if (!saved) {
    log_->warning(saved.error().text + "; counting anew");
    return;
  }
  if (!isOfBoot(*saved, boot_id_)) return;
  std::vector<SavedPort> still_there = saved->ports;
  std::erase_if(still_there, [&](const SavedPort& port) {
    const Port* now = portOf(present, port.index);
    return now == nullptr || now->link.name != port.name;
  });
  book_.restore(still_there);
}

CounterUpdate CounterKeeper::update(KernelIndex index, const Components& raw) {
  const std::uint64_t resets = book_.resets(index);
  CounterUpdate update = book_.update(index, raw);
  // A process that is killed now must not take the reset for none.
  if (update.resets != resets) reset_unsaved_ = true;
  return update;
}

void CounterKeeper::tick(std::span<const Port> present, TimePoint now) {
  if (!next_save_) next_save_ = now + kSaveInterval;
  if (now < *next_save_ && !reset_unsaved_) return;
  next_save_ = now + kSaveInterval;
  save(present);
}

void CounterKeeper::finish(std::span<const Port> present) {
  save(present);
}

void CounterKeeper::save(std::span<const Port> present) {
  if (access_ == Access::kReadOnly || boot_id_.empty()) return;
  SavedCounters out{boot_id_, book_.save()};
  for (SavedPort& saved : out.ports) {
    if (const Port* port = portOf(present, saved.index)) saved.name = port->link.name;
  }
  const Result<void> written = replaceFile(*files_, file_, formatCounters(out));
  if (!written && !failing_) {
    log_->warning(written.error().text + "; counters will start anew if this process ends");
  }
  failing_ = !written;
  reset_unsaved_ = false;  // a disk that refuses is not asked at every sample
}

std::string currentBootId() {
  const auto boot = realFiles().read("/proc/sys/kernel/random/boot_id");
  if (!boot || !*boot) return {};
  std::error_code unknown;
  const auto space = std::filesystem::read_symlink("/proc/self/ns/net", unknown);
  return (*boot)->substr(0, (*boot)->find('\n')) + "/" + space.string();
}

}  // namespace hvnet
