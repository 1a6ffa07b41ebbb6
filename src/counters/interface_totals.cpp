#include "counters/interface_totals.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace hvnet {
namespace {

using Values = std::array<Count, kComponentCount>;

Values inOrder(const Components& raw) {
  return [&raw]<std::size_t... kEach>(std::index_sequence<kEach...>) {
    return Values{kComponents[kEach].raw(raw)...};
  }
  (std::make_index_sequence<kComponentCount>());
}

constexpr bool isOf(std::size_t component, Producer producer) {
  return kComponents[component].producer == producer;
}

constexpr bool isOfTheDevice(std::size_t component) {
  return isOf(component, Producer::kTraffic) || isOf(component, Producer::kDevice);
}

constexpr bool isOfDeviceOrDriver(std::size_t component) {
  return isOf(component, Producer::kDevice) || isOf(component, Producer::kDriver);
}

// The components that have parts, in the order of TrafficParts::Total.
constexpr std::array<std::size_t, TrafficParts::kTotals> kPartedComponents = {
    component("rx_packets"), component("tx_packets"), component("rx_bytes"), component("tx_bytes")};

// What 10 Gbit/s carry, in frames of 64 octets with preamble and gap around them. More than that
// since a start from zero is left out, which costs a faster interface one interval's increments.
constexpr std::uint64_t kMostOctetsPerSecond = 1'250'000'000;
constexpr std::uint64_t kOctetsPerPacket = 84;
// A driver may show counters that are up to this old, so two looks may span more than the time
// between them.
constexpr std::chrono::seconds kLeastInterval{1};
// Traffic is believed to rise to this many times of what it was lately, or to a share of the most.
constexpr std::uint64_t kLargestRise = 16;
constexpr std::uint64_t kAnyTraffic = 1000;
// In this time half of what it was is forgotten.
constexpr std::chrono::seconds kMemory{10};
// 1 Gbit/s, as a share of the most: no link that has carried more was idle until now.
constexpr std::uint64_t kFirstTraffic = 10;
// No interface counts as many times the most.
constexpr std::uint64_t kImpossible = 1000;
// As many seconds of the most are 32 years: no interface counts that much while nobody looks.
constexpr std::uint64_t kImpossibleUnwatched = 1'000'000'000;
constexpr std::uint64_t kWidth32 = 0xffffffffU;

}  // namespace

// One update on its way through the rules.
struct InterfaceTotals::Look {
  Values values;
  double seconds = 0;             // since the last look, or the least that it is taken for
  double remembered = 0;          // the share of the recent traffic that is remembered
  std::uint64_t most_octets = 0;  // that can have been counted since the last look
  std::array<TrafficParts::Fall, kComponentCount> falls{};
  bool from_zero = false;        // traffic was at zero in the last look, and started there
  bool device_restarts = false;  // some of its traffic steps back
  bool device_goes_on = false;   // its traffic is known, and does not
  bool first_lines = false;      // of the driver, in this process
  bool other_lines = false;      // the driver's statistics have other names, or an order
  std::bitset<kComponentCount> other_parts;  // likewise, those that a component is the sum of
  bool device_disbelieved = false;  // nobody can know what its counters that step back counted
  bool reset = false;
  bool discontinuity = false;
  bool interrupted = false;

  [[nodiscard]] std::uint64_t most(Unit unit) const {
    return unit == Unit::kOctets ? most_octets : most_octets / kOctetsPerPacket;
  }
  void leftOut() { reset = discontinuity = true; }
};

InterfaceTotals::Look InterfaceTotals::lookAt(const Components& raw, TimePoint counted_at) const {
  Look look;
  look.values = inOrder(raw);
  for (Count& value : look.values) {
    if (value && isNegative(*value)) value.reset();
  }
  const std::chrono::duration<double> elapsed =
      last_look_ ? counted_at - *last_look_ : kLeastInterval;
  look.seconds = std::max(elapsed, std::chrono::duration<double>(kLeastInterval)).count();
  look.remembered = std::exp2(-elapsed / kMemory);
  look.most_octets = static_cast<std::uint64_t>(look.seconds * double{kMostOctetsPerSecond});
  return look;
}

CounterUpdate InterfaceTotals::update(const Components& raw, TimePoint counted_at,
                                      const DriverReading& driver, BacklogPool* backlog) {
  Look look = lookAt(raw, counted_at);
  last_look_ = counted_at;
  for (Accumulator& each : components_) each.setWidth(raw.width);
  sums_.before(components_);
  look.discontinuity = std::exchange(returned_, false) || new_device_;
  if (fellToZero(look)) {
    shows_zeros_ = look.interrupted = true;
    for (std::size_t i = 0; i < kComponentCount; ++i) {
      if (isOf(i, Producer::kProcess)) apply(look, i);
    }
  } else {
    readQueues(look, driver);
    applyParts(look, raw.driver.vf);
    lookAtTheTraffic(look);
    applyDriverParts(look, raw, driver);
    judge(look);
    if (std::exchange(restored_, false)) forgetZeros();
    for (std::size_t i = 0; i < kComponentCount; ++i) apply(look, i);
    applyQueues(look, driver.queues);
    if (driver.names != nullptr && *driver.names) planned_names_ = *driver.names;
    new_device_ = false;
  }
  if (look.reset) ++resets_;
  look.interrupted |= look.reset || look.discontinuity;
  return {sums_.after(components_, seen_, raw, backlog), look.discontinuity, look.interrupted,
          resets_};
}

bool InterfaceTotals::fellToZero(const Look& look) const {
  bool fell = false;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!isOf(i, Producer::kTraffic) || !look.values[i]) continue;
    if (*look.values[i] != 0) return false;
    fell |= components_[i].state() && components_[i].state()->last_raw != 0;
  }
  return fell;
}

void InterfaceTotals::readQueues(Look& look, const DriverReading& driver) {
  queues_now_.clear();
  if (driver.names == nullptr || !*driver.names) return;
  look.other_lines = planned_names_ != *driver.names;
  look.first_lines = !planned_names_;
  if (look.other_lines) plan_ = QueuePlan(**driver.names);
  plan_.read(driver.values, queues_now_);
}

void InterfaceTotals::lookAtTheTraffic(Look& look) const {
  bool known = false;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!isOf(i, Producer::kTraffic) || !look.values[i] || !components_[i].state()) continue;
    look.device_restarts |= components_[i].stepsBack(*look.values[i]);
    known |= components_[i].state()->last_raw != 0;
  }
  look.device_goes_on = known && !look.device_restarts;
}

void InterfaceTotals::applyParts(Look& look, const Traffic& vf) {
  TrafficParts::Totals totals;
  for (std::size_t i = 0; i < totals.size(); ++i) totals[i] = look.values[kPartedComponents[i]];
  const TrafficParts::Falls falls = parts_.look(totals, vf, queues_now_);
  for (std::size_t i = 0; i < totals.size(); ++i) {
    look.falls[kPartedComponents[i]] = falls[i];
    if (falls[i].by == 0) continue;
    components_[kPartedComponents[i]].partRestarted(falls[i].by);
    look.reset = true;
  }
}

// The plan for other lines than before.
void InterfaceTotals::planStatistics(Look& look, const StatNameList& names,
                                     const DriverProfile& profile) {
  SumPlan plan(*names, profile);
  Components other;
  if (planned_names_) other.driver = plan.otherThan(sum_plan_, *planned_names_, *names);
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!isOf(i, Producer::kDriver)) continue;
    look.other_parts[i] = look.first_lines || kComponents[i].raw(other).has_value();
  }
  sum_plan_ = std::move(plan);
  statistics_ = {};
}

void InterfaceTotals::applyDriverParts(Look& look, const Components& raw,
                                       const DriverReading& driver) {
  if (driver.names == nullptr || !*driver.names || raw.profile == nullptr) return;
  if (look.other_lines) planStatistics(look, *driver.names, *raw.profile);
  const auto falls = sum_plan_.falls(driver.values, statistics_, look.device_goes_on);
  if (!falls) return;
  Components by;
  Components regained;
  Components doubtful;
  by.driver = falls->by;
  regained.driver = falls->regained;
  doubtful.driver = falls->doubtful;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    const Count& fallen = kComponents[i].raw(by);
    if (!isOf(i, Producer::kDriver) || !fallen) continue;
    components_[i].partRestarted(*fallen);
    components_[i].partRegained(kComponents[i].raw(regained).value_or(0));
    look.reset |= *fallen != 0;  // else it has only returned
    look.discontinuity |= kComponents[i].raw(doubtful).value_or(0) != 0;
  }
}

bool InterfaceTotals::stepsBack(const Look& look, std::size_t component) const {
  const Count& value = look.values[component];
  const auto& state = components_[component].state();
  if (!value || !state) return false;
  if (look.device_restarts && isOfTheDevice(component)) return *value < state->last_raw;
  return components_[component].stepsBack(*value);
}

bool InterfaceTotals::mayBePastItsRestart(const Look& look, std::size_t component) const {
  const auto& state = components_[component].state();
  return look.device_restarts && isOfTheDevice(component) && !look.falls[component].explained &&
         state && state->last_raw != 0 && *look.values[component] > state->last_raw;
}

// For one that steps back: its device has not started again.
bool InterfaceTotals::goesBackAlone(const Look& look, std::size_t component) {
  return look.device_goes_on && isOfDeviceOrDriver(component);
}

// The largest value of a component that steps back for which it is taken for a start from zero.
std::uint64_t InterfaceTotals::believed(const Look& look, std::size_t component) const {
  const std::uint64_t most = look.most(kComponents[component].unit);
  const std::uint64_t share = components_[component].state()->last_raw / kLargestShare;
  if (isOf(component, Producer::kTraffic)) {
    return look.from_zero ? most : std::min(usual(look, component), share);
  }
  const bool a_sum = isOf(component, Producer::kDevice) || goesBackAlone(look, component);
  return a_sum ? std::min(most, share) : most;
}

// The most that the traffic of this interface is believed to come to since the last look.
std::uint64_t InterfaceTotals::usual(const Look& look, std::size_t component) const {
  const std::uint64_t most = look.most(kComponents[component].unit);
  const double rise = per_second_[component] * look.seconds * double{kLargestRise};
  if (rise >= static_cast<double>(most)) return most;
  return std::min(most, static_cast<std::uint64_t>(rise) + most / kAnyTraffic);
}

void InterfaceTotals::judge(Look& look) {
  if (std::exchange(shows_zeros_, false)) judgeReturnFromZero(look);
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!isOf(i, Producer::kTraffic) || !stepsBack(look, i)) continue;
    // The parts know of no restart: something else is going on here.
    look.device_disbelieved |= look.falls[i].explained || *look.values[i] > believed(look, i);
    parts_.forget();
  }
}

void InterfaceTotals::judgeReturnFromZero(Look& look) {
  bool moved = false;
  bool possible = true;  // to count all that since the last look
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!isOf(i, Producer::kTraffic) || !look.values[i] || !components_[i].state()) continue;
    if (look.falls[i].explained) continue;  // its parts tell
    look.from_zero |= stepsBack(look, i);
    moved |= *look.values[i] != components_[i].state()->last_raw;
    possible &= *look.values[i] <= look.most(kComponents[i].unit);
  }
  look.interrupted = true;
  if (!look.from_zero) {
    look.discontinuity |= moved && possible;
    return;
  }
  look.reset = true;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (isOf(i, Producer::kTraffic) && !stepsBack(look, i)) components_[i].deviceReplaced();
  }
}

void InterfaceTotals::apply(Look& look, std::size_t component) {
  Accumulator& accumulator = components_[component];
  if (!look.values[component]) {
    if (accumulator.state()) unwatched_.set(component);
    return;
  }
  const std::uint64_t value = *look.values[component];
  const bool unwatched = unwatched_[component] && accumulator.state();
  const bool joins = unwatched_[component] && !accumulator.state() && published_without_;
  unwatched_.reset(component);
  seen_.set(component);
  if (joins) return accumulator.leaveOut(value);
  look.interrupted |= unwatched;
  goOnAfterAnAbsence(look, component);
  const bool jumps = isImpossible(look, component);
  const bool left_out = isLeftOut(look, component, unwatched) ||
                        (jumps && (!unwatched || isImpossibleUnwatched(look, component)));
  markFall(look, component, left_out);
  // Of such a value, and of the statistics that came to it, nothing is concluded in the next look.
  jumped_[component] = jumps;
  if (jumps) statistics_ = {};
  if (left_out) {
    look.leftOut();
    return accumulator.leaveOut(value);
  }
  if (stepsBack(look, component)) {
    look.reset = true;
    look.discontinuity |= unwatched;
  }
  look.discontinuity |=
      jumps || comesAtOnce(look, component) || mayBePastItsRestart(look, component);
  const bool known = accumulator.state() && !unwatched;
  if (stepsBack(look, component)) accumulator.deviceReplaced();
  const std::uint64_t before = accumulator.total();
  const std::uint64_t increment = accumulator.add(value) - before;
  if (isOf(component, Producer::kTraffic)) {
    const double now = known ? static_cast<double>(increment) / look.seconds : 0;
    per_second_[component] = std::max(now, per_second_[component] * look.remembered);
  }
}

// A component that an older version has saved as zero may be one that the driver does not count. A
// total above zero has been published and stays.
void InterfaceTotals::forgetZeros() {
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (components_[i].total() == 0) seen_.reset(i);
  }
}

// What of it was counted since the last look cannot be known, or none was.
bool InterfaceTotals::isLeftOut(const Look& look, std::size_t component, bool unwatched) const {
  const std::uint64_t value = *look.values[component];
  const std::uint64_t most = look.most(kComponents[component].unit);
  const bool traffic = isOf(component, Producer::kTraffic);
  if (value > most && new_device_) return true;
  if (value > usual(look, component) && look.from_zero && traffic) return true;
  if (!components_[component].state()) return false;
  if (stepsBack(look, component)) {
    return (isOfTheDevice(component) && look.device_disbelieved) || jumped_[component] ||
           (isOf(component, Producer::kProcess) && unwatched) || look.other_parts[component] ||
           value > believed(look, component);
  }
  const std::uint64_t last = components_[component].state()->last_raw;
  if (value < last) return !unwatched && ((value - last) & kWidth32) > most;  // it has not wrapped
  return value > last && look.other_parts[component] && !look.first_lines;
}

// It has grown by more than any interface counts. The first values after zeros are no growth.
bool InterfaceTotals::isImpossible(const Look& look, std::size_t component) const {
  if (!components_[component].state()) return false;
  const std::uint64_t last = components_[component].state()->last_raw;
  const std::uint64_t value = *look.values[component];
  return value > last && value - last > look.most(kComponents[component].unit) * kImpossible &&
         !(isOf(component, Producer::kTraffic) && last == 0);
}

bool InterfaceTotals::isImpossibleUnwatched(const Look& look, std::size_t component) {
  const std::uint64_t most = kComponents[component].unit == Unit::kOctets
                                 ? kMostOctetsPerSecond
                                 : kMostOctetsPerSecond / kOctetsPerPacket;
  return *look.values[component] / most > kImpossibleUnwatched;
}

// What a component has fallen by without its device may be there again at once: a link that went
// down while it was read, queues that are used again. It was counted before. Traffic may go on
// meanwhile; of other counters it is the first growth.
void InterfaceTotals::markFall(const Look& look, std::size_t component, bool left_out) {
  const auto& state = components_[component].state();
  const std::uint64_t value = *look.values[component];
  const bool traffic = isOf(component, Producer::kTraffic);
  Count& fallen = fallen_[component];
  if (!stepsBack(look, component)) {
    const bool grown = state && value != state->last_raw;
    if (look.device_restarts || (grown && !traffic)) fallen.reset();
    return;
  }
  const bool alone = !look.device_restarts && isOfDeviceOrDriver(component);
  const bool by_a_part = traffic && (left_out || (value == 0 && !look.from_zero));
  fallen.reset();
  if (!alone && !by_a_part) return;
  if (state->last_raw >= kFew) fallen = state->last_raw - value;
}

void InterfaceTotals::goOnAfterAnAbsence(Look& look, std::size_t component) {
  Count& fallen = fallen_[component];
  const auto& state = components_[component].state();
  if (!fallen || !state || *look.values[component] < state->last_raw) return;
  const std::uint64_t grown = *look.values[component] - state->last_raw;
  if (grown < *fallen) return;
  if (isOf(component, Producer::kTraffic) && grown <= usual(look, component)) return;
  components_[component].partRegained(*fallen);
  fallen.reset();
  look.discontinuity = true;
}

// More than a link of 1000baseT carries, of traffic that was at zero in all looks before: the link
// was down, and this is the whole of it.
bool InterfaceTotals::comesAtOnce(const Look& look, std::size_t component) const {
  const auto& state = components_[component].state();
  return isOf(component, Producer::kTraffic) && state && state->last_raw == 0 &&
         *look.values[component] > look.most(kComponents[component].unit) / kFirstTraffic;
}

void InterfaceTotals::applyQueues(Look& look, std::span<const QueueStats> kernels) {
  for (std::size_t i = 0; i < kQueueCounters.size(); ++i) {
    const bool told = std::ranges::any_of(kernels, [i](const QueueStats& queue) {
      return (queue.*kQueueCounters[i].raw).has_value();
    });
    const bool taken_over = told && !kernel_tells_[i];
    if (told) kernel_tells_.set(i);
    applyQueueCounter(look, i, kernel_tells_[i] ? kernels : queues_now_, taken_over);
  }
}

// A queue is one producer, which starts again from zero.
void InterfaceTotals::applyQueueCounter(Look& look, std::size_t counter,
                                        std::span<const QueueStats> now, bool taken_over) {
  const QueueCounter& row = kQueueCounters[counter];
  for (const QueueStats& each : now) {
    const Count& value = each.*row.raw;
    if (!value) continue;
    Accumulator& total = queueOf(each.queue).*row.total;
    if (taken_over && total.state()) {
      total.leaveOut(*value);
    } else if (total.stepsBack(*value) && *value > look.most(row.unit)) {
      total.leaveOut(*value);
      look.discontinuity = true;
    } else {
      total.add(*value);
    }
  }
}

InterfaceTotals::Queue& InterfaceTotals::queueOf(std::uint32_t number) {
  const auto place = std::ranges::lower_bound(queues_, number, {}, &Queue::number);
  if (place != queues_.end() && place->number == number) return *place;
  return *queues_.insert(place, Queue{.number = number});
}

void InterfaceTotals::markReturned() {
  markInterrupted();
  returned_ = true;
}

void InterfaceTotals::deviceReplaced() {
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (i != component("vf_drops")) components_[i].deviceReplaced();  // it is not the device's
  }
  for (Queue& queue : queues_) {
    for (const QueueCounter& each : kQueueCounters) (queue.*each.total).deviceReplaced();
  }
  kernel_tells_.reset();
  parts_.forget();
  statistics_ = {};
  fallen_ = {};
  shows_zeros_ = false;
  new_device_ = true;
}

void InterfaceTotals::takeDeviceOf(const InterfaceTotals& other) {
  deviceReplaced();
  new_device_ = false;
  returned_ = true;
  last_look_ = other.last_look_;
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    const auto& counted = other.components_[i].state();
    if (counted && i != component("vf_drops")) components_[i].leaveOut(counted->last_raw);
  }
}

std::uint64_t InterfaceTotals::lastVfDrops() const {
  const auto& state = components_[component("vf_drops")].state();
  return state ? state->last_raw : 0;
}

std::vector<QueueStats> InterfaceTotals::queues() const {
  const auto total = [](const Accumulator& accumulator) {
    return accumulator.state() ? Count(accumulator.total()) : std::nullopt;
  };
  std::vector<QueueStats> out;
  out.reserve(queues_.size());
  for (const Queue& queue : queues_) {
    out.push_back({queue.number, total(queue.rx_packets), total(queue.tx_packets),
                   total(queue.rx_octets), total(queue.tx_octets)});
  }
  return out;
}

SavedTotals InterfaceTotals::save() const {
  SavedTotals saved;
  for (std::size_t i = 0; i < kComponentCount; ++i) saved.components[i] = components_[i].state();
  saved.derived = sums_.derived();
  saved.resets = resets_;
  return saved;
}

void InterfaceTotals::restore(const SavedTotals& saved) {
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (saved.components[i]) components_[i].restore(*saved.components[i]);
  }
  const bool split = saved.components[component("own_in_drops")].has_value();
  sums_.restore(saved.derived, saved.components[component("rx_dropped")] && !split);
  resets_ = saved.resets;
  seen_.set();
  restored_ = published_without_ = true;
  markInterrupted();
}

}  // namespace hvnet
