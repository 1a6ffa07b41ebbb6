// ifType of a link, from its kind and its hardware (IANAifType-MIB).
//
// Threads: any. Ownership: values. Errors: none; what is not known is other(1).
#pragma once

#include <cstdint>

#include "counters/link.h"

namespace hvnet {

inline constexpr std::uint32_t kEthernetCsmacd = 6;

std::uint32_t ifType(const Link& link);

}  // namespace hvnet
