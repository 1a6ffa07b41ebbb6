// ifindex.map: what is read and written again is the same, and an allocator can start with it.

#include "fuzz.h"
#include "ifmap/index_map.h"
#include "ifmap/map_text.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  const auto saved = parseMap(fuzz::asText(data, size), fuzz::kFileName);
  if (!saved) {
    fuzz::mustSayWhere(saved.error());
    return 0;
  }
  const IfIndex mark = saved->given_up_to.value_or(kNoneGiven);
  const auto again = parseMap(formatMap(saved->entries, mark), fuzz::kFileName);
  fuzz::mustHold(again && again->entries == saved->entries && again->given_up_to == mark,
                 "a map written and read again is the same");
  auto map = IndexMap::create(*saved, {});
  fuzz::mustHold(map.has_value(), "without pins any map that can be read will do");
  fuzz::mustHold(map->assign({}, 0).assignments.empty(), "nobody there, nothing assigned");
  fuzz::mustHold(map->entries().size() <= saved->entries.size(), "nobody there, nobody new");
  return 0;
}
