#include "snapshot/publish/row_counters.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "counters/counter_file.h"

namespace hvnet {
namespace {

constexpr std::chrono::minutes kSaveInterval{1};

using Place = std::pair<KernelIndex, std::size_t>;

const Place* placeOf(const std::vector<Place>& places, KernelIndex index) {
  const auto found = std::ranges::lower_bound(places, index, {}, &Place::first);
  return found != places.end() && found->first == index ? &*found : nullptr;
}

const SourceInterface* interfaceOf(std::span<const SourceInterface> interfaces, KernelIndex index) {
  const auto found = std::ranges::lower_bound(
      interfaces, index, {}, [](const SourceInterface& interface) { return interface.link.index; });
  return found != interfaces.end() && found->link.index == index ? &*found : nullptr;
}

// Who the interface of a row is. With the map's numbers the map has seen to that.
std::string keyOf(const Interface& row, std::span<const PresentInterface> keys) {
  const auto key = std::ranges::lower_bound(keys, row.kernel_index, {}, &PresentInterface::index);
  if (key != keys.end() && key->index == row.kernel_index) return key->key;
  return std::to_string(static_cast<std::uint32_t>(row.index));
}

}  // namespace

RowCounters::RowCounters(CounterStorage storage, CounterTotals::Numbers numbers, Log& log)
    : file_(storage.folder / kCounterFileName, "counters are lost if this process ends", log,
            *storage.files),
      access_(storage.access),
      origin_(std::move(storage.origin)),
      served_before_(storage.served_before),
      log_(&log),
      totals_(numbers) {}

void RowCounters::restore(std::span<const SourceInterface> present) {
  const auto text = file_.load();  // what cannot be read is said of the map: it is the same folder
  if (origin_.empty() || !text || !*text) {
    if (served_before_) totals_.markLost();
    return;
  }
  Result<SavedCounters> saved = parseCounters(**text, file_.path().string());
  if (!saved) {
    log_->warning(saved.error().text + "; counters start at the kernel's values");
    totals_.markLost();
    return;
  }
  if (saved->origin != origin_) {
    // Of an earlier boot nobody who asks has seen a counter since: snmpd started with it.
    if (bootOf(saved->origin) == bootOf(origin_)) totals_.markLost();
    return;
  }
  std::erase_if(saved->interfaces, [&](const SavedInterface& interface) {
    const SourceInterface* now = interfaceOf(present, interface.index);
    return interface.key.empty() && (now == nullptr || now->link.name != interface.name);
  });
  totals_.restore(saved->interfaces);
}

void RowCounters::follow(const Interfaces& interfaces, const AlarmOptions& alarms,
                         const Settings& settings, std::span<const PresentInterface> keys) {
  std::vector<Place> places;
  std::vector<PresentInterface> present;
  std::vector<Row> rows(interfaces.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Interface& row = interfaces.rows[i];
    if (const Place* old = placeOf(row_of_, row.kernel_index)) {
      rows[i] = std::move(rows_[old->second]);
    }
    rows[i].index = row.index;
    rows[i].kernel_index = row.kernel_index;
    rows[i].parts = row.facts.parts;
    if (!row.adapter) {
      rows[i].alarm.reset();
    } else {
      if (!rows[i].alarm) rows[i].alarm = std::make_unique<DropAlarm>();
      rows[i].alarm->setSettings(withSettings(alarms.of(row.name), settings, row.index));
    }
    places.emplace_back(row.kernel_index, i);
    present.push_back({row.kernel_index, keyOf(row, keys)});
  }
  std::ranges::sort(places);
  totals_.follow(present);
  row_of_ = std::move(places);
  rows_ = std::move(rows);
}

std::vector<std::size_t> RowCounters::apply(std::span<const Sample> samples, TimePoint counted_at,
                                            TimePoint now,
                                            std::optional<std::uint64_t> backlog_drops) {
  std::vector<std::size_t> discontinued;
  std::vector<Sampled> with_parts;
  backlog_.add(backlog_drops);
  auto place = row_of_.begin();
  for (const Sample& sample : samples) {
    while (place != row_of_.end() && place->first < sample.index) ++place;
    if (place == row_of_.end()) break;
    if (place->first != sample.index) continue;
    const Sampled sampled{&sample, place->second};
    if (!rows_[sampled.row].parts.empty()) {
      with_parts.push_back(sampled);
    } else if (applyToRow(sampled, sample.raw, counted_at, now)) {
      discontinued.push_back(sampled.row);
    }
  }
  for (const Sampled& sampled : with_parts) {
    if (applyToRow(sampled, withParts(sampled), counted_at, now)) {
      discontinued.push_back(sampled.row);
    }
  }
  return discontinued;
}

// What the parts' own rows have lost by this sample is lost to the adapter, too.
Components RowCounters::withParts(const Sampled& sampled) {
  const Row& adapter = rows_[sampled.row];
  const auto [known, first] =
      part_drops_.try_emplace(std::string(totals_.keyOf(adapter.kernel_index)));
  PartDrops& drops = known->second;
  for (const IfIndex part : adapter.parts) {
    const auto row = std::ranges::lower_bound(rows_, part, {}, &Row::index);
    if (row == rows_.end() || row->index != part) continue;
    drops.add(totals_.keyOf(row->kernel_index), row->counters.in_drops);
  }
  if (first) {
    const InterfaceTotals* const totals = totals_.find(adapter.kernel_index);
    if (totals != nullptr) drops.goOnFrom(totals->lastVfDrops());
  }
  Components raw = sampled.sample->raw;
  raw.vf_drops = drops.sum();
  return raw;
}

bool RowCounters::applyToRow(const Sampled& sampled, const Components& raw, TimePoint counted_at,
                             TimePoint now) {
  const Sample& sample = *sampled.sample;
  InterfaceTotals* const totals = totals_.find(sample.index);
  if (totals == nullptr) return false;
  const CounterUpdate update = totals->update(
      raw, counted_at, {&sample.stat_names, sample.stat_values, sample.queues}, &backlog_);
  show(rows_[sampled.row], update, sample, now);
  return update.discontinuity;
}

void RowCounters::show(Row& row, const CounterUpdate& update, const Sample& sample, TimePoint now) {
  // A process that is killed now must not take the reset for none.
  if (update.resets != row.resets) reset_unsaved_ = true;
  row.counters = update.counters;
  row.resets = update.resets;
  if (!row.alarm) return;
  // What such an update adds was not dropped just now.
  if (update.interrupted) row.alarm->interrupt();
  if (update.counters.in_drops) row.alarm->add(*update.counters.in_drops, now);
  row.stat_names = sample.stat_names;
  row.stat_values = sample.stat_values;
}

void RowCounters::markInterrupted() {
  totals_.markInterrupted();
  for (Row& row : rows_) {
    if (row.alarm) row.alarm->interrupt();
  }
}

AdapterRates RowCounters::ratesOf(const Row& row) {
  AdapterRates out;
  out.resets = row.resets;
  if (!row.alarm) return out;
  out.in_drops_rate = row.alarm->rate();
  out.baseline = row.alarm->baseline();
  out.threshold = row.alarm->threshold();
  out.alarm = row.alarm->state();
  out.raised_count = row.alarm->raisedCount();
  out.last_raised = row.alarm->lastRaised();
  out.settings = row.alarm->settings();
  return out;
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
  publishQueues(out);
}

void RowCounters::publishQueues(Snapshot& out) const {
  for (const auto& [kernel_index, place] : row_of_) {
    const InterfaceTotals* const totals = totals_.find(kernel_index);
    if (totals == nullptr || !rows_[place].alarm) continue;
    for (const QueueStats& queue : totals->queues()) {
      out.queues.push_back({rows_[place].index, queue.queue, queue.rx_packets, queue.rx_octets,
                            queue.tx_packets, queue.tx_octets});
    }
  }
  std::ranges::sort(out.queues, {},
                    [](const QueueCounters& queue) { return std::pair(queue.index, queue.queue); });
}

void RowCounters::tick(std::span<const SourceInterface> present, TimePoint now) {
  if (!next_save_) next_save_ = now + kSaveInterval;
  if (now < *next_save_ && !reset_unsaved_) return;
  next_save_ = now + kSaveInterval;
  save(present);
}

void RowCounters::save(std::span<const SourceInterface> present) {
  if (access_ == CounterStorage::Access::kReadOnly || origin_.empty()) return;
  SavedCounters out{origin_, totals_.save()};
  for (SavedInterface& saved : out.interfaces) {
    const SourceInterface* interface = interfaceOf(present, saved.index);
    if (interface != nullptr && !saved.gone) saved.name = interface->link.name;
  }
  std::ignore = file_.save(formatCounters(out));  // it says itself that it failed
  reset_unsaved_ = false;  // a disk that refuses is not asked at every sample
}

}  // namespace hvnet
