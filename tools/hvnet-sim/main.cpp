// hvnet-sim: writes the reports of a simulated router until a signal stops it.

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "base/clock.h"
#include "base/file_layer.h"
#include "hvnet-sim/options.h"
#include "hvnet-sim/report.h"
#include "hvnet-sim/scenario.h"
#include "hvnet-sim/world.h"

namespace hvnet::sim {
namespace {

int refuse(const Error& error) {
  std::fprintf(stderr, "hvnet-sim: %s\n", error.text.c_str());
  return EXIT_FAILURE;
}

// Blocks SIGINT and SIGTERM, so that only wait() receives them.
class EndSignals {
 public:
  EndSignals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGINT);
    ::sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  // Waits until `deadline` or a signal. Returns true after a signal.
  [[nodiscard]] bool wait(TimePoint deadline) const {
    while (true) {
      const auto left = deadline - Clock::now();
      const auto left_ns = std::max<Time>(left, Time{}).count();
      const timespec limit{left_ns / std::nano::den, left_ns % std::nano::den};
      if (::sigtimedwait(&set_, nullptr, &limit) > 0) return true;
      if (Clock::now() >= deadline) return false;  // otherwise another signal interrupted the wait
    }
  }

 private:
  sigset_t set_{};
};

Result<Scenario> loadScenario(const Options& options) {
  if (!options.scenario_file) return Scenario{};
  const auto text = realFiles().read(*options.scenario_file);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return fail("there is no " + options.scenario_file->string());
  return parseScenario(**text, options.scenario_file->string(), options.adapters);
}

Result<void> deliver(World& world, const std::filesystem::path& file) {
  const Delivery delivery = world.takeDelivery();
  if (delivery == Delivery::kNone) return {};
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const std::string report =
      formatReport(world, std::chrono::duration_cast<std::chrono::milliseconds>(wall).count());
  if (delivery == Delivery::kTorn) return writeInPlace(file, cutInTheMiddle(report));
  return writeWhole(file, report);
}

void tell(const std::vector<Happening>& happened) {
  for (const Happening& one : happened) {
    std::printf("%8.1f s  %s\n", std::chrono::duration<double>(one.at).count(), one.text.c_str());
  }
  std::fflush(stdout);
}

int simulate(const Options& options, World world) {
  const EndSignals signals;
  const TimePoint start = Clock::now();
  TimePoint next = start;
  TimePoint end = TimePoint::max();
  if (options.duration) end = start + *options.duration;
  while (true) {
    const TimePoint now = Clock::now();
    tell(world.advance((now - start) * options.speedup));
    if (auto delivered = deliver(world, options.report_file); !delivered) {
      return refuse(delivered.error());
    }
    // The next report keeps the rhythm of the start. Missed reports are not written later.
    while (next <= now) next += options.interval;
    if (signals.wait(std::min(next, end)) || Clock::now() >= end) return EXIT_SUCCESS;
  }
}

}  // namespace
}  // namespace hvnet::sim

int main(int argc, char** argv) {
  const hvnet::sim::ParsedOptions parsed = hvnet::sim::parseOptions(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  const hvnet::sim::Options& options = parsed.options;
  auto scenario = hvnet::sim::loadScenario(options);
  if (!scenario) return hvnet::sim::refuse(scenario.error());
  return hvnet::sim::simulate(
      options, hvnet::sim::World(options.adapters, options.seed, *std::move(scenario)));
}
