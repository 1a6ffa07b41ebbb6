#include "ifmap/map_text.h"

#include <algorithm>
#include <array>

#include "base/hex_text.h"

namespace hvnet {
namespace {

struct BusName {
  Bus bus;
  std::string_view word;
};
constexpr std::array kBusNames = {
    BusName{Bus::kVmbus, "vmbus"},     BusName{Bus::kXen, "xen"},     BusName{Bus::kPci, "pci"},
    BusName{Bus::kVirtioMmio, "mmio"}, BusName{Bus::kOther, "other"},
};

}  // namespace

std::optional<HwAddress> parseHwAddress(std::string_view word) {
  HwAddress address;
  while (true) {
    const auto octet = parseHexPair(word.substr(0, 2));
    if (!octet || address.size() == address.capacity()) return std::nullopt;
    address.push_back(*octet);
    word.remove_prefix(2);
    if (word.empty()) return address;
    if (word.front() != ':') return std::nullopt;
    word.remove_prefix(1);
  }
}

std::string numberText(IfIndex index) {
  return "ifIndex " + std::to_string(static_cast<std::uint32_t>(index));
}

std::string_view busWord(Bus bus) {
  const auto* row = std::ranges::find(kBusNames, bus, &BusName::bus);
  return row == kBusNames.end() ? "other" : row->word;
}

std::optional<Bus> parseBusWord(std::string_view word) {
  const auto* row = std::ranges::find(kBusNames, word, &BusName::word);
  if (row == kBusNames.end()) return std::nullopt;
  return row->bus;
}

}  // namespace hvnet
