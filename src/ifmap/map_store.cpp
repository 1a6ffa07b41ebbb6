#include "ifmap/map_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/escape.h"

namespace hvnet {
namespace {

// What only dates tombstones can wait, so that a burst of removals is one write.
constexpr std::chrono::seconds kLazySave{5};
constexpr std::chrono::minutes kComplaintInterval{1};

}  // namespace

std::filesystem::path MapStore::fileIn(const std::filesystem::path& folder) {
  return folder / "ifindex.map";
}

MapStore::MapStore(const std::filesystem::path& folder, Log& log, FileLayer& files,
                   std::string machine)
    : file_(fileIn(folder), "using the map in memory, trying again", log, files),
      machine_(std::move(machine)) {}

Result<SavedMap> MapStore::load() const {
  const auto text = file_.load();
  if (!text) return tl::unexpected(text.error());
  if (!*text) return SavedMap{};
  return parseMap(**text, file_.path().string());
}

Result<void> MapStore::save(std::span<const MapEntry> entries, IfIndex given_up_to) {
  return file_.save(formatMap(entries, given_up_to, machine_));
}

std::vector<Assignment> MapKeeper::assign(std::span<const Candidate> present, TimePoint now,
                                          std::int64_t wall_s) {
  IndexMap::Outcome outcome = map_.assign(present, wall_s);
  for (const std::string& notice : outcome.notices) log_->warning(notice);
  sayUnnumbered(outcome.unnumbered);
  forgotten_.add(outcome.forgotten);
  sayForgotten(now);
  if (store_ && mustSave(outcome, now)) save(now);
  return std::move(outcome.assignments);
}

bool MapKeeper::mustSave(const IndexMap::Outcome& outcome, TimePoint now) {
  if (!outcome.numbers_changed) return false;
  // While the disk refuses, topology changes do not try more often than the timer does.
  if (store_->failing()) return now >= next_try_;
  refill(now);
  return saves_left_ > 0 || outcome.beside_the_mark || map_.givenUpTo() > safe_up_to_;
}

// One save more for each second.
void MapKeeper::refill(TimePoint now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now - refilled_);
  if (seconds <= std::chrono::seconds(0)) return;
  refilled_ += seconds;
  saves_left_ =
      static_cast<int>(std::min<std::int64_t>(kSavesAtOnce, saves_left_ + seconds.count()));
}

void MapKeeper::retry(TimePoint now) {
  sayForgotten(now);
  refill(now);
  if (!map_.dirty() && (!store_ || safe_up_to_ == map_.givenUpTo())) {
    next_try_ = now + kLazySave;
  } else if (now >= next_try_) {
    save(now);
  }
}

void MapKeeper::flush(TimePoint now) {
  next_forgotten_ = now;
  sayForgotten(now);
  saves_left_ = kSavesAtOnce;  // nothing is reserved for a process that ends
  if (map_.dirty() || safe_up_to_ != map_.givenUpTo()) save(now);
}

void MapKeeper::save(TimePoint now) {
  if (!store_) return;
  next_try_ = now + kLazySave;
  const auto given = static_cast<std::uint32_t>(map_.givenUpTo());
  const std::uint32_t ahead = saves_left_ > 1 ? 0 : kReserved;
  const IfIndex mark{std::min(given + ahead, static_cast<std::uint32_t>(kLastIndex))};
  saves_left_ = std::max(saves_left_ - 1, 0);
  const bool failed_before = store_->failing();
  if (failed_before && now >= next_complaint_) {
    store_->sayAgain();
    next_complaint_ = now + kComplaintInterval;
  }
  if (store_->save(map_.entries(), mark)) {
    map_.markSaved();
    safe_up_to_ = mark;
  } else if (!failed_before) {
    next_complaint_ = now + kComplaintInterval;
  }
}

// Where names come and go by the minute, one line a minute has all of them.
void MapKeeper::sayForgotten(TimePoint now) {
  if (forgotten_.count == 0 || now < next_forgotten_) return;
  next_forgotten_ = now + kComplaintInterval;
  const Forgotten told = std::exchange(forgotten_, {});
  if (!store_) return;
  std::string text = "the index map has forgotten " + std::to_string(told.count) +
                     (told.count == 1 ? " interface that was gone the longest: "
                                      : " interfaces that were gone the longest: ");
  for (std::size_t n = 0; n < told.examples.size(); ++n) {
    text += (n == 0 ? "" : ", ") + told.examples[n];
  }
  if (told.count > told.examples.size()) text += " and others";
  log_->info(text + "; their numbers are not given again");
}

void MapKeeper::sayUnnumbered(const std::vector<std::string>& names) {
  if (names.size() > said_unnumbered_) {
    log_->error("no ifIndex is left for " + quotedWord(names.front()) +
                (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " others" : "") +
                ": all numbers up to 2147483647 were given; start with --rebuild-map");
  }
  said_unnumbered_ = names.size();
}

}  // namespace hvnet
