// The simulated router: its adapters, what they count, and what a scenario does to them.
//
// Pure: no clock, no file. Time is passed in; what lies between two calls happens in its own
// order and at its own instant, so that the result does not depend on how often one looks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "counters/bus_device.h"
#include "counters/link.h"
#include "hvnet-sim/counting.h"
#include "hvnet-sim/scenario.h"

namespace hvnet::sim {

// Who an adapter is follows from its number alone: it comes back as the same one.
Guid instanceOf(AdapterNumber number);
HwAddress macOf(AdapterNumber number);

class Adapter {
 public:
  using Rates = std::array<std::uint64_t, kCounterCount>;  // a second

  Adapter(std::uint32_t relid, bool width32, const Rates& rates);

  // Nothing is counted while no network is assigned.
  void advance(Time elapsed);
  void endSpikes(Time now);
  void startSpike(CounterKind counter, std::uint64_t per_second, Time ends);
  void setRate(CounterKind counter, std::uint64_t per_second);
  void setRates(const Rates& rates);
  void start(CounterKind counter, std::uint64_t value) { values_[at(counter)] = value; }
  void setAssigned(bool assigned) { assigned_ = assigned; }
  void stopSpikes() { spikes_.clear(); }
  // As a driver does that builds its device anew.
  void reset();

  [[nodiscard]] std::uint32_t relid() const { return relid_; }
  [[nodiscard]] bool width32() const { return width32_; }
  [[nodiscard]] bool assigned() const { return assigned_; }
  // As the driver says it: modulo 2^32 if it has no more bits.
  [[nodiscard]] std::uint64_t value(CounterKind counter) const;
  // When the next of its spikes ends; Time::max() without one.
  [[nodiscard]] Time nextEnd() const;

 private:
  struct RunningSpike {
    CounterKind counter{};
    Flow flow;
    Time ends{};
  };
  static constexpr std::size_t at(CounterKind counter) { return static_cast<std::size_t>(counter); }

  std::uint32_t relid_;
  bool width32_;
  bool assigned_ = true;
  std::array<Flow, kCounterCount> flows_{};
  std::array<std::uint64_t, kCounterCount> values_{};
  std::vector<RunningSpike> spikes_;
};

// What becomes of the report that is due now.
enum class Delivery : std::uint8_t { kWhole, kTorn, kNone };

struct Happening {
  Time at{};
  std::string text;
};

class World {
 public:
  // lan0 to lan<adapters-1> and what the scenario declares. One seed, one router: it chooses the
  // rates.
  World(AdapterNumber adapters, std::uint64_t seed, Scenario scenario);

  // Goes on to `now`, which is not before that of the last call, and says what happened.
  std::vector<Happening> advance(Time now);

  [[nodiscard]] const std::map<AdapterNumber, Adapter>& adapters() const { return adapters_; }
  // A torn report is torn once, in a pause too: a writer that dies leaves half of it.
  Delivery takeDelivery();

 private:
  [[nodiscard]] Time nextStop() const;
  void step(Time to);
  void apply(const Event& event);
  // The scenario's first second again: the adapters, networks and rates that it started with. The
  // counters of whoever is still there go on.
  void startAgain();
  void plug(AdapterNumber number);
  [[nodiscard]] std::vector<AdapterNumber> firstAdapters() const;

  AdapterNumber first_count_;
  std::uint64_t seed_;
  Scenario scenario_;
  std::map<AdapterNumber, Adapter> adapters_;
  Time now_{};
  Time round_start_{};
  std::size_t next_event_ = 0;
  Time paused_until_{};
  bool torn_ = false;
};

}  // namespace hvnet::sim
