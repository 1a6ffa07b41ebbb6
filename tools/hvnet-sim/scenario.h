// What is to happen to the simulated router, and when. A text file, one line an event; `hvnet-sim
// --help` has the words. Pure: text in, values out.
//
// Errors: "demo.scenario:7: reason", with what to write instead. The whole file is checked,
// down to whether an adapter is there when something happens to it.
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
  std::uint64_t per_second = 0;  // on top of the base rate
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
  std::optional<AdapterNumber> adapter{};  // none for what happens to the report
  Action action{};
  std::string text{};    // "spike lan1 InDrops 500 for 20", as it is written
  std::size_t line = 0;  // of the file
};

// `adapter lan3 width 32 Ipkts 4294960000`
struct Declaration {
  bool width32 = false;                             // its counters wrap at 2^32
  std::map<CounterKind, std::uint64_t> counters{};  // where they start
};

struct Scenario {
  std::map<AdapterNumber, Declaration> declarations{};  // there from the start
  std::vector<Event> events{};                          // ascending by time
  std::optional<Time> repeat{};                         // then it all starts again
};

// `adapters`: lan0 to lan<adapters-1> are there without a declaration. `file_name` is only for
// messages.
Result<Scenario> parseScenario(std::string_view text, std::string_view file_name,
                               AdapterNumber adapters);

}  // namespace hvnet::sim
