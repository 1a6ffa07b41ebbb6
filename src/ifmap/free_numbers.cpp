#include "ifmap/free_numbers.h"

#include <algorithm>

namespace hvnet {
namespace {

bool isFree(std::uint32_t number, const MapEntries& entries, const Pins& pins) {
  const IfIndex index{number};
  return entries.find(index) == nullptr && pins.at(index) == nullptr;
}

}  // namespace

std::optional<IfIndex> FreeNumbers::forAdapter(const MapEntries& entries, const Pins& pins) {
  constexpr auto kLast = static_cast<std::uint32_t>(kLastAdapterIndex);
  while (next_adapter_ <= kLast && !isFree(next_adapter_, entries, pins)) ++next_adapter_;
  if (next_adapter_ > kLast) return forOther(entries, pins);
  return IfIndex{next_adapter_};
}

std::optional<IfIndex> FreeNumbers::forOther(const MapEntries& entries, const Pins& pins) {
  constexpr auto kLast = static_cast<std::uint32_t>(kLastIndex);
  auto number = static_cast<std::uint32_t>(given_up_to_);
  do {
    if (number == kLast) return std::nullopt;
    ++number;
  } while (!isFree(number, entries, pins));
  given_up_to_ = IfIndex{number};
  return given_up_to_;
}

void FreeNumbers::forget(IfIndex number) {
  given_up_to_ = std::max(given_up_to_, number);
}

}  // namespace hvnet
