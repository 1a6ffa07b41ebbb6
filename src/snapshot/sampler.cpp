#include "snapshot/sampler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "snapshot/adapter_facts.h"
#include "snapshot/topology.h"

namespace hvnet {
namespace {

std::int64_t wallSeconds() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

}  // namespace

Sampler::Sampler(std::unique_ptr<Source> source, MapKeeper numbers, CounterKeeper totals,
                 PublishOptions options, AgentFacts about, Log& log)
    : source_(std::move(source)),
      numbers_(std::move(numbers)),
      counters_(std::move(totals)),
      options_(std::move(options)),
      about_(std::move(about)),
      log_(&log),
      monitor_(Clock::now()) {
  counters_.restore(source_->ports());
  rebuild(Clock::now());
}

bool Sampler::takeEvents(TimePoint now) {
  const std::uint64_t overruns = source_->overruns();
  const Result<bool> changed = source_->readEvents(now);
  if (source_->overruns() != overruns) log_->debug("events were lost; read everything again");
  report(changed ? nullptr : &changed.error(), "events");
  if (!changed) monitor_.missed();
  if (!changed || !*changed) return false;
  rebuild(now);
  return true;
}

SnapshotPtr Sampler::sample(TimePoint now) {
  takeSettings(now);
  const Result<TimePoint> read = source_->sample(samples_, now);
  report(read ? nullptr : &read.error(), "counters");
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
  const auto discontinued = counters_.take(samples_, now);
  if (!discontinued.empty()) interfaces_ = history_.discontinue(discontinued, now);
  monitor_.good(counted_at);
  sampled_at_ = now;
  complain();
}

// Said once, not at every sample.
void Sampler::complain() {
  if (source_->complaint() == last_complaint_) return;
  last_complaint_ = source_->complaint();
  if (!last_complaint_.empty()) log_->error(last_complaint_);
}

void Sampler::tick(TimePoint now) {
  numbers_.retry(now);
  counters_.tick(source_->ports(), now);
}

void Sampler::finish(TimePoint now) {
  numbers_.flush(now);
  counters_.finish(source_->ports());
}

void Sampler::rebuild(TimePoint now) {
  published_failed_ = monitor_.health().state == SourceState::kFailed;
  const std::vector<NumberedPort> ports = number(now);
  const SourceFacts facts{source_->kernelIndexed(), published_failed_};
  Interfaces described = describe(ports, source_->vmbusDevices(), options_, facts);
  const Settings none;
  const Settings& settings = settings_ ? *settings_ : none;
  applySettings(settings, described.rows);
  interfaces_ = history_.update(std::move(described), now);
  counters_.follow(*interfaces_, options_.alarms, settings);
  describeAgent(hypervisorOf(ports));
}

void Sampler::describeAgent(std::string_view hypervisor) {
  AgentFacts facts = about_;
  facts.hypervisor = hypervisor;
  facts.source = source_->name();
  facts.index_order = options_.index_order;
  agent_ = std::make_shared<const AgentFacts>(std::move(facts));
}

std::vector<NumberedPort> Sampler::number(TimePoint now) {
  std::vector<NumberedPort> ports;
  std::vector<Candidate> candidates;
  for (const Port& port : source_->ports()) {
    if (isExcluded(port.link, options_.exclude)) continue;
    const auto own = static_cast<IfIndex>(static_cast<int>(port.link.index));
    ports.push_back({&port, {port.link.index, own, IndexOrigin::kKernel}});
    candidates.push_back(candidateOf(port));
  }
  if (options_.index_order == IndexOrder::kKernel) return ports;
  const std::vector<Assignment> numbers = numbers_.assign(candidates, now, wallSeconds());
  for (std::size_t i = 0; i < ports.size(); ++i) ports[i].number = numbers[i];
  return ports;
}

void Sampler::report(const Error* error, std::string_view what) {
  if (error == nullptr) {
    if (last_error_.starts_with(what)) {
      log_->info("the source answers again: " + std::string(what));
      last_error_.clear();
    }
    return;
  }
  std::string text = std::string(what) + ": " + error->text;
  if (text == last_error_) return;  // said once, not at every sample
  log_->error(text + "; the last good values stand");
  last_error_ = std::move(text);
}

}  // namespace hvnet
