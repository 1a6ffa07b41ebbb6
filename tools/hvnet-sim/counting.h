// Counters that increase at chosen rates, exactly: a rate of r per second has counted floor(r ×
// elapsed) in the end, whatever the length of the steps.
//
// Threads: one at a time. Ownership: values. Errors: counterKind() returns nothing.
// Units: rates are per second, times are nanoseconds of the simulation.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hvnet::sim {

// A time of the simulation's own clock, which starts at zero and never goes back.
using Time = std::chrono::nanoseconds;

// The nine counters of hvnet in the vendor's order, and one more that the report can have.
enum class CounterKind : std::uint8_t {
  kIpkts,
  kIerrs,
  kOpkts,
  kOerrs,
  kColls,
  kInOctets,
  kOutOctets,
  kInDrops,
  kOutDiscards,
  kInMulticast,
};
// Their names in the report, in the order of CounterKind.
inline constexpr std::array<std::string_view, 10> kCounterNames = {
    "Ipkts",    "Ierrs",     "Opkts",   "Oerrs",       "Colls",
    "InOctets", "OutOctets", "InDrops", "OutDiscards", "InMulticast"};
inline constexpr std::size_t kCounterCount = kCounterNames.size();

inline std::optional<CounterKind> counterKind(std::string_view name) {
  const auto* const found = std::ranges::find(kCounterNames, name);
  if (found == kCounterNames.end()) return std::nullopt;
  return static_cast<CounterKind>(found - kCounterNames.begin());
}

// The highest rate whose nanosecond fractions of one second fit into 64 bits: 80 Gb/s in octets.
inline constexpr std::uint64_t kMostPerSecond = 10'000'000'000;

class Flow {
 public:
  Flow() = default;
  explicit Flow(std::uint64_t per_second) : per_second_(per_second) {}

  [[nodiscard]] std::uint64_t perSecond() const { return per_second_; }
  // Returns the whole units of `elapsed`. The fraction is kept for the next call.
  std::uint64_t advance(Time elapsed) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(elapsed);
    const auto rest_ns = static_cast<std::uint64_t>((elapsed - whole).count());
    const std::uint64_t parts = per_second_ * rest_ns + parts_;
    parts_ = parts % kPartsOfOne;
    return per_second_ * static_cast<std::uint64_t>(whole.count()) + parts / kPartsOfOne;
  }
  // Changes the rate; the fraction is kept.
  void setRate(std::uint64_t per_second) { per_second_ = per_second; }

 private:
  static constexpr std::uint64_t kPartsOfOne = std::nano::den;

  std::uint64_t per_second_ = 0;  // at most kMostPerSecond
  std::uint64_t parts_ = 0;       // billionths of one, not yet counted
};

}  // namespace hvnet::sim
