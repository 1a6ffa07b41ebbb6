// The lines of a text, one after the other and counted: what every text format here is read by.
//
// Threads: any. Ownership: what is returned borrows from the text. Errors: none; atLine() is how
// the readers' errors begin.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace hvnet {

// "FILE:LINE: reason". The reader adds what to do.
inline std::string atLine(std::string_view file, std::size_t line, std::string_view reason) {
  std::string text(file);
  text += ':';
  text += std::to_string(line);
  text += ": ";
  text += reason;
  return text;
}

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Goes to the next line. Returns false at the end; number() is then one more than the last line.
  bool next() {
    ++number_;
    if (rest_.empty()) return false;
    const std::size_t length = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return true;
  }
  // The same for a file that is always written completely: a last line without a newline was cut
  // off, and does not count as a line.
  bool nextWhole() {
    if (rest_.find('\n') != std::string_view::npos) return next();
    ++number_;
    return false;
  }

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::size_t number() const { return number_; }  // 1 for the first
  // The text after the line.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

}  // namespace hvnet
