#include "ifmap/free_numbers.h"

namespace hvnet {
namespace {

bool isFree(std::uint32_t number, const EntryBook& book, const PinBoard& pins) {
  const IfIndex index{number};
  return book.find(index) == nullptr && pins.at(index) == nullptr;
}

}  // namespace

IfIndex FreeNumbers::forAdapter(const EntryBook& book, const PinBoard& pins) {
  constexpr auto kLast = static_cast<std::uint32_t>(kLastAdapterIndex);
  while (next_adapter_ <= kLast && !isFree(next_adapter_, book, pins)) ++next_adapter_;
  if (next_adapter_ > kLast) return forOther(book, pins);
  return IfIndex{next_adapter_};
}

IfIndex FreeNumbers::forOther(const EntryBook& book, const PinBoard& pins) {
  while (!isFree(next_other_, book, pins)) ++next_other_;
  return IfIndex{next_other_};
}

}  // namespace hvnet
