// Arbitrary text as one word of plain letters, and back: for files that are read word by word, and
// for messages that show what somebody else wrote. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hvnet {

// Every octet outside 0x21..0x7e, and '%', becomes %XX; an empty text becomes a lone '%'.
std::string escapeWord(std::string_view text);
// Nothing for a word that escapeWord() cannot have written, but for the case of its digits.
std::optional<std::string> unescapeWord(std::string_view word);

// For messages: "word", escaped and cut where it gets long. (Not just `quoted`: given a
// std::string, that name finds the standard library's.)
std::string quotedWord(std::string_view word);

}  // namespace hvnet
