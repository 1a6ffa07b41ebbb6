#include "counters/counter_file.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/escape.h"
#include "base/words.h"
#include "state/state_reader.h"

namespace hvnet {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t Derived::*>, 3> kDerivedWords = {{
    {"discards", &Derived::discards},
    {"in_unicast", &Derived::in_unicast},
    {"out_unicast", &Derived::out_unicast},
}};
// Only where rx_dropped is split.
constexpr std::array<std::pair<std::string_view, std::uint64_t Derived::*>, 3> kSplitWords = {{
    {"unsplit", &Derived::unsplit_drops},
    {"stack", &Derived::stack_drops},
    {"backlog", &Derived::backlog_drops},
}};

constexpr StateFormat kFormat{
    .name = "hvnet-counters",
    .newest_version = 2,
    .replace_file = "remove the file",
    .replace_program = "remove the file",
    .correct_line = "remove the file",
};

// The next word as a decimal number that fits. The error is the reason alone, here and below.
Result<std::uint64_t> readNumber(Words& words, std::string_view what) {
  const std::string_view word = words.next();
  if (const auto number = parseNumber<std::uint64_t>(word)) return *number;
  return fail(quotedWord(word) + " is not a number of " + std::string(what));
}

// `keyword NUMBER`
Result<std::uint64_t> readField(Words& words, std::string_view keyword) {
  if (words.accept(keyword)) return readNumber(words, keyword);
  return fail("\"" + std::string(keyword) + "\" is missing");
}

Result<KernelIndex> readIndex(Words& words) {
  constexpr std::uint64_t kLargestIndex = std::numeric_limits<int>::max();
  const std::string_view word = words.next();
  const auto index = parseNumber<std::uint64_t>(word);
  if (index && *index >= 1 && *index <= kLargestIndex) {
    return KernelIndex{static_cast<int>(*index)};
  }
  return fail(quotedWord(word) + " is not an ifindex");
}

Result<std::string> readText(Words& words, const char* what) {
  const std::string_view word = words.next();
  auto text = unescapeWord(word);
  if (!text) return fail(quotedWord(word) + " is not a " + what);
  return *std::move(text);
}

Result<void> readComponents(Words& words, SavedTotals& totals) {
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    const std::string_view name = kComponents[i].name;
    if (!words.accept(name)) continue;
    const auto last_raw = readNumber(words, name);
    if (!last_raw) return tl::unexpected(last_raw.error());
    const auto total = readNumber(words, name);
    if (!total) return tl::unexpected(total.error());
    totals.components[i] = Accumulator::State{*last_raw, *total};
  }
  if (!words.empty()) return fail(quotedWord(words.peek()) + " is unexpected here");
  return {};
}

Result<void> readTotals(Words& words, SavedTotals& totals) {
  const auto resets = readField(words, "resets");
  if (!resets) return tl::unexpected(resets.error());
  totals.resets = *resets;
  for (const auto& [word, field] : kDerivedWords) {
    const auto value = readField(words, word);
    if (!value) return tl::unexpected(value.error());
    totals.derived.*field = *value;
  }
  for (const auto& [word, field] : kSplitWords) {
    if (!words.accept(word)) continue;
    const auto value = readNumber(words, word);
    if (!value) return tl::unexpected(value.error());
    totals.derived.*field = *value;
  }
  return readComponents(words, totals);
}

// `version`: of the file.
Result<SavedInterface> readInterface(Words& words, std::uint32_t version) {
  SavedInterface interface;
  if (version > 1) {
    auto key = readText(words, "key");
    if (!key) return tl::unexpected(key.error());
    interface.key = *std::move(key);
    if (!words.accept("index")) return fail("\"index\" is missing");
  }
  const auto index = readIndex(words);
  if (!index) return tl::unexpected(index.error());
  interface.index = *index;
  if (words.accept("name")) {
    auto name = readText(words, "name");
    if (!name) return tl::unexpected(name.error());
    interface.name = *std::move(name);
  }
  interface.gone = version > 1 && words.accept("gone");
  if (auto read = readTotals(words, interface.totals); !read) return tl::unexpected(read.error());
  return interface;
}

// For messages, and never that of another interface of one file.
std::string whoIs(const SavedInterface& interface) {
  if (!interface.key.empty()) return interface.key;
  return "ifindex " + std::to_string(static_cast<int>(interface.index));
}

Result<std::string> readBoot(std::optional<Words> words) {
  if (!words || !words->accept("boot")) return fail("\"boot\" is missing");
  auto origin = unescapeWord(words->next());
  if (!origin || !words->empty()) return fail("\"boot\" is not followed by one boot id");
  return *std::move(origin);
}

std::string formatInterface(const SavedInterface& interface) {
  const SavedTotals& totals = interface.totals;
  std::string line = escapeWord(interface.key);
  line += " index " + std::to_string(static_cast<int>(interface.index));
  if (!interface.name.empty()) line += " name " + escapeWord(interface.name);
  if (interface.gone) line += " gone";
  line += " resets " + std::to_string(totals.resets);
  for (const auto& [word, field] : kDerivedWords) {
    line += ' ' + std::string(word) + ' ' + std::to_string(totals.derived.*field);
  }
  for (const auto& [word, field] : kSplitWords) {
    if (totals.derived.*field == 0) continue;
    line += ' ' + std::string(word) + ' ' + std::to_string(totals.derived.*field);
  }
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!totals.components[i]) continue;
    line += ' ';
    line += kComponents[i].name;
    line += ' ' + std::to_string(totals.components[i]->last_raw);
    line += ' ' + std::to_string(totals.components[i]->total);
  }
  return line;
}

}  // namespace

Result<SavedCounters> parseCounters(std::string_view text, std::string_view file_name) {
  StateReader lines(kFormat, text, file_name);
  const auto version = lines.readHeader();
  if (!version) return tl::unexpected(version.error());
  auto words = lines.next();
  if (!words) return tl::unexpected(words.error());
  auto origin = readBoot(*words);
  if (!origin) return lines.failHere(origin.error().text);
  SavedCounters counters{*std::move(origin), {}};
  std::set<std::string> seen;
  while (true) {
    words = lines.next();
    if (!words) return tl::unexpected(words.error());
    if (!*words) break;
    auto interface = readInterface(**words, *version);
    if (!interface) return lines.failHere(interface.error().text);
    const std::string who = whoIs(*interface);
    if (!seen.insert(who).second) return lines.failHere(quotedWord(who) + " is given twice");
    counters.interfaces.push_back(*std::move(interface));
  }
  if (auto end = lines.readEnd(counters.interfaces.size()); !end) {
    return tl::unexpected(end.error());
  }
  return counters;
}

std::string formatCounters(const SavedCounters& counters) {
  std::string text = std::string(kFormat.name) + " " + std::to_string(kFormat.newest_version);
  text += "\nboot " + escapeWord(counters.origin) + "\n";
  for (const SavedInterface& interface : counters.interfaces)
    text += formatInterface(interface) + "\n";
  text += "end " + std::to_string(counters.interfaces.size()) + "\n";
  return text;
}

std::string_view bootOf(std::string_view origin) {
  return origin.substr(0, origin.find('/'));
}

}  // namespace hvnet
