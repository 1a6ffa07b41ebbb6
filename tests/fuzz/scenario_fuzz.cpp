// hvnet-sim's scenarios. One that is taken can be played.

#include "fuzz.h"
#include "hvnet-sim/report.h"
#include "hvnet-sim/scenario.h"
#include "hvnet-sim/world.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  constexpr sim::AdapterNumber kAdapters = 3;
  auto scenario = sim::parseScenario(fuzz::asText(data, size), fuzz::kFileName, kAdapters);
  if (!scenario) {
    fuzz::mustSayWhere(scenario.error());
    return 0;
  }
  const std::size_t events = scenario->events.size();
  const bool once = !scenario->repeat;
  sim::World world(kAdapters, 1, *std::move(scenario));
  constexpr auto kLong = std::chrono::seconds(2'000'000);  // no event is later
  constexpr auto kShort = std::chrono::milliseconds(20);   // no round is shorter than 1 ms
  const std::size_t happened = world.advance(once ? sim::Time(kLong) : sim::Time(kShort)).size();
  fuzz::mustHold(!once || happened == events, "every event happens once");
  fuzz::mustHold(sim::formatReport(world, 0).ends_with("end\n"), "a report is whole");
  return 0;
}
