#include "state/state_reader.h"

#include <string>

#include "base/escape.h"

namespace hvnet {

tl::unexpected<Error> StateReader::failHere(std::string_view reason) const {
  return failHere(reason, format_->correct_line);
}

tl::unexpected<Error> StateReader::failHere(std::string_view reason,
                                            std::string_view what_to_do) const {
  return failAt(lines_.number(), reason, what_to_do);
}

tl::unexpected<Error> StateReader::failAt(std::size_t line_number, std::string_view reason,
                                          std::string_view what_to_do) const {
  return fail(atLine(file_, line_number, reason) + "; " + std::string(what_to_do));
}

Result<std::uint32_t> StateReader::readHeader() {
  if (!lines_.nextWhole()) {
    return failHere("the first line of the file is incomplete", format_->replace_file);
  }
  Words words(lines_.line().substr(0, kLongestLine));
  if (!words.accept(format_->name)) {
    const std::string header =
        std::string(format_->name) + " " + std::to_string(format_->newest_version);
    return failHere("the file does not start with \"" + header + "\"", format_->replace_file);
  }
  const std::string_view word = words.next();
  if (word.ends_with('\r')) {
    return failHere("the line ends with CR LF; lines end with LF alone", format_->replace_file);
  }
  const auto version = parseNumber<std::uint32_t>(word);
  if (!version || *version == 0 || *version > format_->newest_version || !words.empty()) {
    return failHere("version " + quotedWord(word) + " of the file is not known here",
                    format_->replace_program);
  }
  return *version;
}

Result<void> StateReader::checkLine() const {
  if (lines_.line().size() > kLongestLine) {
    return failHere("the line is longer than " + std::to_string(kLongestLine) + " octets");
  }
  if (lines_.line().find('\0') != std::string_view::npos) {
    return failHere("the line has NUL octets", format_->replace_file);
  }
  if (lines_.line().ends_with('\r')) {
    return failHere("the line ends with CR LF; lines end with LF alone");
  }
  return {};
}

Result<std::optional<Words>> StateReader::next() {
  while (lines_.nextWhole()) {
    if (auto checked = checkLine(); !checked) return tl::unexpected(checked.error());
    Words words(lines_.line());
    if (words.empty() || words.peek().front() == '#') continue;
    if (!words.accept("end")) return words;
    end_ = words;
    return std::nullopt;
  }
  return failHere("the file is incomplete: there is no \"end\" line", format_->replace_file);
}

Result<void> StateReader::readEnd(std::size_t entries) {
  if (format_->end_has_count) {
    const auto count = parseNumber<std::size_t>(end_.next());
    if (!count || !end_.empty()) return failHere("\"end\" is not followed by one number");
    if (*count != entries) {
      return failHere("the file has " + std::to_string(entries) + " entries but ends with " +
                          std::to_string(*count),
                      "restore the lost lines or correct the number");
    }
  } else if (!end_.empty()) {
    return failHere("there is something after \"end\"");
  }
  if (lines_.next()) {
    return failHere("there is something after the \"end\" line", format_->replace_file);
  }
  return {};
}

}  // namespace hvnet
