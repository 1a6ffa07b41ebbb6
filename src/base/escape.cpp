#include "base/escape.h"

#include <cstddef>
#include <cstdint>

#include "base/hex_text.h"

namespace hvnet {
namespace {

bool standsForItself(char letter) {
  return letter > ' ' && letter <= '~' && letter != '%';
}

void appendEscaped(std::string& word, std::string_view text) {
  for (const char letter : text) {
    if (standsForItself(letter)) {
      word += letter;
    } else {
      word += '%';
      appendHexPair(word, static_cast<std::uint8_t>(letter));
    }
  }
}

}  // namespace

std::string escapeWord(std::string_view text) {
  if (text.empty()) return "%";
  std::string word;
  word.reserve(text.size());
  appendEscaped(word, text);
  return word;
}

std::optional<std::string> unescapeWord(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (word == "%") return std::string();
  std::string text;
  text.reserve(word.size());
  while (!word.empty()) {
    const bool plain = standsForItself(word.front());
    const auto octet = plain ? std::nullopt : parseHexPair(word.substr(1, 2));
    if (!plain && (word.front() != '%' || !octet)) return std::nullopt;
    text += plain ? word.front() : static_cast<char>(*octet);
    word.remove_prefix(plain ? 1 : 3);
  }
  return text;
}

std::string quotedWord(std::string_view word) {
  constexpr std::size_t kEnough = 40;
  std::string text = "\"";
  appendEscaped(text, word.substr(0, kEnough));
  if (word.size() > kEnough) text += "...";
  return text + '"';
}

}  // namespace hvnet
