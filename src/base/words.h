// The words of a line of text, and the numbers among them: what every text format here is read by.
//
// Threads: any. Ownership: what is returned borrows from the line. Errors: none; a word that is no
// number is an empty optional.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hvnet {

// The words from left to right. Blanks and tabs separate them.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skipBlanks(); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  // peek() and next() return an empty word if no word is left.
  [[nodiscard]] std::string_view peek() const {
    return rest_.substr(0, rest_.find_first_of(" \t"));
  }
  std::string_view next() {
    const std::string_view word = peek();
    rest_.remove_prefix(word.size());
    skipBlanks();
    return word;
  }
  // If the next word is `word`, skips it and returns true.
  bool accept(std::string_view word) {
    if (peek() != word) return false;
    next();
    return true;
  }

 private:
  void skipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  std::string_view rest_;
};

// The whole word as a number that fits, decimal unless told otherwise; nothing else. The one place
// where a text becomes a number.
template <class Number>
std::optional<Number> parseNumber(std::string_view word, int base = 10) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number, base);
  if (word.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace hvnet
