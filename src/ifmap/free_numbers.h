// Which number a newcomer gets. A number never becomes free again while the process runs, so each
// range is walked once.
#pragma once

#include "ifmap/entry_book.h"
#include "ifmap/pin_board.h"

namespace hvnet {

class FreeNumbers {
 public:
  // The lowest of 1 to 255 that is in no entry and not pinned; when there is none, as forOther().
  IfIndex forAdapter(const EntryBook& book, const PinBoard& pins);
  // The lowest from 256 up. There is always one: InterfaceIndex ends at 2147483647, and so many
  // entries fit in no memory.
  IfIndex forOther(const EntryBook& book, const PinBoard& pins);

 private:
  std::uint32_t next_adapter_ = 1;
  std::uint32_t next_other_ = static_cast<std::uint32_t>(kFirstOtherIndex);
};

}  // namespace hvnet
