#include "snapshot/describe/history.h"

#include <algorithm>
#include <utility>

namespace hvnet {
namespace {

// Fills in the histories of the rows; tells how many of them were there before.
std::size_t carryOn(const Interfaces& last, Interfaces& next, TimePoint now) {
  std::size_t kept = 0;
  auto old = last.rows.begin();
  for (Interface& row : next.rows) {
    while (old != last.rows.end() && old->index < row.index) ++old;
    const bool same =
        old != last.rows.end() && old->index == row.index && old->kernel_index == row.kernel_index;
    if (!same) {
      // A new row, or another device behind the number: its counters start again.
      row.last_change = now;
      row.counter_discontinuity = now;
      continue;
    }
    ++kept;
    row.last_change = old->oper_status == row.oper_status ? old->last_change : now;
    row.counter_discontinuity = old->counter_discontinuity;
  }
  return kept;
}

}  // namespace

std::shared_ptr<const Interfaces> InterfaceHistory::update(Interfaces next, TimePoint now) {
  std::ranges::sort(next.rows, {}, &Interface::index);
  if (last_) {
    const std::size_t kept = carryOn(*last_, next, now);
    const bool same_rows = kept == next.rows.size() && kept == last_->rows.size();
    next.last_change = same_rows ? last_->last_change : now;
    next.stack_last_change = next.stack == last_->stack ? last_->stack_last_change : now;
  }
  last_ = std::make_shared<Interfaces>(std::move(next));
  return last_;
}

std::shared_ptr<const Interfaces> InterfaceHistory::discontinue(std::span<const std::size_t> rows,
                                                                TimePoint now) {
  auto next = std::make_shared<Interfaces>(*last_);
  for (const std::size_t row : rows) next->rows[row].counter_discontinuity = now;
  last_ = next;
  return next;
}

}  // namespace hvnet
