#include "ifmap/map_keeper.h"

#include <chrono>

namespace hvnet {
namespace {

// What only dates tombstones can wait, so that a burst of removals is one write.
constexpr std::chrono::seconds kLazySave{5};
constexpr std::chrono::minutes kComplaintInterval{1};

}  // namespace

std::vector<Assignment> MapKeeper::assign(std::span<const Candidate> present, TimePoint now,
                                          std::int64_t wall_s) {
  IndexMap::Outcome outcome = map_.assign(present, wall_s);
  for (const std::string& notice : outcome.notices) log_->warning(notice);
  // While the disk refuses, topology changes do not try more often than the timer does.
  if (outcome.numbers_changed && (!failing_ || now >= next_try_)) save(now);
  return std::move(outcome.assignments);
}

void MapKeeper::retry(TimePoint now) {
  if (!map_.dirty()) {
    next_try_ = now + kLazySave;
  } else if (now >= next_try_) {
    save(now);
  }
}

void MapKeeper::flush(TimePoint now) {
  if (map_.dirty()) save(now);
}

void MapKeeper::save(TimePoint now) {
  if (!store_) return;
  next_try_ = now + kLazySave;
  const Result<void> saved = store_->save(map_.entries());
  if (saved) {
    map_.markSaved();
    if (failing_) log_->info("the index map is saved again: " + store_->file().string());
    failing_ = false;
    return;
  }
  if (!failing_ || now >= next_complaint_) {
    log_->error(saved.error().text + "; serving on with the map in memory, trying again");
    next_complaint_ = now + kComplaintInterval;
  }
  failing_ = true;
}

}  // namespace hvnet
