// One RTM_NEWLINK or RTM_DELLINK as a value. Bytes in, no socket in sight. The kernel's own numbers
// (flags, hardware types) end here: what comes out is in the words of counters/link.h.
//
// Threads: any; a pure function. Ownership: the value borrows nothing. Errors: values, with the
// ifindex.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/result.h"
#include "counters/link.h"

namespace hvnet {

struct LinkMessage {
  bool removed = false;  // RTM_DELLINK: the link has left this network namespace
  Link link;
};

// Nothing for a message that is not about a link as such: another type, another family (a bridge
// says RTM_DELLINK with AF_BRIDGE when a port leaves it), a wireless event, no name. An
// error for one that is cut short or contradicts itself.
Result<std::optional<LinkMessage>> parseLinkMessage(std::span<const std::byte> message);

}  // namespace hvnet
