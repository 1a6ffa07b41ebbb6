// The lines of a state file: what the map, the counters and the settings have in common.
//
//   hvnet-something 1
//   # comment
//   one line of words for each entry
//   end 1
//
// The first line names the format and its version. Empty lines and lines that start with '#' mean
// nothing. A file was written whole: without its `end` line, or without the newline of its last
// line, it is torn. `end` has the number of entries behind it, or nothing, as the format says.
//
// Threads: any, one at a time.
// Ownership: borrows the text and the file's name; both outlive the reader and its words.
// Errors: "FILE:LINE: reason; what to do", one line of plain letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/lines.h"
#include "base/result.h"
#include "base/words.h"

namespace hvnet {

struct StateFormat {
  std::string_view name;             // "hvnet-counters": the first word of the file
  std::uint32_t newest_version = 1;  // written; 1 to this one are read
  bool end_has_count = true;
  // What to do: about a file that is torn or another one, about a version from the future, and
  // about one wrong line.
  std::string_view replace_file;
  std::string_view replace_program;
  std::string_view correct_line;
};

class StateReader {
 public:
  static constexpr std::size_t kLongestLine = 4096;  // octets

  StateReader(const StateFormat& format, std::string_view text, std::string_view file_name)
      : format_(&format), lines_(text), file_(file_name) {}

  // The version in the first line. Call it first, and once.
  Result<std::uint32_t> readHeader();
  // The words of the next line that has some; nothing at the `end` line.
  Result<std::optional<Words>> next();
  // To be called behind the last line: checks the rest of the `end` line, and that nothing follows.
  Result<void> readEnd(std::size_t entries);

  [[nodiscard]] std::size_t lineNumber() const { return lines_.number(); }
  [[nodiscard]] std::string_view line() const { return lines_.line(); }
  // An error in this line, or in another one.
  [[nodiscard]] tl::unexpected<Error> failHere(std::string_view reason) const;
  [[nodiscard]] tl::unexpected<Error> failHere(std::string_view reason,
                                               std::string_view what_to_do) const;
  [[nodiscard]] tl::unexpected<Error> failAt(std::size_t line_number, std::string_view reason,
                                             std::string_view what_to_do) const;

 private:
  [[nodiscard]] Result<void> checkLine() const;

  const StateFormat* format_;
  Lines lines_;
  Words end_{""};  // what stands behind the word `end`
  std::string_view file_;
};

}  // namespace hvnet
