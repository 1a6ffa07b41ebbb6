#include "counters/counter_file.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "base/words.h"

namespace hvnet {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t Derived::*>, 3> kDerivedWords = {{
    {"discards", &Derived::discards},
    {"in_unicast", &Derived::in_unicast},
    {"out_unicast", &Derived::out_unicast},
}};

constexpr std::string_view kHeader = "hvnet-counters 1";

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

Result<void> readComponents(Words& words, SavedPort& port) {
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!words.accept(kComponentNames[i])) continue;
    const auto last_raw = readNumber(words, kComponentNames[i]);
    if (!last_raw) return tl::unexpected(last_raw.error());
    const auto total = readNumber(words, kComponentNames[i]);
    if (!total) return tl::unexpected(total.error());
    port.components[i] = Accumulator::State{*last_raw, *total};
  }
  if (!words.empty()) return fail(quotedWord(words.peek()) + " does not belong here");
  return {};
}

Result<SavedPort> readPort(std::string_view line) {
  constexpr std::uint64_t kLargestIndex = std::numeric_limits<int>::max();
  Words words(line);
  const std::string_view index_word = words.peek();
  const auto index = readNumber(words, "an interface");
  if (!index || *index < 1 || *index > kLargestIndex) {
    return fail(quotedWord(index_word) + " is not an ifindex");
  }
  SavedPort port;
  port.index = KernelIndex{static_cast<int>(*index)};
  if (words.accept("name")) {
    const std::string_view word = words.next();
    auto name = unescapeWord(word);
    if (!name) return fail(quotedWord(word) + " is not a name");
    port.name = *std::move(name);
  }
  const auto resets = readField(words, "resets");
  if (!resets) return tl::unexpected(resets.error());
  port.resets = *resets;
  for (const auto& [word, field] : kDerivedWords) {
    const auto value = readField(words, word);
    if (!value) return tl::unexpected(value.error());
    port.derived.*field = *value;
  }
  if (auto read = readComponents(words, port); !read) return tl::unexpected(read.error());
  return port;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(text) {}

  Result<SavedCounters> read();
  [[nodiscard]] std::size_t lineNumber() const { return lines_.number(); }

 private:
  Result<void> readHead();
  Result<void> readEnd(Words words);

  Lines lines_;
  SavedCounters counters_;
};

Result<void> Reader::readHead() {
  if (!lines_.nextWhole() || lines_.line() != kHeader) {
    return fail("the file does not start with \"" + std::string(kHeader) + "\"");
  }
  if (!lines_.nextWhole()) return fail("the file is torn");
  Words words(lines_.line());
  if (!words.accept("boot")) return fail("\"boot\" is missing");
  auto boot_id = unescapeWord(words.next());
  if (!boot_id || !words.empty()) return fail("\"boot\" is not followed by one boot id");
  counters_.boot_id = *std::move(boot_id);
  return {};
}

Result<void> Reader::readEnd(Words words) {
  const auto count = readNumber(words, "ports");
  if (!count) return tl::unexpected(count.error());
  if (!words.empty()) return fail(quotedWord(words.peek()) + " does not belong here");
  if (*count != counters_.ports.size()) {
    return fail("the file has " + std::to_string(counters_.ports.size()) + " ports but ends with " +
                std::to_string(*count));
  }
  if (lines_.rest().empty()) return {};
  lines_.next();
  return fail("there is something after the \"end\" line");
}

Result<SavedCounters> Reader::read() {
  if (auto head = readHead(); !head) return tl::unexpected(head.error());
  std::set<KernelIndex> seen;
  while (lines_.nextWhole()) {
    Words words(lines_.line());
    if (words.accept("end")) {
      if (auto end = readEnd(words); !end) return tl::unexpected(end.error());
      return std::move(counters_);
    }
    auto port = readPort(lines_.line());
    if (!port) return tl::unexpected(port.error());
    if (!seen.insert(port->index).second) {
      return fail("ifindex " + std::to_string(static_cast<int>(port->index)) + " is given twice");
    }
    counters_.ports.push_back(*std::move(port));
  }
  return fail("the file is torn: there is no \"end\" line");
}

std::string formatPort(const SavedPort& port) {
  std::string line = std::to_string(static_cast<int>(port.index));
  if (!port.name.empty()) line += " name " + escapeWord(port.name);
  line += " resets " + std::to_string(port.resets);
  for (const auto& [word, field] : kDerivedWords) {
    line += ' ' + std::string(word) + ' ' + std::to_string(port.derived.*field);
  }
  for (std::size_t i = 0; i < kComponentCount; ++i) {
    if (!port.components[i]) continue;
    line += ' ';
    line += kComponentNames[i];
    line += ' ' + std::to_string(port.components[i]->last_raw);
    line += ' ' + std::to_string(port.components[i]->total);
  }
  return line;
}

}  // namespace

Result<SavedCounters> parseCounters(std::string_view text, std::string_view file_name) {
  Reader reader(text);
  auto counters = reader.read();
  if (counters) return counters;
  return fail(std::string(file_name) + ":" + std::to_string(reader.lineNumber()) + ": " +
              counters.error().text + "; remove the file");
}

std::string formatCounters(const SavedCounters& counters) {
  std::string text(kHeader);
  text += "\nboot " + escapeWord(counters.boot_id) + "\n";
  for (const SavedPort& port : counters.ports) text += formatPort(port) + "\n";
  text += "end " + std::to_string(counters.ports.size()) + "\n";
  return text;
}

bool isOfBoot(const SavedCounters& counters, std::string_view current_boot_id) {
  return !current_boot_id.empty() && counters.boot_id == current_boot_id;
}

}  // namespace hvnet
