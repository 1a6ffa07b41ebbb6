// The events of the simulated router, and their times. A text file with one event per line;
// `hvnet-sim --help` explains the words.
//
// Threads: any; pure functions. Ownership: values.
// Errors: a Result such as "demo.scenario:7: reason", with the correct form. The whole file is
// checked, also whether an adapter exists at the time of an event.
// Units: times are nanoseconds of the simulation, rates are per second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "hvnet-sim/counting.h"

namespace hvnet::sim {

// lan<N> is adapter N.
using AdapterNumber = unsigned;
inline constexpr AdapterNumber kMostAdapters = 1000;

struct Spike {
  CounterKind counter{};
  std::uint64_t per_second = 0;  // in addition to the base rate
  Time length{};
};
struct SetRate {
  CounterKind counter{};
  std::uint64_t per_second = 0;
};
struct Assign {};
struct Unassign {};
struct Add {};
struct Remove {};
struct Reset {};
struct Torn {};  // the next report is cut in the middle
struct Pause {   // no report
  Time length{};
};
using Action = std::variant<Spike, SetRate, Assign, Unassign, Add, Remove, Reset, Torn, Pause>;

struct Event {
  Time at{};
  std::optional<AdapterNumber> adapter{};  // empty for events of the report
  Action action{};
  std::string text{};    // the words of the file: "spike lan1 InDrops 500 for 20"
  std::size_t line = 0;  // of the file
};

// `adapter lan3 width 32 Ipkts 4294960000`
struct Declaration {
  bool width32 = false;                             // its counters wrap at 2^32
  std::map<CounterKind, std::uint64_t> counters{};  // their first values
};

struct Scenario {
  std::map<AdapterNumber, Declaration> declarations{};  // they exist from the start
  std::vector<Event> events{};                          // sorted by time
  std::optional<Time> repeat{};                         // then the scenario starts again
};

// `adapters`: lan0 to lan<adapters-1> exist without a declaration. `file_name` is only for
// messages.
Result<Scenario> parseScenario(std::string_view text, std::string_view file_name,
                               AdapterNumber adapters);

}  // namespace hvnet::sim
