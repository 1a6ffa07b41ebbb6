// counters.saved: what is read and written again is the same.

#include "counters/counter_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  const auto counters = parseCounters(fuzz::asText(data, size), fuzz::kFileName);
  if (!counters) {
    fuzz::mustSayWhere(counters.error());
    return 0;
  }
  const auto again = parseCounters(formatCounters(*counters));
  fuzz::mustHold(again && *again == *counters, "counters written and read again are the same");
  return 0;
}
