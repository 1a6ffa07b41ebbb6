// The step of IndexMap::assign() in which the configuration has its way: everybody leaves a number
// that is pinned to somebody else, and whoever matches a pin gets its number.
#pragma once

#include "ifmap/entry_book.h"
#include "ifmap/pin_board.h"
#include "ifmap/round.h"

namespace hvnet {

void seatPinned(Round& round, EntryBook& book, PinBoard& pins);

}  // namespace hvnet
