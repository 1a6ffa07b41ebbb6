// The boot messages of the router's kernel, in whatever log they stand.

#include <set>
#include <string>

#include "fuzz.h"
#include "sources/report/boot_log.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  const auto log = parseBootLog(fuzz::asText(data, size), fuzz::kFileName);
  if (!log) {
    fuzz::mustSayWhere(log.error());
    return 0;
  }
  std::set<std::string> units;
  for (const BootUnit& unit : log->units) {
    fuzz::mustHold(!unit.unit.empty(), "a unit has a name");
    fuzz::mustHold(units.insert(unit.unit).second, "a unit is listed once");
  }
  return 0;
}
