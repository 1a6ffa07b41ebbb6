#include "snapshot/publish/sampler.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <utility>

#include "snapshot/describe/adapter_facts.h"
#include "snapshot/describe/candidate.h"
#include "snapshot/describe/topology.h"

namespace hvnet {
namespace {

std::int64_t wallSeconds() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

// Two interfaces may have one identity (one MAC): the later one is known by its number.
void makeUnique(std::vector<PresentInterface>& keys) {
  std::set<std::string_view> seen;
  for (PresentInterface& key : keys) {
    if (seen.contains(key.key)) key.key += " " + std::to_string(static_cast<int>(key.index));
    seen.insert(key.key);
  }
}

}  // namespace

Sampler::Sampler(std::unique_ptr<Source> source, MapKeeper numbers, RowCounters counters,
                 PublishOptions options, AgentFacts about, Log& log)
    : source_(std::move(source)),
      numbers_(std::move(numbers)),
      counters_(std::move(counters)),
      options_(std::move(options)),
      about_(std::move(about)),
      log_(&log),
      monitor_(Clock::now()) {
  counters_.restore(source_->interfaces());
  rebuild(Clock::now());
}

bool Sampler::takeEvents(TimePoint now) {
  const std::uint64_t overruns = source_->overruns();
  const Result<bool> changed = source_->readEvents(now);
  if (source_->overruns() != overruns) log_->debug("events were lost; read everything again");
  report(changed ? nullptr : &changed.error(), "events", events_trouble_);
  if (!changed) monitor_.missed();
  if (!changed || !*changed) return false;
  rebuild(now);
  return true;
}

SnapshotPtr Sampler::sample(TimePoint now) {
  takeSettings(now);
  const Result<TimePoint> read = source_->sample(samples_, now);
  report(read ? nullptr : &read.error(), "counters", counters_trouble_);
  if (read) {
    takeSample(*read, now);
  } else {
    counters_.markInterrupted();
    monitor_.bad(now);
  }
  const bool failed = monitor_.health().state == SourceState::kFailed;
  if (failed != published_failed_) rebuild(now);
  auto out = std::make_shared<Snapshot>();
  out->agent = agent_;
  out->interfaces = interfaces_;
  counters_.publish(*out);
  out->health = monitor_.health();
  out->settings = settings_;
  out->sampled_at = sampled_at_;
  return out;
}

void Sampler::reconfigure(PublishOptions options, std::chrono::milliseconds interval,
                          TimePoint now) {
  options.index_order = options_.index_order;
  options_ = std::move(options);
  about_.sample_interval = interval;
  rebuild(now);
}

void Sampler::takeSettings(TimePoint now) {
  if (settings_store_ == nullptr) return;
  SettingsPtr latest = settings_store_->current();
  if (latest == settings_) return;
  settings_ = std::move(latest);
  rebuild(now);
}

void Sampler::takeSample(TimePoint counted_at, TimePoint now) {
  const auto discontinued = counters_.apply(samples_, counted_at, now, source_->backlogDrops());
  if (!discontinued.empty()) interfaces_ = history_.discontinue(discontinued, now);
  monitor_.good(counted_at);
  sampled_at_ = now;
  if (partial_trouble_.update(source_->partialError()) == SaidOnce::News::kTrouble) {
    log_->error(source_->partialError());
  }
}

void Sampler::tick(TimePoint now) {
  numbers_.retry(now);
  counters_.tick(source_->interfaces(), now);
}

void Sampler::finish(TimePoint now) {
  numbers_.flush(now);
  counters_.save(source_->interfaces());
}

void Sampler::rebuild(TimePoint now) {
  published_failed_ = monitor_.health().state == SourceState::kFailed;
  const std::vector<NumberedInterface> interfaces = number(now);
  const SourceFacts facts{source_->kernelIndexed(), published_failed_};
  Interfaces described = describe(interfaces, source_->vmbusDevices(), options_, facts);
  const Settings none;
  const Settings& settings = settings_ ? *settings_ : none;
  applySettings(settings, described.rows);
  interfaces_ = history_.update(std::move(described), now);
  counter_keys_ = counterKeys(interfaces);
  counters_.follow(*interfaces_, options_.alarms, settings, counter_keys_);
  describeAgent(hypervisorOf(interfaces));
}

void Sampler::describeAgent(std::string_view hypervisor) {
  AgentFacts facts = about_;
  facts.hypervisor = hypervisor;
  facts.source = source_->name();
  facts.index_order = options_.index_order;
  agent_ = std::make_shared<const AgentFacts>(std::move(facts));
}

std::vector<NumberedInterface> Sampler::number(TimePoint now) {
  std::vector<NumberedInterface> interfaces;
  std::vector<Candidate> candidates;
  for (const SourceInterface& interface : source_->interfaces()) {
    if (isExcluded(interface.link, options_.exclude)) continue;
    const auto own = static_cast<IfIndex>(static_cast<int>(interface.link.index));
    interfaces.push_back({&interface, {interface.link.index, own, IndexOrigin::kKernel}});
    candidates.push_back(candidateOf(interface));
  }
  if (options_.index_order == IndexOrder::kKernel) return interfaces;
  const std::vector<Assignment> numbers = numbers_.assign(candidates, now, wallSeconds());
  // Those for whom no number is left are not published.
  std::vector<NumberedInterface> numbered;
  numbered.reserve(numbers.size());
  for (const NumberedInterface& interface : interfaces) {
    if (numbered.size() == numbers.size()) break;
    const Assignment& next = numbers[numbered.size()];
    if (next.kernel_index == interface.number.kernel_index)
      numbered.push_back({interface.source, next});
  }
  return numbered;
}

// With the kernel's numbers an interface is known by its identity, which it keeps while it is
// there, whatever it is called meanwhile.
std::vector<PresentInterface> Sampler::counterKeys(
    std::span<const NumberedInterface> interfaces) const {
  std::vector<PresentInterface> keys;
  if (options_.index_order != IndexOrder::kKernel) return keys;
  for (const NumberedInterface& interface : interfaces) {
    const KernelIndex index = interface.source->link.index;
    const auto known = std::ranges::lower_bound(counter_keys_, index, {}, &PresentInterface::index);
    const bool stays = known != counter_keys_.end() && known->index == index;
    keys.push_back(
        {index, stays ? known->key : toText(identityOf(candidateOf(*interface.source)))});
  }
  makeUnique(keys);
  return keys;
}

void Sampler::report(const Error* error, std::string_view subject, SaidOnce& said) {
  const std::string what(subject);
  switch (said.update(error == nullptr ? std::string_view() : error->text)) {
    case SaidOnce::News::kTrouble:
      log_->error(what + ": " + error->text + "; publishing the last good values");
      break;
    case SaidOnce::News::kOver:
      log_->info("the source answers again: " + what);
      break;
    case SaidOnce::News::kNone:
      break;
  }
}

}  // namespace hvnet
