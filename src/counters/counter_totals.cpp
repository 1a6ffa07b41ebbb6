#include "counters/counter_totals.h"

#include <algorithm>
#include <utility>

namespace hvnet {

void CounterTotals::follow(std::span<const PresentInterface> present) {
  std::vector<const PresentInterface*> sorted;
  sorted.reserve(present.size());
  for (const PresentInterface& now : present) sorted.push_back(&now);
  std::ranges::sort(sorted, {}, &PresentInterface::index);
  sortOutSaved(sorted);
  std::vector<Row> still_there;
  still_there.reserve(sorted.size());
  for (Row& row : rows_) {
    if (std::ranges::binary_search(sorted, row.index, {}, &PresentInterface::index)) {
      still_there.push_back(std::move(row));
    } else {
      keepGone(std::move(row));
    }
  }
  rows_ = std::move(still_there);
  std::vector<Row> rows;
  rows.reserve(sorted.size());
  for (const PresentInterface* now : sorted) rows.push_back(rowOf(*now));
  rows_ = std::move(rows);
  if (std::exchange(lost_, false)) {
    for (Row& row : rows_) row.totals->markReturned();
  }
  next_ = 0;
  by_index_.clear();
  for (auto& [key, gone] : gone_) gone.away = true;
  forgetOldest();
}

// Once, after restore(). A device that is still there is the same one whatever its key is now; but
// where the keys are not those of the file any more (the index map was made anew), they say nothing
// of the others.
void CounterTotals::sortOutSaved(std::span<const PresentInterface* const> sorted) {
  const auto now = [&](KernelIndex index) -> const PresentInterface* {
    const auto found = std::ranges::lower_bound(sorted, index, {}, &PresentInterface::index);
    return found != sorted.end() && (*found)->index == index ? *found : nullptr;
  };
  const bool other_keys = std::ranges::any_of(by_index_, [&](const auto& saved) {
    const PresentInterface* const present = now(saved.first);
    return present != nullptr && !saved.second.key.empty() && saved.second.key != present->key;
  });
  if (other_keys) gone_.clear();
  for (auto& [index, row] : by_index_) {
    if (now(index) == nullptr && !row.key.empty() && !other_keys) keepGone(std::move(row));
  }
}

CounterTotals::Row CounterTotals::rowOf(const PresentInterface& now) {
  const std::size_t at = lowerBound(now.index);
  if (holds(at, now.index)) {
    Row row = std::move(rows_[at]);
    return row.key == now.key ? std::move(row) : changeHands(std::move(row), now);
  }
  if (const auto saved = by_index_.find(now.index); saved != by_index_.end()) {
    return {now.index, now.key, std::move(saved->second.totals)};
  }
  if (const auto gone = gone_.find(now.key); gone != gone_.end()) {
    return comeBack(std::move(gone_.extract(gone).mapped()), now);
  }
  return {.index = now.index, .key = now.key};
}

// The device is somebody else's now. Where that one was never here before, the counters go along.
CounterTotals::Row CounterTotals::changeHands(Row row, const PresentInterface& now) {
  const auto gone = gone_.find(now.key);
  if (gone == gone_.end()) {
    row.key = now.key;
    return row;
  }
  Row back = std::move(gone_.extract(gone).mapped().row);
  back.index = now.index;
  back.totals->takeDeviceOf(*row.totals);
  keepGone(std::move(row));
  return back;
}

CounterTotals::Row CounterTotals::comeBack(Gone gone, const PresentInterface& now) const {
  Row row = std::move(gone.row);
  const bool same_number = std::exchange(row.index, now.index) == now.index;
  if (!same_number && numbers_ == Numbers::kDevices) {
    row.totals->deviceReplaced();
  } else if (gone.away) {
    row.totals->markReturned();
  }
  return row;
}

void CounterTotals::keepGone(Row row) {
  std::string key = row.key;
  gone_.insert_or_assign(std::move(key), Gone{std::move(row), ++departures_, true});
}

void CounterTotals::forgetOldest() {
  while (gone_.size() > kKeptGone) {
    gone_.erase(
        std::ranges::min_element(gone_, {}, [](const auto& gone) { return gone.second.left; }));
  }
}

std::string_view CounterTotals::keyOf(KernelIndex index) const {
  const std::size_t at = lowerBound(index);
  return holds(at, index) ? std::string_view(rows_[at].key) : std::string_view();
}

InterfaceTotals* CounterTotals::find(KernelIndex index) {
  // Samples are sorted, so this is nearly always the row after the last one.
  if (!holds(next_, index)) next_ = lowerBound(index);
  if (!holds(next_, index)) return nullptr;
  return rows_[next_++].totals.get();
}

const InterfaceTotals* CounterTotals::find(KernelIndex index) const {
  const std::size_t at = lowerBound(index);
  return holds(at, index) ? rows_[at].totals.get() : nullptr;
}

void CounterTotals::markInterrupted() {
  for (Row& row : rows_) row.totals->markInterrupted();
}

std::vector<SavedInterface> CounterTotals::save() const {
  std::vector<SavedInterface> out;
  out.reserve(rows_.size() + gone_.size());
  for (const Row& row : rows_) out.push_back({row.key, row.index, false, {}, row.totals->save()});
  for (const auto& [key, gone] : gone_) {
    out.push_back({key, gone.row.index, true, {}, gone.row.totals->save()});
  }
  return out;
}

void CounterTotals::restore(std::span<const SavedInterface> interfaces) {
  for (const SavedInterface& saved : interfaces) {
    Row row{.index = saved.index, .key = saved.key};
    row.totals->restore(saved.totals);
    const bool known_by_index = numbers_ == Numbers::kDevices && !saved.gone;
    if (known_by_index || saved.key.empty()) {
      by_index_.insert_or_assign(saved.index, std::move(row));
    } else {
      gone_.insert_or_assign(saved.key, Gone{std::move(row), ++departures_, saved.gone});
    }
  }
}

std::size_t CounterTotals::lowerBound(KernelIndex index) const {
  const auto row = std::ranges::lower_bound(rows_, index, {}, &Row::index);
  return static_cast<std::size_t>(row - rows_.begin());
}

bool CounterTotals::holds(std::size_t at, KernelIndex index) const {
  return at < rows_.size() && rows_[at].index == index;
}

}  // namespace hvnet
