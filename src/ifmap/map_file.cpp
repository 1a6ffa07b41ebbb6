// The text of the map: parseMap() and formatMap(). The comment that formatMap() writes, and the
// example in docs, say what it looks like.
#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "ifmap/map_store.h"
#include "ifmap/map_text.h"

namespace hvnet {
namespace {

constexpr std::string_view kMagic = "hvnet-ifindex-map";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kComment =
    "# Which ifIndex belongs to whom. Written by hvnet-subagent: stop it before you edit this.\n";
constexpr std::size_t kLongestLine = 4096;
constexpr std::uint32_t kLastIndex = 2147483647;  // RFC 2863, InterfaceIndex

// --- Writing --------------------------------------------------------------------------------

struct WriteIdentity {
  std::string& line;

  void operator()(const GuidIdentity& who) const { line += " guid " + toText(who.guid); }
  void operator()(const MacIdentity& who) const { line += " mac " + toText(who.mac); }
  void operator()(const NameIdentity& who) const {
    line += " link " + escapeWord(who.kind) + " " + escapeWord(who.name);
  }
  void operator()(const RetiredIdentity&) const { line += " retired"; }
};

// A MAC or a name that is the identity is not written twice.
std::string formatEntry(const MapEntry& entry) {
  std::string line = std::to_string(static_cast<std::uint32_t>(entry.index));
  std::visit(WriteIdentity{line}, entry.identity);
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return line;
  if (!entry.mac.empty() && !std::holds_alternative<MacIdentity>(entry.identity)) {
    line += " mac " + toText(entry.mac);
  }
  if (entry.position) {
    line += " position ";
    line += busWord(entry.position->bus);
    line += " " + std::to_string(entry.position->number);
  }
  if (!entry.name.empty() && !std::holds_alternative<NameIdentity>(entry.identity)) {
    line += " name " + escapeWord(entry.name);
  }
  if (entry.gone_s) line += " gone " + std::to_string(*entry.gone_s);
  return line;
}

// --- Reading --------------------------------------------------------------------------------

template <class Number>
std::optional<Number> parseNumber(std::string_view word) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (word.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// For messages: whatever is in the file, in one short line of plain letters.
std::string quoted(std::string_view word) {
  constexpr std::size_t kEnough = 40;
  return "\"" + escapeWord(word.substr(0, kEnough)) + (word.size() > kEnough ? "…\"" : "\"");
}

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

// Each takes its words off the line; the error is the reason alone.
Result<IfIndex> readIndex(Words& words) {
  const std::string_view word = words.next();
  const auto number = parseNumber<std::uint32_t>(word);
  if (!number || *number < 1 || *number > kLastIndex) {
    return fail(quoted(word) + " is not an ifIndex from 1 to 2147483647");
  }
  return IfIndex{*number};
}

Result<HwAddress> readMac(Words& words) {
  const std::string_view word = words.next();
  if (const auto mac = parseHwAddress(word)) return *mac;
  return fail(quoted(word) + " is not a MAC");
}

Result<std::string> readName(Words& words) {
  const std::string_view word = words.next();
  if (auto name = unescapeWord(word)) return *std::move(name);
  return fail(quoted(word) + " is not a name (octets outside 0x21 to 0x7e are written %XX)");
}

Result<BusPosition> readPosition(Words& words) {
  const std::string_view bus_word = words.next();
  const std::string_view number_word = words.next();
  const auto bus = parseBusWord(bus_word);
  const auto number = parseNumber<std::uint64_t>(number_word);
  if (bus && number) return BusPosition{*bus, *number};
  return fail(quoted(bus_word) + " " + quoted(number_word) + " is not a position");
}

Result<std::int64_t> readSeconds(Words& words) {
  const std::string_view word = words.next();
  if (const auto seconds = parseNumber<std::int64_t>(word)) return *seconds;
  return fail(quoted(word) + " is not a number of seconds");
}

Result<Identity> readIdentity(Words& words) {
  const std::string_view kind = words.next();
  if (kind == "retired") return RetiredIdentity{};
  if (kind == "mac")
    return readMac(words).map([](HwAddress mac) { return Identity{MacIdentity{mac}}; });
  if (kind == "guid") {
    const std::string_view word = words.next();
    if (const auto guid = parseGuid(word)) return GuidIdentity{*guid};
    return fail(quoted(word) + " is not a GUID");
  }
  if (kind == "link") {
    auto link_kind = readName(words);
    if (!link_kind) return tl::unexpected(link_kind.error());
    return readName(words).map([&](std::string name) {
      return Identity{NameIdentity{std::move(*link_kind), std::move(name)}};
    });
  }
  return fail(quoted(kind) + " is none of guid, mac, link and retired");
}

// `keyword VALUE`, when it comes next.
template <class Value, class Read>
Result<void> readOptional(Words& words, std::string_view keyword, Read read, Value& value) {
  if (!words.accept(keyword)) return {};
  auto result = read(words);
  if (!result) return tl::unexpected(result.error());
  value = std::move(*result);
  return {};
}

// What was last seen: [mac M] [position BUS N] [name N] [gone S], in this order.
Result<void> readLastSeen(Words& words, MapEntry& entry) {
  const bool by_mac = std::holds_alternative<MacIdentity>(entry.identity);
  const bool by_name = std::holds_alternative<NameIdentity>(entry.identity);
  Result<void> read;
  if (!by_mac) read = readOptional(words, "mac", readMac, entry.mac);
  if (read) read = readOptional(words, "position", readPosition, entry.position);
  if (read && !by_name) read = readOptional(words, "name", readName, entry.name);
  if (read) read = readOptional(words, "gone", readSeconds, entry.gone_s);
  return read;
}

Result<MapEntry> readEntry(Words words) {
  MapEntry entry;
  const auto index = readIndex(words);
  if (!index) return tl::unexpected(index.error());
  entry.index = *index;
  auto identity = readIdentity(words);
  if (!identity) return tl::unexpected(identity.error());
  entry.identity = *std::move(identity);
  if (const auto* who = std::get_if<MacIdentity>(&entry.identity)) entry.mac = who->mac;
  if (const auto* who = std::get_if<NameIdentity>(&entry.identity)) entry.name = who->name;
  if (!std::holds_alternative<RetiredIdentity>(entry.identity)) {
    if (auto read = readLastSeen(words, entry); !read) return tl::unexpected(read.error());
  }
  if (!words.empty()) return fail(quoted(words.peek()) + " does not belong here");
  return entry;
}

class MapReader {
 public:
  MapReader(std::string_view text, std::string_view file_name) : rest_(text), file_(file_name) {}
  Result<std::vector<MapEntry>> read();

 private:
  // A MAC alone may stand several times: position and, while both live, name tell them apart.
  using MacKey = std::tuple<HwAddress, std::optional<BusPosition>, std::string>;

  Result<void> readHeader();
  // False when the file ends where a whole line should be.
  bool nextLine();
  Result<void> checkLine() const;
  Result<void> enter(MapEntry entry);
  Result<std::vector<MapEntry>> finish(Words words);
  [[nodiscard]] const MapEntry* sameIdentity(const MapEntry& entry);
  [[nodiscard]] tl::unexpected<Error> failHere(std::string_view reason,
                                               std::string_view what_to_do) const;

  std::string_view rest_;
  std::string_view file_;
  std::string_view line_;
  std::size_t line_number_ = 0;
  std::map<IfIndex, MapEntry> entries_;
  std::map<Identity, IfIndex> by_identity_;
  std::map<MacKey, IfIndex> by_mac_;
};

constexpr std::string_view kCorrectIt = "correct the line or start with --rebuild-map";
constexpr std::string_view kRestoreIt =
    "restore the file from a backup or start with --rebuild-map";
constexpr std::string_view kRemoveOne = "remove one line or start with --rebuild-map";

tl::unexpected<Error> MapReader::failHere(std::string_view reason,
                                          std::string_view what_to_do) const {
  std::string text(file_);
  text += ":" + std::to_string(line_number_) + ": ";
  text += reason;
  text += "; ";
  text += what_to_do;
  return fail(std::move(text));
}

bool MapReader::nextLine() {
  ++line_number_;
  const std::size_t length = rest_.find('\n');
  if (length == std::string_view::npos) return false;
  line_ = rest_.substr(0, length);
  rest_.remove_prefix(length + 1);
  return true;
}

Result<void> MapReader::checkLine() const {
  if (line_.size() > kLongestLine) {
    return failHere("the line is longer than 4096 octets", kCorrectIt);
  }
  if (line_.find('\0') != std::string_view::npos) {
    return failHere("the line has NUL octets", kRestoreIt);
  }
  return {};
}

Result<void> MapReader::readHeader() {
  if (!nextLine()) return failHere("the file is torn in its first line", kRestoreIt);
  Words words(line_.substr(0, kLongestLine));
  if (!words.accept(kMagic)) {
    return failHere("the file is no ifIndex map: it does not start with \"hvnet-ifindex-map 1\"",
                    kRestoreIt);
  }
  const std::string_view version = words.next();
  if (version != kVersion || !words.empty()) {
    return failHere("version " + quoted(version) + " of the map is not known here",
                    "install the hvnet-subagent that wrote it or start with --rebuild-map");
  }
  return {};
}

Result<std::vector<MapEntry>> MapReader::read() {
  if (auto header = readHeader(); !header) return tl::unexpected(header.error());
  while (nextLine()) {
    if (auto checked = checkLine(); !checked) return tl::unexpected(checked.error());
    Words words(line_);
    if (words.empty() || words.peek().front() == '#') continue;
    if (words.accept("end")) return finish(words);
    auto entry = readEntry(words);
    if (!entry) return failHere(entry.error().text, kCorrectIt);
    if (auto entered = enter(*std::move(entry)); !entered) return tl::unexpected(entered.error());
  }
  return failHere("the file is torn: there is no \"end\" line", kRestoreIt);
}

Result<std::vector<MapEntry>> MapReader::finish(Words words) {
  const std::string_view word = words.next();
  const auto count = parseNumber<std::size_t>(word);
  if (!count || !words.empty())
    return failHere("\"end\" is not followed by one number", kCorrectIt);
  if (*count != entries_.size()) {
    return failHere("the file has " + std::to_string(entries_.size()) + " entries but ends with " +
                        std::to_string(*count),
                    "restore the lost lines or correct the number");
  }
  if (!rest_.empty()) {
    ++line_number_;
    return failHere("there is something after the \"end\" line", kRestoreIt);
  }
  std::vector<MapEntry> entries;
  entries.reserve(entries_.size());
  for (auto& [index, entry] : entries_) entries.push_back(std::move(entry));
  return entries;
}

std::string ownerText(const MapEntry& entry) {
  return entry.name.empty() ? toText(entry.identity) : escapeWord(entry.name);
}

Result<void> MapReader::enter(MapEntry entry) {
  if (const auto other = entries_.find(entry.index); other != entries_.end()) {
    return failHere("index " + std::to_string(static_cast<std::uint32_t>(entry.index)) +
                        " given twice (" + ownerText(other->second) + ", " + ownerText(entry) + ")",
                    kRemoveOne);
  }
  if (const MapEntry* other = sameIdentity(entry)) {
    return failHere(toText(entry.identity) + " has two numbers (" +
                        std::to_string(static_cast<std::uint32_t>(other->index)) + ", " +
                        std::to_string(static_cast<std::uint32_t>(entry.index)) + ")",
                    kRemoveOne);
  }
  const IfIndex index = entry.index;
  entries_.emplace(index, std::move(entry));
  return {};
}

// The entry that has this one's identity already; otherwise notes that this one has it.
const MapEntry* MapReader::sameIdentity(const MapEntry& entry) {
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return nullptr;
  if (const auto* who = std::get_if<MacIdentity>(&entry.identity)) {
    if (entry.gone_s) return nullptr;
    const auto [other, fresh] =
        by_mac_.emplace(MacKey{who->mac, entry.position, entry.name}, entry.index);
    return fresh ? nullptr : &entries_.at(other->second);
  }
  const auto [other, fresh] = by_identity_.emplace(entry.identity, entry.index);
  return fresh ? nullptr : &entries_.at(other->second);
}

}  // namespace

Result<std::vector<MapEntry>> parseMap(std::string_view text, std::string_view file_name) {
  return MapReader(text, file_name).read();
}

std::string formatMap(std::span<const MapEntry> entries) {
  std::string text;
  text += kMagic;
  text += " ";
  text += kVersion;
  text += "\n";
  text += kComment;
  for (const MapEntry& entry : entries) text += formatEntry(entry) + "\n";
  text += "end " + std::to_string(entries.size()) + "\n";
  return text;
}

}  // namespace hvnet
