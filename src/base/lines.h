// The lines of a text, one after the other and counted: what every text format here is read by.
// Pure; what is returned borrows from the text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hvnet {

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // On to the next line. False at the end; number() is then that of the line that is not there.
  bool next() {
    ++number_;
    if (rest_.empty()) return false;
    const std::size_t length = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return true;
  }
  // The same for a file that was written whole: a last line without its newline is torn, and none.
  bool nextWhole() {
    if (rest_.find('\n') != std::string_view::npos) return next();
    ++number_;
    return false;
  }

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::size_t number() const { return number_; }  // 1 for the first
  // What is behind the line.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

}  // namespace hvnet
