// The text of the map as a whole: parseMap() and formatMap(). map_line.h has what is in a line.
#include <map>
#include <tuple>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "ifmap/map_line.h"
#include "ifmap/map_store.h"

namespace hvnet {
namespace {

constexpr std::string_view kMagic = "hvnet-ifindex-map";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kComment =
    "# Which ifIndex belongs to whom. Written by hvnet-subagent: stop it before you edit this.\n";
constexpr std::size_t kLongestLine = 4096;

class MapReader {
 public:
  MapReader(std::string_view text, std::string_view file_name) : lines_(text), file_(file_name) {}
  Result<std::vector<MapEntry>> read();

 private:
  // A MAC alone may stand several times: position and, while both live, name tell them apart.
  using MacKey = std::tuple<HwAddress, std::optional<BusPosition>, std::string>;

  Result<void> readHeader();
  [[nodiscard]] Result<void> checkLine() const;
  Result<void> enter(MapEntry entry);
  Result<std::vector<MapEntry>> finish(Words words);
  [[nodiscard]] const MapEntry* sameIdentity(const MapEntry& entry);
  [[nodiscard]] tl::unexpected<Error> failHere(std::string_view reason,
                                               std::string_view what_to_do) const;

  Lines lines_;
  std::string_view file_;
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
  text += ":" + std::to_string(lines_.number()) + ": ";
  text += reason;
  text += "; ";
  text += what_to_do;
  return fail(std::move(text));
}

Result<void> MapReader::checkLine() const {
  if (lines_.line().size() > kLongestLine) {
    return failHere("the line is longer than 4096 octets", kCorrectIt);
  }
  if (lines_.line().find('\0') != std::string_view::npos) {
    return failHere("the line has NUL octets", kRestoreIt);
  }
  return {};
}

Result<void> MapReader::readHeader() {
  if (!lines_.nextWhole()) return failHere("the file is torn in its first line", kRestoreIt);
  Words words(lines_.line().substr(0, kLongestLine));
  if (!words.accept(kMagic)) {
    return failHere("the file is no ifIndex map: it does not start with \"hvnet-ifindex-map 1\"",
                    kRestoreIt);
  }
  const std::string_view version = words.next();
  if (version != kVersion || !words.empty()) {
    return failHere("version " + quotedWord(version) + " of the map is not known here",
                    "install the hvnet-subagent that wrote it or start with --rebuild-map");
  }
  return {};
}

Result<std::vector<MapEntry>> MapReader::read() {
  if (auto header = readHeader(); !header) return tl::unexpected(header.error());
  while (lines_.nextWhole()) {
    if (auto checked = checkLine(); !checked) return tl::unexpected(checked.error());
    Words words(lines_.line());
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
  if (lines_.next()) {
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
