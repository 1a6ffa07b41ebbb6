#include "snapshot/row_counters.h"

#include <algorithm>

namespace hvnet {
namespace {

using Place = std::pair<KernelIndex, std::size_t>;

const Place* placeOf(const std::vector<Place>& places, KernelIndex index) {
  const auto found = std::ranges::lower_bound(places, index, {}, &Place::first);
  return found != places.end() && found->first == index ? &*found : nullptr;
}

}  // namespace

void RowCounters::follow(const Interfaces& interfaces, const AlarmOptions& alarms,
                         const Settings& settings) {
  std::vector<Place> places;
  std::vector<Row> rows(interfaces.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Interface& row = interfaces.rows[i];
    if (const Place* old = placeOf(row_of_, row.kernel_index)) {
      rows[i] = std::move(rows_[old->second]);
    }
    rows[i].index = row.index;
    rows[i].adapter = row.adapter;
    rows[i].alarm.setSettings(withSettings(alarms.of(row.name), settings, row.index));
    places.emplace_back(row.kernel_index, i);
  }
  std::ranges::sort(places);
  for (const auto& [kernel_index, row] : row_of_) {
    if (placeOf(places, kernel_index) != nullptr) continue;
    totals_.forget(kernel_index);
    queues_.forget(kernel_index);
  }
  row_of_ = std::move(places);
  rows_ = std::move(rows);
}

std::vector<std::size_t> RowCounters::take(std::span<const Sample> samples, TimePoint now) {
  std::vector<std::size_t> discontinued;
  auto place = row_of_.begin();
  for (const Sample& sample : samples) {
    while (place != row_of_.end() && place->first < sample.index) ++place;
    if (place == row_of_.end()) break;
    if (place->first != sample.index) continue;
    Row& row = rows_[place->second];
    const CounterUpdate update = totals_.update(sample.index, sample.raw);
    if (row.adapter) takeDrops(row, update, now);
    row.counters = update.counters;
    row.resets = update.resets;
    if (update.discontinuity) discontinued.push_back(place->second);
    if (row.adapter) takeStats(row, sample);
  }
  return discontinued;
}

// What a reset made the counter jump by was not dropped just now.
void RowCounters::takeDrops(Row& row, const CounterUpdate& update, TimePoint now) {
  if (update.resets != row.resets || update.discontinuity) row.alarm.interrupt();
  if (update.counters.in_drops) row.alarm.add(*update.counters.in_drops, now);
}

void RowCounters::markInterrupted() {
  totals_.markInterrupted();
  for (Row& row : rows_) row.alarm.interrupt();
}

AdapterRates RowCounters::ratesOf(const Row& row) {
  AdapterRates out;
  out.resets = row.resets;
  if (!row.adapter) return out;
  out.in_drops_rate = row.alarm.rate();
  out.baseline = row.alarm.baseline();
  out.threshold = row.alarm.threshold();
  out.alarm = row.alarm.state();
  out.raised_count = row.alarm.raisedCount();
  out.last_raised = row.alarm.lastRaised();
  out.settings = row.alarm.settings();
  return out;
}

void RowCounters::takeStats(Row& row, const Sample& sample) {
  row.stat_names = sample.stat_names;
  row.stat_values = sample.stat_values;
  if (row.stat_names) queues_.update(sample.index, row.stat_names, row.stat_values);
}

void RowCounters::publish(Snapshot& out) const {
  out.counters.reserve(rows_.size());
  out.rates.reserve(rows_.size());
  for (const Row& row : rows_) {
    out.counters.push_back(row.counters);
    out.rates.push_back(ratesOf(row));
    if (!row.stat_names) continue;
    out.stat_names.push_back(row.stat_names);
    for (std::size_t i = 0; i < row.stat_values.size(); ++i) {
      out.driver_stats.push_back(
          {row.index, static_cast<std::uint32_t>(i + 1), (*row.stat_names)[i], row.stat_values[i]});
    }
  }
  for (const auto& [kernel_index, place] : row_of_) {
    queues_.publish(kernel_index, rows_[place].index, out.queues);
  }
  std::ranges::sort(out.queues, {},
                    [](const QueueCounters& queue) { return std::pair(queue.index, queue.queue); });
}

}  // namespace hvnet
