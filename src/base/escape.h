// Writes arbitrary text as one word of printable characters, and reads it back: for files that are
// read word by word, and for messages that show text from outside. Pure functions.
//
// Threads: any. Ownership: returns new strings. Errors: unescapeWord() returns nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hvnet {

// Every octet outside 0x21..0x7e, and '%', becomes %XX; an empty text becomes a lone '%'.
std::string escapeWord(std::string_view text);
// Returns nothing for a word that escapeWord() cannot have written. Digits can have either case.
std::optional<std::string> unescapeWord(std::string_view word);

// For messages: "word", escaped, and shortened if it is long. (The name is not just `quoted`,
// because a call with a std::string would then find std::quoted.)
std::string quotedWord(std::string_view word);

}  // namespace hvnet
