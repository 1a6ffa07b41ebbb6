// The words of a line of text, and the numbers among them: what every text format here is read by.
// Pure; what is returned borrows from the line.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hvnet {

// From left to right, with blanks and tabs between them.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skipBlanks(); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  // Empty when there is none left; so is next().
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

}  // namespace hvnet
