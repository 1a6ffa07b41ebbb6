// The command line of hvnet-sim.
//
// Threads: main. Ownership: values. Errors: an exit status; the message has been printed.
// Units: in the types and comments of the members.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "hvnet-sim/scenario.h"

namespace hvnet::sim {

struct Options {
  std::filesystem::path report_file;
  AdapterNumber adapters = 3;
  std::chrono::milliseconds interval{200};  // real time between reports
  std::optional<std::filesystem::path> scenario_file{};
  std::uint64_t seed = 1;
  std::optional<std::chrono::seconds> duration{};  // real time; empty: until a signal
  std::uint32_t speedup = 1;                       // simulated seconds per real second
};

// The options, or the exit status after --help or a usage error, which have been printed.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_status;
};
ParsedOptions parseOptions(int argc, const char* const* argv);

}  // namespace hvnet::sim
