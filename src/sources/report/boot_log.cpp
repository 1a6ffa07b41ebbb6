#include "sources/report/boot_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "base/words.h"
#include "sources/report/report.h"

namespace hvnet {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
// More than any host gives; it bounds the time that a hostile log takes.
constexpr std::size_t kMostDevices = 2048;

bool isDigit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool isLetter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

// A driver's name and a number: "hvnet0".
bool isUnit(std::string_view word) {
  const std::size_t stem = word.find_last_not_of("0123456789") + 1;
  return stem > 0 && stem < word.size() && isLetter(word.front()) && word.size() <= 64 &&
         std::ranges::all_of(word, [](char c) { return isLetter(c) || isDigit(c); });
}

// The bus itself: "hv0".
bool isBus(std::string_view word) {
  return isUnit(word) && word.find_first_of("0123456789") == 2 && word.starts_with("hv");
}

bool isHvnet(std::string_view unit) {
  return isUnit(unit) && unit.starts_with("hvnet") && unit.find_first_of("0123456789") == 5;
}

// "<6>hvnet0": syslog's priority, glued to the first word.
std::string_view withoutPriority(std::string_view word) {
  if (!word.starts_with('<')) return word;
  const std::size_t close = word.find_first_not_of("0123456789", 1);
  const bool priority = close > 1 && close < word.size() && word[close] == '>';
  return priority ? word.substr(close + 1) : word;
}

// A place between two words. A copy is as cheap as a view, so a message is tried on a copy.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) { skipBlanks(); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  // The line of the next word; at the end, the last one.
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] std::string_view peek() const {
    return withoutPriority(rest_.substr(0, rest_.find_first_of(kBlanks)));
  }
  std::string_view next() {
    const std::string_view word = peek();
    rest_.remove_prefix(std::min(rest_.find_first_of(kBlanks), rest_.size()));
    skipBlanks();
    return word;
  }
  bool accept(std::string_view word) {
    if (peek() != word) return false;
    next();
    return true;
  }

 private:
  void skipBlanks() {
    const std::size_t blanks = std::min(rest_.find_first_not_of(kBlanks), rest_.size());
    const auto newlines = std::ranges::count(rest_.substr(0, blanks), '\n');
    // Newlines at the end of the text begin no line.
    if (blanks < rest_.size()) line_ += static_cast<std::size_t>(newlines);
    rest_.remove_prefix(blanks);
  }

  std::string_view rest_;
  std::size_t line_ = 1;
};

class BootLogReader {
 public:
  explicit BootLogReader(std::string_view text) : at_(text) {}

  Result<BootLog> read();
  [[nodiscard]] std::size_t lineNumber() const { return fault_line_; }

 private:
  // Reads the message that begins at the cursor, and leaves the cursor behind it. False when none
  // of this kind begins there. The error is the reason alone.
  using MessageReader = Result<bool> (BootLogReader::*)(Cursor& at);

  Result<bool> readBus(Cursor& at);
  Result<bool> readUnit(Cursor& at);
  Result<bool> readUnconfigured(Cursor& at);
  Result<bool> readAddress(Cursor& at);
  Result<bool> readRename(Cursor& at);

  // Each takes one word; a word that is wrong is where the fault is.
  Result<std::uint32_t> takeRelid(Cursor& at);
  Result<Guid> takeGuid(Cursor& at);
  Result<void> takeWord(Cursor& at, std::string_view word);
  tl::unexpected<Error> failAt(std::size_t line, std::string reason);

  Result<bool> readNext();
  BootUnit& unitOf(std::string_view unit);
  [[nodiscard]] bool concernsUs(std::string_view unit) const;
  void freeRelid(std::uint32_t relid, std::string_view except = {});

  Cursor at_;
  std::size_t fault_line_ = 1;
  BootLog log_;
};

Result<BootLog> BootLogReader::read() {
  while (!at_.empty()) {
    const auto read = readNext();
    if (!read) return tl::unexpected(read.error());
    if (!*read) at_.next();
    if (log_.units.size() + log_.unconfigured.size() > kMostDevices) {
      return failAt(at_.line(), "there are more than 2048 devices");
    }
  }
  return std::move(log_);
}

Result<bool> BootLogReader::readNext() {
  static constexpr std::array<MessageReader, 5> kKinds = {
      &BootLogReader::readBus, &BootLogReader::readUnit, &BootLogReader::readUnconfigured,
      &BootLogReader::readAddress, &BootLogReader::readRename};
  for (const MessageReader kind : kKinds) {
    Cursor at = at_;
    auto read = (this->*kind)(at);
    if (!read) return read;
    if (!*read) continue;
    at_ = at;
    return true;
  }
  return false;
}

// `hv0 at mainbus0`
Result<bool> BootLogReader::readBus(Cursor& at) {
  if (!isBus(at.next()) || !at.accept("at")) return false;
  if (isBus(at.peek())) return false;  // a unit at the bus
  at.next();
  log_ = {};
  return true;
}

// `hvnet0 at hv0 relid 12 instance GUID`
Result<bool> BootLogReader::readUnit(Cursor& at) {
  const std::string_view unit = at.next();
  if (!isUnit(unit) || !at.accept("at") || !isBus(at.next()) || !at.accept("relid")) return false;
  const auto relid = takeRelid(at);
  if (!relid) return tl::unexpected(relid.error());
  if (auto word = takeWord(at, "instance"); !word) return tl::unexpected(word.error());
  const auto instance = takeGuid(at);
  if (!instance) return tl::unexpected(instance.error());
  freeRelid(*relid, unit);
  BootUnit& row = unitOf(unit);
  row.relid = *relid;
  row.instance = *instance;
  return true;
}

// `class GUID at hv0 relid 9 not configured`
Result<bool> BootLogReader::readUnconfigured(Cursor& at) {
  if (!at.accept("class")) return false;
  Cursor guid_at = at;
  at.next();
  if (!at.accept("at") || !isBus(at.next()) || !at.accept("relid")) return false;
  const auto device_class = takeGuid(guid_at);
  if (!device_class) return tl::unexpected(device_class.error());
  const auto relid = takeRelid(at);
  if (!relid) return tl::unexpected(relid.error());
  if (auto word = takeWord(at, "not"); !word) return tl::unexpected(word.error());
  if (auto word = takeWord(at, "configured"); !word) return tl::unexpected(word.error());
  freeRelid(*relid);
  log_.unconfigured.push_back({*relid, *device_class, std::nullopt, ""});
  return true;
}

// `hvnet0: Ethernet address 00:15:5d:01:02:03`
Result<bool> BootLogReader::readAddress(Cursor& at) {
  std::string_view unit = at.next();
  if (!unit.ends_with(':')) return false;
  unit.remove_suffix(1);
  if (!concernsUs(unit) || !at.accept("Ethernet") || !at.accept("address")) return false;
  const std::size_t line = at.line();
  std::string_view word = at.next();
  if (word.ends_with(',')) word.remove_suffix(1);
  const auto mac = parseMac(word);
  if (!mac) return failAt(line, quotedWord(word) + " is not a MAC such as 00:15:5d:01:02:03");
  unitOf(unit).mac = *mac;
  return true;
}

// `rename hvnet0 to lan0`
Result<bool> BootLogReader::readRename(Cursor& at) {
  if (!at.accept("rename")) return false;
  const std::string_view unit = at.next();
  if (!concernsUs(unit)) return false;
  if (auto word = takeWord(at, "to"); !word) return tl::unexpected(word.error());
  const std::size_t line = at.line();
  const std::string_view name = at.next();
  if (!isReportName(name)) return failAt(line, quotedWord(name) + " is not a name");
  for (BootUnit& other : log_.units) {
    if (other.renamed_to == name) other.renamed_to.clear();
  }
  unitOf(unit).renamed_to = name;
  return true;
}

Result<std::uint32_t> BootLogReader::takeRelid(Cursor& at) {
  const std::size_t line = at.line();
  const std::string_view word = at.next();
  if (const auto relid = parseNumber<std::uint32_t>(word)) return *relid;
  return failAt(line, quotedWord(word) + " is not a relid (0 to 4294967295)");
}

Result<Guid> BootLogReader::takeGuid(Cursor& at) {
  const std::size_t line = at.line();
  const std::string_view word = at.next();
  if (const auto guid = parseGuid(word)) return *guid;
  return failAt(line, quotedWord(word) + " is not a GUID");
}

Result<void> BootLogReader::takeWord(Cursor& at, std::string_view word) {
  const std::size_t line = at.line();
  const std::string_view found = at.next();
  if (found == word) return {};
  return failAt(line, quotedWord(found) + " is in the place of \"" + std::string(word) + "\"");
}

tl::unexpected<Error> BootLogReader::failAt(std::size_t line, std::string reason) {
  fault_line_ = line;
  return fail(std::move(reason));
}

bool BootLogReader::concernsUs(std::string_view unit) const {
  return isHvnet(unit) || std::ranges::find(log_.units, unit, &BootUnit::unit) != log_.units.end();
}

BootUnit& BootLogReader::unitOf(std::string_view unit) {
  const auto found = std::ranges::find(log_.units, unit, &BootUnit::unit);
  if (found != log_.units.end()) return *found;
  return log_.units.emplace_back(BootUnit{std::string(unit)});
}

// A channel has one device at a time.
void BootLogReader::freeRelid(std::uint32_t relid, std::string_view except) {
  std::erase_if(log_.units,
                [&](const BootUnit& each) { return each.relid == relid && each.unit != except; });
  std::erase_if(log_.unconfigured, [&](const VmbusDevice& each) { return each.relid == relid; });
}

}  // namespace

Result<BootLog> parseBootLog(std::string_view text, std::string_view file_name) {
  if (text.size() > kLargestBootLog) {
    return fail(std::string(file_name) + ":1: the file is larger than 4 MiB");
  }
  BootLogReader reader(text);
  Result<BootLog> log = reader.read();
  if (log) return log;
  return fail(atLine(file_name, reader.lineNumber(), log.error().text));
}

}  // namespace hvnet
