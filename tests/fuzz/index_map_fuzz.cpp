// ifindex.map: what is read and written again is the same, and an allocator can start with it.

#include "fuzz.h"
#include "ifmap/index_map.h"
#include "ifmap/map_store.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  auto entries = parseMap(fuzz::asText(data, size), fuzz::kFileName);
  if (!entries) {
    fuzz::mustSayWhere(entries.error());
    return 0;
  }
  const auto again = parseMap(formatMap(*entries), fuzz::kFileName);
  fuzz::mustHold(again && *again == *entries, "a map written and read again is the same");
  const std::vector<MapEntry> read = *entries;
  auto map = IndexMap::create(*std::move(entries), {});
  fuzz::mustHold(map.has_value(), "without pins any map that can be read will do");
  fuzz::mustHold(map->assign({}, 0).assignments.empty(), "nobody there, nothing assigned");
  fuzz::mustHold(map->entries().size() == read.size(), "whoever is absent keeps a tombstone");
  return 0;
}
