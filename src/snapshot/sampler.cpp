#include "snapshot/sampler.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hvnet {
namespace {

std::int64_t wallSeconds() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

}  // namespace

Sampler::Sampler(std::unique_ptr<Source> source, MapKeeper numbers, CounterKeeper totals,
                 PublishOptions options, Log& log)
    : source_(std::move(source)),
      numbers_(std::move(numbers)),
      totals_(std::move(totals)),
      options_(std::move(options)),
      log_(&log) {
  totals_.restore(source_->ports());
  rebuild(Clock::now());
}

bool Sampler::takeEvents(TimePoint now) {
  const std::uint64_t overruns = source_->overruns();
  const Result<bool> changed = source_->readEvents(now);
  if (source_->overruns() != overruns) log_->debug("link events were lost; read all links again");
  report(changed ? Result<void>() : Result<void>(tl::unexpect, changed.error()), "link events");
  if (!changed || !*changed) return false;
  rebuild(now);
  return true;
}

SnapshotPtr Sampler::sample(TimePoint now) {
  const Result<TimePoint> read = source_->sample(samples_, now);
  report(read ? Result<void>() : Result<void>(tl::unexpect, read.error()), "counters");
  if (read) {
    takeCounters(now);
    sampled_at_ = now;
  } else {
    totals_.markInterrupted();
  }
  auto out = std::make_shared<Snapshot>();
  out->interfaces = interfaces_;
  out->counters = counters_;
  out->sampled_at = sampled_at_;
  return out;
}

void Sampler::takeCounters(TimePoint now) {
  std::vector<std::size_t> discontinued;
  auto row = row_of_.begin();
  for (const Sample& sample : samples_) {
    while (row != row_of_.end() && row->first < sample.index) ++row;
    if (row == row_of_.end()) break;
    if (row->first != sample.index) continue;
    const CounterUpdate update = totals_.update(sample.index, sample.raw);
    counters_[row->second] = update.counters;
    if (update.discontinuity) discontinued.push_back(row->second);
  }
  if (!discontinued.empty()) interfaces_ = history_.discontinue(discontinued, now);
  // Said once, not at every sample.
  if (source_->complaint() != last_complaint_) {
    last_complaint_ = source_->complaint();
    if (!last_complaint_.empty()) log_->error(last_complaint_);
  }
}

void Sampler::tick(TimePoint now) {
  numbers_.retry(now);
  totals_.tick(source_->ports(), now);
}

void Sampler::finish(TimePoint now) {
  numbers_.flush(now);
  totals_.finish(source_->ports());
}

void Sampler::rebuild(TimePoint now) {
  std::vector<NumberedPort> ports;
  std::vector<Candidate> candidates;
  for (const Port& port : source_->ports()) {
    if (isExcluded(port.link, options_.exclude)) continue;
    ports.push_back({&port, {}});
    candidates.push_back(candidateOf(port));
  }
  const std::vector<Assignment> numbers = number(candidates, now);
  std::vector<Interface> rows;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    ports[i].number = numbers[i];
    rows.push_back(makeInterface(ports[i], options_));
  }

  // Counters move with their interface to its new row; a new one has none until it is sampled.
  std::vector<std::pair<KernelIndex, std::size_t>> row_of;
  std::vector<Counters> counters(rows.size());
  interfaces_ = history_.update(std::move(rows), now);
  for (std::size_t i = 0; i < interfaces_->rows.size(); ++i) {
    row_of.emplace_back(interfaces_->rows[i].kernel_index, i);
  }
  std::ranges::sort(row_of);
  for (const auto& [kernel_index, row] : row_of) {
    const auto old = std::ranges::lower_bound(row_of_, kernel_index, {},
                                              &std::pair<KernelIndex, std::size_t>::first);
    if (old != row_of_.end() && old->first == kernel_index) counters[row] = counters_[old->second];
  }
  for (const auto& [kernel_index, row] : row_of_) {
    const auto still = std::ranges::binary_search(row_of, kernel_index, {},
                                                  &std::pair<KernelIndex, std::size_t>::first);
    if (!still) totals_.forget(kernel_index);
  }
  row_of_ = std::move(row_of);
  counters_ = std::move(counters);
}

std::vector<Assignment> Sampler::number(const std::vector<Candidate>& candidates, TimePoint now) {
  if (options_.index_order == IndexOrder::kHypervisor) {
    return numbers_.assign(candidates, now, wallSeconds());
  }
  std::vector<Assignment> out;
  for (const Candidate& candidate : candidates) {
    const auto index = static_cast<IfIndex>(static_cast<int>(candidate.kernel_index));
    out.push_back({candidate.kernel_index, index, IndexOrigin::kKernel});
  }
  return out;
}

void Sampler::report(const Result<void>& outcome, std::string_view what) {
  if (outcome) {
    if (last_error_.starts_with(what)) {
      log_->info("the source answers again: " + std::string(what));
      last_error_.clear();
    }
    return;
  }
  std::string text = std::string(what) + ": " + outcome.error().text;
  if (text == last_error_) return;  // said once, not at every sample
  log_->error(text + "; the last good values stand");
  last_error_ = std::move(text);
}

}  // namespace hvnet
