// The simulated router: its adapters, their counters, and the effects of a scenario.
//
// It has no clock and no file. Time is passed in. Events between two calls happen in their order
// and at their exact times, so the result does not depend on how often advance() is called.
//
// Threads: one at a time. Ownership: values. Errors: none.
// Units: times are nanoseconds of the simulation, rates are per second.
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

// The identity of an adapter depends only on its number, so it comes back as the same adapter.
Guid instanceOf(AdapterNumber number);
HwAddress macOf(AdapterNumber number);

class Adapter {
 public:
  using Rates = std::array<std::uint64_t, kCounterCount>;  // per second

  Adapter(std::uint32_t relid, bool width32, const Rates& rates);

  // Does not count while no network is assigned.
  void advance(Time elapsed);
  void endSpikes(Time now);
  void startSpike(CounterKind counter, std::uint64_t per_second, Time ends);
  void setRate(CounterKind counter, std::uint64_t per_second);
  void setRates(const Rates& rates);
  void start(CounterKind counter, std::uint64_t value) { values_[at(counter)] = value; }
  void setAssigned(bool assigned) { assigned_ = assigned; }
  void stopSpikes() { spikes_.clear(); }
  // Sets the counters to zero, as a driver does that rebuilds its device.
  void reset();

  [[nodiscard]] std::uint32_t relid() const { return relid_; }
  [[nodiscard]] bool width32() const { return width32_; }
  [[nodiscard]] bool assigned() const { return assigned_; }
  // The value that the driver reports: modulo 2^32 if its counters have 32 bits.
  [[nodiscard]] std::uint64_t value(CounterKind counter) const;
  // The time when the next spike ends; Time::max() without a spike.
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

// How the next report is written: whole, cut in the middle, or not at all.
enum class Delivery : std::uint8_t { kWhole, kTorn, kNone };

struct Happening {
  Time at{};
  std::string text;
};

class World {
 public:
  // Creates lan0 to lan<adapters-1> and the adapters of the scenario. The seed chooses the rates.
  World(AdapterNumber adapters, std::uint64_t seed, Scenario scenario);

  // Continues to `now`, which must not be before that of the last call, and returns the events.
  std::vector<Happening> advance(Time now);

  [[nodiscard]] const std::map<AdapterNumber, Adapter>& adapters() const { return adapters_; }
  // A torn report is written once, also in a pause: a writer that crashes leaves a part of it.
  Delivery takeDelivery();

 private:
  [[nodiscard]] Time nextStop() const;
  void step(Time to);
  void apply(const Event& event);
  // Starts the scenario again, with its first adapters, networks and rates. The counters of
  // existing adapters continue.
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
