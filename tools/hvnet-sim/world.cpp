#include "hvnet-sim/world.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace hvnet::sim {
namespace {

// A pseudo-random number that is always the same for the same input (the mixer of SplitMix64).
std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15U;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31U);
}

constexpr std::uint32_t kFirstRelid = 12;
constexpr std::uint32_t kRelidStep = 3;

// hvnet numbers its LANs in the host's order of the adapters.
std::uint32_t relidOf(AdapterNumber number) {
  return kFirstRelid + kRelidStep * static_cast<std::uint32_t>(number);
}

// Different for each adapter, whatever the seed.
Adapter::Rates usualRates(AdapterNumber number, std::uint64_t seed) {
  const std::uint64_t chance = mixed(seed * kMostAdapters + number);
  const std::uint64_t in_packets = 800 + 250 * std::uint64_t{number} + chance % 200;
  const std::uint64_t out_packets = 700 + 230 * std::uint64_t{number} + chance / 200 % 200;
  Adapter::Rates rates{};
  const auto set = [&](CounterKind kind, std::uint64_t rate) {
    rates[static_cast<std::size_t>(kind)] = rate;
  };
  set(CounterKind::kIpkts, in_packets);
  set(CounterKind::kOpkts, out_packets);
  set(CounterKind::kInOctets, in_packets * (400 + chance / 40'000 % 400));
  set(CounterKind::kOutOctets, out_packets * (300 + chance / 16'000'000 % 300));
  set(CounterKind::kInMulticast, 2 + number % 7);
  return rates;
}

}  // namespace

Guid instanceOf(AdapterNumber number) {
  Guid guid;
  for (std::size_t i = 0; i < guid.octets.size(); ++i) {
    const std::uint64_t half = mixed(2 * std::uint64_t{number} + i / 8);
    guid.octets[i] = static_cast<std::uint8_t>(half >> (8 * (i % 8)));
  }
  return guid;
}

HwAddress macOf(AdapterNumber number) {
  // Microsoft's OUI, which Hyper-V uses.
  return {0x00,
          0x15,
          0x5d,
          0x01,
          static_cast<std::uint8_t>(number >> 8U),
          static_cast<std::uint8_t>(number)};
}

Adapter::Adapter(std::uint32_t relid, bool width32, const Rates& rates)
    : relid_(relid), width32_(width32) {
  setRates(rates);
}

void Adapter::setRates(const Rates& rates) {
  for (std::size_t i = 0; i < kCounterCount; ++i) flows_[i].setRate(rates[i]);
}

void Adapter::setRate(CounterKind counter, std::uint64_t per_second) {
  flows_[at(counter)].setRate(per_second);
}

void Adapter::advance(Time elapsed) {
  if (!assigned_) return;
  for (std::size_t i = 0; i < kCounterCount; ++i) values_[i] += flows_[i].advance(elapsed);
  for (RunningSpike& spike : spikes_) values_[at(spike.counter)] += spike.flow.advance(elapsed);
}

void Adapter::startSpike(CounterKind counter, std::uint64_t per_second, Time ends) {
  spikes_.push_back({counter, Flow(per_second), ends});
}

void Adapter::endSpikes(Time now) {
  std::erase_if(spikes_, [&](const RunningSpike& spike) { return spike.ends <= now; });
}

void Adapter::reset() {
  values_ = {};
  for (Flow& flow : flows_) flow = Flow(flow.perSecond());
}

std::uint64_t Adapter::value(CounterKind counter) const {
  const std::uint64_t value = values_[at(counter)];
  return width32_ ? value & std::numeric_limits<std::uint32_t>::max() : value;
}

Time Adapter::nextEnd() const {
  Time next = Time::max();
  for (const RunningSpike& spike : spikes_) next = std::min(next, spike.ends);
  return next;
}

World::World(AdapterNumber adapters, std::uint64_t seed, Scenario scenario)
    : first_count_(adapters), seed_(seed), scenario_(std::move(scenario)) {
  for (const AdapterNumber number : firstAdapters()) plug(number);
  for (const auto& [number, declared] : scenario_.declarations) {
    for (const auto& [kind, value] : declared.counters) adapters_.at(number).start(kind, value);
  }
}

std::vector<AdapterNumber> World::firstAdapters() const {
  std::vector<AdapterNumber> numbers;
  for (AdapterNumber number = 0; number < first_count_; ++number) numbers.push_back(number);
  for (const auto& [number, declared] : scenario_.declarations) {
    if (number >= first_count_) numbers.push_back(number);
  }
  return numbers;
}

// A rebuilt device counts from zero.
void World::plug(AdapterNumber number) {
  const auto declared = scenario_.declarations.find(number);
  const bool width32 = declared != scenario_.declarations.end() && declared->second.width32;
  adapters_.try_emplace(number, relidOf(number), width32, usualRates(number, seed_));
}

std::vector<Happening> World::advance(Time now) {
  std::vector<Happening> happened;
  while (true) {
    step(std::min(nextStop(), now));
    for (auto& [number, adapter] : adapters_) adapter.endSpikes(now_);
    const bool round_ends = scenario_.repeat && now_ == round_start_ + *scenario_.repeat;
    if (round_ends) {
      startAgain();
      happened.push_back({now_, "the scenario starts again"});
    }
    const auto& events = scenario_.events;
    for (; next_event_ < events.size() && round_start_ + events[next_event_].at <= now_;
         ++next_event_) {
      apply(events[next_event_]);
      happened.push_back({now_, events[next_event_].text});
    }
    if (now_ == now) return happened;
  }
}

Time World::nextStop() const {
  Time next = scenario_.repeat ? round_start_ + *scenario_.repeat : Time::max();
  if (next_event_ < scenario_.events.size()) {
    next = std::min(next, round_start_ + scenario_.events[next_event_].at);
  }
  for (const auto& [number, adapter] : adapters_) next = std::min(next, adapter.nextEnd());
  return next;
}

void World::step(Time to) {
  for (auto& [number, adapter] : adapters_) adapter.advance(to - now_);
  now_ = to;
}

void World::startAgain() {
  const std::vector<AdapterNumber> first = firstAdapters();
  std::erase_if(adapters_, [&](const auto& row) {
    return std::ranges::find(first, row.first) == first.end();
  });
  for (const AdapterNumber number : first) {
    plug(number);
    Adapter& adapter = adapters_.at(number);
    adapter.stopSpikes();
    adapter.setAssigned(true);
    adapter.setRates(usualRates(number, seed_));
  }
  round_start_ = now_;
  next_event_ = 0;
}

namespace {

// Applies an event to an existing adapter.
struct ApplyToAdapter {
  Adapter& adapter;
  Time now;

  void operator()(const Spike& spike) const {
    adapter.startSpike(spike.counter, spike.per_second, now + spike.length);
  }
  void operator()(const SetRate& rate) const { adapter.setRate(rate.counter, rate.per_second); }
  void operator()(const Assign&) const { adapter.setAssigned(true); }
  void operator()(const Unassign&) const { adapter.setAssigned(false); }
  void operator()(const Reset&) const { adapter.reset(); }
  void operator()(const auto&) const {}
};

}  // namespace

void World::apply(const Event& event) {
  if (std::holds_alternative<Torn>(event.action)) torn_ = true;
  if (const auto* pause = std::get_if<Pause>(&event.action)) paused_until_ = now_ + pause->length;
  if (!event.adapter) return;
  if (std::holds_alternative<Add>(event.action)) return plug(*event.adapter);
  if (std::holds_alternative<Remove>(event.action)) {
    adapters_.erase(*event.adapter);
    return;
  }
  std::visit(ApplyToAdapter{adapters_.at(*event.adapter), now_}, event.action);
}

Delivery World::takeDelivery() {
  if (std::exchange(torn_, false)) return Delivery::kTorn;
  return now_ < paused_until_ ? Delivery::kNone : Delivery::kWhole;
}

}  // namespace hvnet::sim
