#include "counters/link.h"

#include "base/hex_text.h"

namespace hvnet {

std::string toText(const HwAddress& address) {
  std::string text;
  text.reserve(address.size() * 3);
  for (const std::uint8_t octet : address) {
    if (!text.empty()) text += ':';
    appendHexPair(text, octet);
  }
  return text;
}

std::optional<HwAddress> parseMac(std::string_view text) {
  constexpr std::size_t kOctets = 6;
  if (text.size() != kOctets * 3 - 1) return std::nullopt;
  const char separator = text[2];
  if (separator != ':' && separator != '-') return std::nullopt;
  HwAddress address;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    if (at > 0 && text[at - 1] != separator) return std::nullopt;
    const auto octet = parseHexPair(text.substr(at, 2));
    if (!octet) return std::nullopt;
    address.push_back(*octet);
  }
  return address;
}

}  // namespace hvnet
