// One line of the map file, as words and as an entry.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ifmap/map_entry.h"

namespace hvnet {

// The words of a line, from left to right.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skipBlanks(); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view peek() const {
    return rest_.substr(0, rest_.find_first_of(" \t"));
  }
  std::string_view next() {
    const std::string_view word = peek();
    rest_.remove_prefix(word.size());
    skipBlanks();
    return word;
  }
  // Takes the next word when it is this one.
  bool accept(std::string_view word) {
    if (peek() != word) return false;
    next();
    return true;
  }

 private:
  void skipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  std::string_view rest_;
};

// The whole word as a decimal number that fits; nothing else.
template <class Number>
std::optional<Number> parseNumber(std::string_view word) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (word.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// For messages: whatever is in the file, in one short line of plain letters.
std::string quoted(std::string_view word);

// An entry and nothing after it. The error is the reason alone, without file and line.
Result<MapEntry> readEntry(Words words);
std::string formatEntry(const MapEntry& entry);  // without the newline

}  // namespace hvnet
