// Who the ports are to the index map, and which are not published at all. Pure.
#pragma once

#include <string>
#include <vector>

#include "counters/source.h"
#include "ifmap/identity.h"

namespace hvnet {

// IFLA_INFO_KIND; "loopback" for the loopback, "device" for what a driver made.
std::string kindOf(const Link& link);

Candidate candidateOf(const Port& port);

// Shell patterns on the kernel's name: `exclude docker*`.
bool isExcluded(const Link& link, const std::vector<std::string>& patterns);

}  // namespace hvnet
