// Octets as pairs of hexadecimal digits, for the printed forms of addresses and GUIDs. Pure
// functions.
//
// Threads: any. Ownership: none. Errors: parseHexPair() returns nothing.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hvnet {

inline void appendHexPair(std::string& text, std::uint8_t octet) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text += kDigits[octet >> 4U];
  text += kDigits[octet & 0xfU];
}

// Exactly two digits, upper or lower case.
inline std::optional<std::uint8_t> parseHexPair(std::string_view pair) {
  std::uint8_t octet = 0;
  const char* const end = pair.data() + pair.size();
  const auto [stop, error] = std::from_chars(pair.data(), end, octet, 16);
  if (pair.size() != 2 || error != std::errc{} || stop != end) return std::nullopt;
  return octet;
}

}  // namespace hvnet
