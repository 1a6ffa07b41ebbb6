#include "ifmap/map_text.h"

#include <algorithm>
#include <array>

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

std::optional<std::uint8_t> hexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

// The octet that the first two characters spell.
std::optional<std::uint8_t> hexPair(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto high = hexDigit(text[0]);
  const auto low = hexDigit(text[1]);
  if (!high || !low) return std::nullopt;
  return static_cast<std::uint8_t>(*high << 4 | *low);
}

bool standsForItself(char letter) {
  return letter > ' ' && letter <= '~' && letter != '%';
}

}  // namespace

std::string escapeWord(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.empty()) return "%";
  std::string word;
  word.reserve(text.size());
  for (const char letter : text) {
    if (standsForItself(letter)) {
      word += letter;
      continue;
    }
    const auto octet = static_cast<unsigned char>(letter);
    word += {'%', kDigits[octet >> 4], kDigits[octet & 15U]};
  }
  return word;
}

std::optional<std::string> unescapeWord(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (word == "%") return std::string();
  std::string text;
  text.reserve(word.size());
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (standsForItself(word[at])) {
      text += word[at];
      continue;
    }
    if (word[at] != '%') return std::nullopt;
    const auto octet = hexPair(word.substr(at + 1));
    if (!octet) return std::nullopt;
    text += static_cast<char>(*octet);
    at += 2;
  }
  return text;
}

std::optional<HwAddress> parseHwAddress(std::string_view word) {
  HwAddress address;
  while (true) {
    const auto octet = hexPair(word);
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
