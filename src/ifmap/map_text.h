// Words of the map file and of messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "counters/bus_device.h"
#include "counters/link.h"
#include "ifmap/identity.h"

namespace hvnet {

// One to 32 pairs of hexadecimal digits with ':' between them: any HwAddress but the empty one.
std::optional<HwAddress> parseHwAddress(std::string_view word);

// "ifIndex 3": how messages speak of a number.
std::string numberText(IfIndex index);

// "vmbus", "xen", "pci", "mmio", "other"
std::string_view busWord(Bus bus);
std::optional<Bus> parseBusWord(std::string_view word);

}  // namespace hvnet
