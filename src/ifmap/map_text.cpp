#include "ifmap/map_text.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "ifmap/free_numbers.h"
#include "ifmap/map_line.h"
#include "state/state_reader.h"

namespace hvnet {
namespace {

constexpr StateFormat kFormat{
    .name = "hvnet-ifindex-map",
    .newest_version = 2,
    .replace_file = "restore the file from a backup or start with --rebuild-map",
    .replace_program = "install the hvnet-subagent that wrote it or start with --rebuild-map",
    .correct_line = "correct the line or start with --rebuild-map",
};
constexpr std::string_view kRemoveOne = "remove one line or start with --rebuild-map";
constexpr std::string_view kComment =
    "# Which ifIndex belongs to whom. Written by hvnet-subagent: stop it before you edit this.\n"
    "# Numbers from 256 up to the \"given\" one are not given again.\n";

std::string ownerText(const MapEntry& entry) {
  return entry.name.empty() ? toText(entry.identity) : escapeWord(entry.name);
}

std::uint32_t numberOf(const MapEntry& entry) {
  return static_cast<std::uint32_t>(entry.index);
}

// What no two entries have in common; empty for those that nothing is compared with. A MAC alone
// may stand several times: position and, while both live, name tell them apart.
std::string keyOf(const MapEntry& entry) {
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return {};
  if (!std::holds_alternative<MacIdentity>(entry.identity)) return toText(entry.identity);
  if (entry.gone_s) return {};
  std::string key = toText(entry.identity);
  if (entry.position) {
    key += " " + std::to_string(static_cast<int>(entry.position->bus)) + " " +
           std::to_string(entry.position->number);
  }
  return key + " " + escapeWord(entry.name);
}

// --- numbers and identities that stand twice -----------------------------------------------------

// Remembers of each line no more than a few octets: those of a huge map have to fit, too.
class Duplicates {
 public:
  struct Pair {
    std::uint32_t first = 0;   // line numbers
    std::uint32_t second = 0;  // 0: there is no pair
    bool number = false;       // it is the number that stands twice, not the identity
  };

  void note(const MapEntry& entry, std::size_t line) {
    const auto at = static_cast<std::uint32_t>(line);
    numbers_.push_back({numberOf(entry), at});
    const std::string key = keyOf(entry);
    if (!key.empty()) keys_.push_back({std::hash<std::string>{}(key), at});
  }
  // The pair whose second line comes first in the file. `text` is what the lines were read from.
  [[nodiscard]] Pair first(std::string_view text);

 private:
  struct Seen {
    std::uint64_t what;
    std::uint32_t line;
    auto operator<=>(const Seen&) const = default;
  };
  static void look(std::vector<Seen>& seen, std::string_view text, bool number, Pair& found);

  std::vector<Seen> numbers_;
  std::vector<Seen> keys_;  // hashes
};

// A line that was read before, so it is an entry.
MapEntry entryAt(std::string_view text, std::uint32_t line) {
  Lines lines(text);
  while (lines.number() < line && lines.next()) continue;
  return readEntry(Words(lines.line())).value_or(MapEntry{});
}

void Duplicates::look(std::vector<Seen>& seen, std::string_view text, bool number, Pair& found) {
  std::ranges::sort(seen);
  for (std::size_t n = 1; n < seen.size(); ++n) {
    const Seen& one = seen[n - 1];
    const Seen& two = seen[n];
    if (one.what != two.what || (found.second != 0 && found.second <= two.line)) continue;
    // Two keys may have one hash.
    if (!number && keyOf(entryAt(text, one.line)) != keyOf(entryAt(text, two.line))) continue;
    found = {one.line, two.line, number};
  }
}

Duplicates::Pair Duplicates::first(std::string_view text) {
  Pair found;
  look(numbers_, text, true, found);
  look(keys_, text, false, found);
  return found;
}

// --- the file ------------------------------------------------------------------------------------

class MapReader {
 public:
  MapReader(std::string_view text, std::string_view file_name)
      : text_(text), lines_(kFormat, text, file_name) {}
  Result<SavedMap> read();

 private:
  Result<void> readLine(Words words);
  Result<void> readMark(Words words);
  Result<void> readMachine(Words words);
  Result<void> checkDuplicates();
  void forgetOld();

  std::string_view text_;
  StateReader lines_;
  std::uint32_t version_ = 0;
  SavedMap map_;
  Duplicates duplicates_;
  std::size_t read_ = 0;  // entries, also those that are not kept
  std::size_t forget_at_ = kKeptTombstones + kKeptAdapterTombstones;
};

Result<SavedMap> MapReader::read() {
  const auto version = lines_.readHeader();
  if (!version) return tl::unexpected(version.error());
  version_ = *version;
  while (true) {
    const auto words = lines_.next();
    if (!words) return tl::unexpected(words.error());
    if (!*words) break;
    if (auto line = readLine(**words); !line) return tl::unexpected(line.error());
  }
  // Whoever repeats a line learns of that, and not that the number behind "end" is wrong then.
  if (auto checked = checkDuplicates(); !checked) return tl::unexpected(checked.error());
  if (version_ > 1 && !map_.given_up_to) {
    return lines_.failHere("there is no \"given\" line", kFormat.replace_file);
  }
  if (auto end = lines_.readEnd(read_); !end) return tl::unexpected(end.error());
  forgetOld();
  std::ranges::sort(map_.entries, {}, &MapEntry::index);
  return std::move(map_);
}

Result<void> MapReader::readLine(Words words) {
  if (version_ > 1 && words.accept("given")) return readMark(words);
  if (version_ > 1 && words.accept("machine")) return readMachine(words);
  auto entry = readEntry(words);
  if (!entry) return lines_.failHere(entry.error().text);
  duplicates_.note(*entry, lines_.lineNumber());
  map_.entries.push_back(*std::move(entry));
  ++read_;
  if (map_.entries.size() > forget_at_) forgetOld();
  return {};
}

Result<void> MapReader::readMark(Words words) {
  if (map_.given_up_to) return lines_.failHere("there is a \"given\" line already", kRemoveOne);
  const std::string_view word = words.next();
  const auto number = parseNumber<std::uint32_t>(word);
  if (!number || IfIndex{*number} < kNoneGiven || IfIndex{*number} > kLastIndex || !words.empty()) {
    return lines_.failHere("\"given\" is not followed by one number from 255 to 2147483647");
  }
  map_.given_up_to = IfIndex{*number};
  return {};
}

Result<void> MapReader::readMachine(Words words) {
  if (!map_.machine.empty()) {
    return lines_.failHere("there is a \"machine\" line already", kRemoveOne);
  }
  auto machine = unescapeWord(words.next());
  if (!machine || machine->empty() || !words.empty()) {
    return lines_.failHere("\"machine\" is not followed by one machine id");
  }
  map_.machine = *std::move(machine);
  return {};
}

Result<void> MapReader::checkDuplicates() {
  const Duplicates::Pair pair = duplicates_.first(text_);
  if (pair.second == 0) return {};
  const MapEntry one = entryAt(text_, pair.first);
  const MapEntry two = entryAt(text_, pair.second);
  if (pair.number) {
    return lines_.failAt(pair.second,
                         "index " + std::to_string(numberOf(one)) + " given twice (" +
                             ownerText(one) + ", " + ownerText(two) + ")",
                         kRemoveOne);
  }
  return lines_.failAt(pair.second,
                       toText(two.identity) + " has two numbers (" + std::to_string(numberOf(one)) +
                           ", " + std::to_string(numberOf(two)) + ")",
                       kRemoveOne);
}

void MapReader::forgetOld() {
  const IfIndex last = std::max(map_.given_up_to.value_or(kNoneGiven), kHighestMark);
  const std::vector<IfIndex> old = oldTombstones(map_.entries, {}, last);
  if (!old.empty()) {
    map_.last_forgotten = std::max(map_.last_forgotten.value_or(old.back()), old.back());
    std::erase_if(map_.entries, [&](const MapEntry& entry) {
      const bool forgotten = std::ranges::binary_search(old, entry.index);
      if (forgotten) map_.forgotten.note(entry);
      return forgotten;
    });
  }
  // So that a map of many that stay is not searched at every line.
  forget_at_ = std::max(forget_at_, map_.entries.size() + map_.entries.size() / 4);
}

}  // namespace

Result<SavedMap> parseMap(std::string_view text, std::string_view file_name) {
  return MapReader(text, file_name).read();
}

std::string formatMap(std::span<const MapEntry> entries, IfIndex given_up_to,
                      std::string_view machine) {
  std::string text;
  text += kFormat.name;
  text += " " + std::to_string(kFormat.newest_version) + "\n";
  text += kComment;
  if (!machine.empty()) text += "machine " + escapeWord(machine) + "\n";
  text += "given " + std::to_string(static_cast<std::uint32_t>(given_up_to)) + "\n";
  for (const MapEntry& entry : entries) text += formatEntry(entry) + "\n";
  text += "end " + std::to_string(entries.size()) + "\n";
  return text;
}

}  // namespace hvnet
