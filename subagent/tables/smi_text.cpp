#include "tables/smi_text.h"

#include <algorithm>
#include <array>

namespace hvnet {
namespace {

struct Utf8Form {
  unsigned char lowest;   // of the first octet
  unsigned char highest;  // of the first octet
  unsigned char second_lowest;
  unsigned char second_highest;
  std::size_t length;
};

// RFC 3629 §4: no overlong form, no surrogate, nothing above U+10FFFF.
constexpr std::array kUtf8Forms = {
    Utf8Form{0x00, 0x7f, 0, 0, 1},       Utf8Form{0xc2, 0xdf, 0x80, 0xbf, 2},
    Utf8Form{0xe0, 0xe0, 0xa0, 0xbf, 3}, Utf8Form{0xe1, 0xec, 0x80, 0xbf, 3},
    Utf8Form{0xed, 0xed, 0x80, 0x9f, 3}, Utf8Form{0xee, 0xef, 0x80, 0xbf, 3},
    Utf8Form{0xf0, 0xf0, 0x90, 0xbf, 4}, Utf8Form{0xf1, 0xf3, 0x80, 0xbf, 4},
    Utf8Form{0xf4, 0xf4, 0x80, 0x8f, 4},
};

bool isWithin(char octet, unsigned char lowest, unsigned char highest) {
  const auto number = static_cast<unsigned char>(octet);
  return number >= lowest && number <= highest;
}

// How many octets the character at the start of `text` has; 0 when there is none.
std::size_t characterSize(std::string_view text) {
  const auto* form = std::ranges::find_if(kUtf8Forms, [&](const Utf8Form& one) {
    return isWithin(text.front(), one.lowest, one.highest);
  });
  if (form == kUtf8Forms.end() || text.size() < form->length) return 0;
  if (form->length == 1) return 1;
  if (!isWithin(text[1], form->second_lowest, form->second_highest)) return 0;
  const std::string_view rest = text.substr(2, form->length - 2);
  const bool whole =
      std::ranges::all_of(rest, [](char octet) { return isWithin(octet, 0x80, 0xbf); });
  return whole ? form->length : 0;
}

std::size_t longest(Syntax syntax) {
  return syntax == kDisplayString64 ? 64 : 255;
}

// "up(1) down(2)" → "{ up(1), down(2) }"
std::string listed(std::string_view enumeration) {
  std::string out = "{ ";
  for (const char c : enumeration) out += c == ' ' ? std::string(", ") : std::string(1, c);
  return out + " }";
}

std::string_view baseSyntax(Syntax syntax) {
  switch (syntax) {
    case kInteger32:
      return "Integer32";
    case kTruthValue:
      return "INTEGER { true(1), false(2) }";
    case kOctetString:
    case kDisplayString:
    case kDisplayString64:
      return "OCTET STRING";
    case kObjectId:
      return "OBJECT IDENTIFIER";
    case kCounter32:
      return "Counter32";
    case kGauge32:
      return "Gauge32";
    case kUnsigned32:
      return "Unsigned32";
    case kTimeTicks:
      return "TimeTicks";
    case kCounter64:
      return "Counter64";
  }
  return {};
}

}  // namespace

std::string syntaxText(const Column& column) {
  if (!column.enumeration.empty()) return "INTEGER " + listed(column.enumeration);
  return std::string(baseSyntax(column.syntax));
}

std::string_view accessText(Access access) {
  switch (access) {
    case Access::kReadOnly:
      return "read-only";
    case Access::kReadWrite:
      return "read-write";
    case Access::kNotAccessible:
      break;
  }
  return "not-accessible";
}

std::string dotted(OidView oid) {
  std::string out;
  for (const SubId id : oid) {
    if (!out.empty()) out += '.';
    out += std::to_string(id);
  }
  return out;
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = characterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string_view publishedText(const Value& value, std::string& room) {
  std::string_view left = value.octets;
  const std::size_t most = longest(value.syntax);
  if (!isText(value.syntax) || (left.size() <= most && isUtf8(left))) return left;
  room.clear();
  while (!left.empty()) {
    const std::size_t size = characterSize(left);
    const std::string_view character = size == 0 ? "?" : left.substr(0, size);
    if (room.size() + character.size() > most) break;
    room += character;
    left.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return room;
}

std::string entryName(const Table& table) {
  return std::string(table.name.substr(0, table.name.rfind("Table"))) + "Entry";
}

}  // namespace hvnet
