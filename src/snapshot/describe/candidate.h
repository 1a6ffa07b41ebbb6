// Gives the index map the identity of each interface, and finds the interfaces that are not
// published.
//
// Threads: any; pure functions. Ownership: borrows its arguments, returns values. Errors: none.
#pragma once

#include <string>
#include <vector>

#include "ifmap/identity.h"
#include "sources/source.h"

namespace hvnet {

// IFLA_INFO_KIND, or "loopback" for the loopback, or "device" for an interface of a driver.
std::string kindOf(const Link& link);

Candidate candidateOf(const SourceInterface& interface);

// True if a shell pattern matches the kernel's name: `exclude docker*`.
bool isExcluded(const Link& link, const std::vector<std::string>& patterns);

}  // namespace hvnet
