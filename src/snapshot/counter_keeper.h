// The counters' running totals and their file: a restarted process goes on where the last one
// stood, as long as the machine was not booted in between.
//
// Poller thread only. May block on the disk, about once a minute and after a bridged reset.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/file_layer.h"
#include "base/log.h"
#include "counters/counter_book.h"
#include "counters/source.h"

namespace hvnet {

class CounterKeeper {
 public:
  enum class Access { kReadOnly, kReadWrite };
  // `boot_id` says within what a kernel ifindex means something: the kernel's boot, and the
  // network namespace. When it is empty, nothing is read or written.
  CounterKeeper(const std::filesystem::path& folder, Access access, std::string boot_id, Log& log,
                FileLayer& files = realFiles());

  // Takes up the saved totals of those ports that are still there. A file that cannot be used is
  // said once, and counting starts with what the drivers say now.
  void restore(std::span<const Port> present);

  CounterUpdate update(KernelIndex index, const Components& raw);
  void forget(KernelIndex index) { book_.forget(index); }
  void markInterrupted() { book_.markInterrupted(); }

  // Saves what it is time to save; `present` names the ports for whoever reads the file.
  void tick(std::span<const Port> present, TimePoint now);
  void finish(std::span<const Port> present);

 private:
  void save(std::span<const Port> present);

  std::filesystem::path file_;
  Access access_;
  std::string boot_id_;
  Log* log_;
  FileLayer* files_;
  CounterBook book_;
  std::optional<TimePoint> next_save_;  // counted from the first tick
  bool reset_unsaved_ = false;
  bool failing_ = false;
};

// The boot that the kernel is in, and this process's network namespace; empty when unknown.
std::string currentBootId();

}  // namespace hvnet
