// The step of IndexMap::assign() in which entries learn what their interfaces are recognised by
// from now on: newcomers, renames, changed MACs, taken-over GUIDs.
//
// Threads: any, one at a time. Ownership: none; `pass` and `entries` are changed. Errors: none.
#pragma once

#include "ifmap/map_entries.h"
#include "ifmap/match.h"
#include "ifmap/pins.h"

namespace hvnet {

// Every candidate has a number by now, unless none was left.
void updateIdentities(AssignPass& pass, MapEntries& entries, const Pins& pins);

}  // namespace hvnet
