// Which of the kernel's own kinds of link count the multicasts that they receive. Those that do not
// leave rtnl_link_stats64::multicast at zero, which is no count.
//
// Threads: any; a pure function. Ownership: none. Errors: none; a kind that is not known here is
// taken for one that counts.
#pragma once

#include "counters/link.h"

namespace hvnet {

bool countsMulticast(const Link& link);

}  // namespace hvnet
