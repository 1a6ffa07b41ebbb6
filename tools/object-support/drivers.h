// The part of docs/object-support.md that has every driver of the profile table: which of the
// counters that differ have an instance, and how the driver's own drops are told.
//
// Threads: any. Ownership: none. Errors: a column that no table has is an assertion.
#pragma once

#include "base/clock.h"

namespace hvnet {

void printDrivers(TimePoint now);

}  // namespace hvnet
