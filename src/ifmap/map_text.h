// Words of the map file and of messages: how an arbitrary name becomes one of them, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "counters/bus_device.h"
#include "counters/link.h"
#include "ifmap/identity.h"

namespace hvnet {

// Every octet outside 0x21..0x7e, and '%', becomes %XX; an empty text becomes a lone '%'.
std::string escapeWord(std::string_view text);
std::optional<std::string> unescapeWord(std::string_view word);

// One to 32 pairs of hexadecimal digits with ':' between them: any HwAddress but the empty one.
std::optional<HwAddress> parseHwAddress(std::string_view word);

// "ifIndex 3": how messages speak of a number.
std::string numberText(IfIndex index);

// "vmbus", "xen", "pci", "mmio", "other"
std::string_view busWord(Bus bus);
std::optional<Bus> parseBusWord(std::string_view word);

}  // namespace hvnet
