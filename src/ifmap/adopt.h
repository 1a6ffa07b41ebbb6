// The step of IndexMap::assign() in which entries learn what their interfaces are recognised by
// from now on: newcomers, renames, changed MACs, taken-over GUIDs.
#pragma once

#include "ifmap/entry_book.h"
#include "ifmap/pin_board.h"
#include "ifmap/round.h"

namespace hvnet {

// Every candidate has a seat by now.
void adoptIdentities(Round& round, EntryBook& book, const PinBoard& pins);

}  // namespace hvnet
