// The text of `ethtool -S`, and what every driver's profile makes of it.

#include <algorithm>
#include <string>
#include <vector>

#include "../unit/sum_of.h"
#include "counters/driver_profile.h"
#include "counters/driver_stats.h"
#include "fuzz.h"

namespace hvnet::fuzz {
namespace {

// Sums by a plan are the sums by name.
void checkSums(const std::vector<DriverStat>& stats, const DriverProfile& profile) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> values;
  for (const DriverStat& stat : stats) {
    names.push_back(stat.name);
    values.push_back(stat.value);
  }
  const DriverSums sums = SumPlan(names, profile).sums(values);
  mustHold(sums.hidden_rx_drops == test::sumOf(stats, profile.hidden_rx.drops), "drops add up");
  mustHold(sums.tx_losses == test::sumOf(stats, profile.tx_losses), "losses add up");
}

}  // namespace
}  // namespace hvnet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  const auto stats = parseStatisticsText(fuzz::asText(data, size), fuzz::kFileName);
  if (!stats) {
    fuzz::mustSayWhere(stats.error());
    return 0;
  }
  for (const DriverStat& stat : *stats) {
    fuzz::mustHold(trimmedStatName(stat.name) == stat.name, "names have no blanks around them");
  }
  for (const DriverProfile& profile : driverProfiles()) fuzz::checkSums(*stats, profile);
  return 0;
}
