#include "hvnet-sim/options.h"

#include <CLI/CLI.hpp>
#include <string>

namespace hvnet::sim {
namespace {

constexpr const char* kFooter = R"(
The router has lan0, lan1, ... (hvnet0, hvnet1, ...) on a Hyper-V VMBus, in the order of their
names, each with traffic of its own and no drops. Who an adapter is (GUID, MAC) follows from its
number alone. The report is replaced whole, by rename, and stays when hvnet-sim ends.

Scenario: one line an event, times in seconds (up to three digits after the point), # comments:
  at 10 spike lan1 InDrops 500 for 20   500 a second on top of the base rate, for 20 s
  at 40 unassign lan0                   the host takes its network away: it counts nothing
  at 60 assign lan0                     and gives it back
  at 70 add lan9                        hot-add; it counts from zero
  at 80 remove lan2                     hot-removal
  at 90 reset lan1                      counters start again from zero, as a driver reset does
  at 100 rate lan0 InOctets 12500000    another base rate, a second
  at 110 torn                           one report cut in the middle, in place, without the rename
  at 120 pause 10                       no report for 10 s; counting goes on
  adapter lan3 width 32 Ipkts 4294960000
                                        a declaration: there from the start, counters of 32 bits
                                        (or 64), start values
  repeat 300                            after 300 s it all starts again: the adapters, networks
                                        and rates of the start; counters go on
Counters: Ipkts Ierrs Opkts Oerrs Colls InOctets OutOctets InDrops OutDiscards InMulticast

Each event is told on standard output when it happens. SIGINT and SIGTERM end it, with status 0.
)";

constexpr unsigned kMostMilliseconds = 60'000;
constexpr unsigned kMostSeconds = 1'000'000;
constexpr unsigned kMostSpeedup = 1000;

}  // namespace

ParsedOptions parseOptions(int argc, const char* const* argv) {
  Options out;
  std::string scenario;
  unsigned interval_ms = static_cast<unsigned>(out.interval.count());
  unsigned duration_s = 0;

  CLI::App app("Writes hvnet reports of a simulated router.", "hvnet-sim");
  app.set_version_flag("--version", "hvnet-sim " HVNET_VERSION);
  app.footer(kFooter);
  app.add_option("REPORT-FILE", out.report_file, "where the report goes; its folder must be there")
      ->required();
  app.add_option("--adapters", out.adapters, "lan0 to lan<N-1> (0 to 1000)")
      ->type_name("N")
      ->check(CLI::Range(0U, kMostAdapters).description(""))
      ->capture_default_str();
  app.add_option("--interval", interval_ms, "milliseconds between reports")
      ->type_name("MS")
      ->check(CLI::Range(1U, kMostMilliseconds).description(""))
      ->capture_default_str();
  auto* scenario_option =
      app.add_option("--scenario", scenario, "what happens, and when")->type_name("FILE");
  app.add_option("--seed", out.seed, "chooses the rates")->type_name("S")->capture_default_str();
  auto* duration_option = app.add_option("--duration", duration_s, "ends after so many seconds")
                              ->type_name("S")
                              ->check(CLI::Range(1U, kMostSeconds).description(""));
  app.add_option("--speedup", out.speedup, "simulated seconds in a real one: rates and scenario")
      ->type_name("X")
      ->check(CLI::Range(1U, kMostSpeedup).description(""))
      ->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {out, app.exit(error)};
  }
  out.interval = std::chrono::milliseconds(interval_ms);
  if (scenario_option->count() > 0) out.scenario_file = scenario;
  if (duration_option->count() > 0) out.duration = std::chrono::seconds(duration_s);
  return {std::move(out), std::nullopt};
}

}  // namespace hvnet::sim
