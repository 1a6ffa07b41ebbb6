#include "hvnet-sim/scenario.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "base/words.h"

namespace hvnet::sim {
namespace {

constexpr std::string_view kVerbs =
    "spike, rate, assign, unassign, add, remove, reset, torn, pause";
constexpr std::uint64_t kLongestSeconds = 1'000'000;
constexpr std::size_t kFractionDigits = 3;  // milliseconds

// Each function reads its words from the line. An error is the reason only, without file and line.

// "\"x\" is not a time", or "a time is missing".
tl::unexpected<Error> isNot(std::string_view word, const std::string& what) {
  return fail(word.empty() ? what + " is missing" : quotedWord(word) + " is not " + what);
}

// "10" or "0.25", in seconds.
Result<Time> readTime(Words& words) {
  const std::string_view word = words.next();
  const std::size_t dot = std::min(word.find('.'), word.size());
  const auto seconds = parseNumber<std::uint64_t>(word.substr(0, dot));
  std::string fraction(word.substr(std::min(dot + 1, word.size())));
  const bool fits = fraction.size() <= kFractionDigits && fraction.empty() == (dot == word.size());
  fraction.resize(kFractionDigits, '0');
  const auto milliseconds = parseNumber<std::uint32_t>(fraction);
  if (!fits || !seconds || !milliseconds || *seconds > kLongestSeconds) {
    return isNot(word, "a time in seconds, from 0 to 1000000, with at most " +
                           std::to_string(kFractionDigits) + " digits after the point");
  }
  return std::chrono::seconds(*seconds) + std::chrono::milliseconds(*milliseconds);
}

Result<Time> readLength(Words& words) {
  const std::string_view word = words.peek();
  return readTime(words).and_then([&](Time length) -> Result<Time> {
    if (length == Time{}) return fail(quotedWord(word) + " seconds are no time at all");
    return length;
  });
}

Result<AdapterNumber> readAdapter(Words& words) {
  constexpr std::string_view kStem = "lan";
  const std::string_view word = words.next();
  const bool lan = word.starts_with(kStem);
  const auto number = parseNumber<AdapterNumber>(word.substr(lan ? kStem.size() : 0));
  // "lan01" is not allowed: it would be a second name of lan1.
  if (lan && number && *number < kMostAdapters &&
      word.size() == kStem.size() + std::to_string(*number).size()) {
    return *number;
  }
  return isNot(word, "an adapter from lan0 to lan" + std::to_string(kMostAdapters - 1));
}

Result<CounterKind> readCounter(Words& words) {
  const std::string_view word = words.next();
  if (const auto kind = counterKind(word)) return *kind;
  std::string known;
  for (const std::string_view name : kCounterNames) known += " " + std::string(name);
  return isNot(word, "a counter, one of" + known);
}

Result<std::uint64_t> readNumber(Words& words, std::uint64_t most, std::string_view what) {
  const std::string_view word = words.next();
  const auto number = parseNumber<std::uint64_t>(word);
  if (number && *number <= most) return *number;
  return isNot(word, "a " + std::string(what) + " from 0 to " + std::to_string(most));
}

// COUNTER PER-SECOND
Result<SetRate> readRate(Words& words) {
  const auto kind = readCounter(words);
  if (!kind) return tl::unexpected(kind.error());
  return readNumber(words, kMostPerSecond, "number a second").map([&](std::uint64_t rate) {
    return SetRate{*kind, rate};
  });
}

// COUNTER PER-SECOND for SECONDS
Result<Spike> readSpike(Words& words) {
  const auto rate = readRate(words);
  if (!rate) return tl::unexpected(rate.error());
  if (!words.accept("for")) return fail("\"for SECONDS\" is missing");
  return readLength(words).map([&](Time length) {
    return Spike{rate->counter, rate->per_second, length};
  });
}

// Events that need only the adapter's name.
struct PlainVerb {
  std::string_view word;
  Action action;
};
constexpr std::array kPlainVerbs = {
    PlainVerb{"assign", Assign{}}, PlainVerb{"unassign", Unassign{}}, PlainVerb{"add", Add{}},
    PlainVerb{"remove", Remove{}}, PlainVerb{"reset", Reset{}},
};

// Reads an event of an adapter, after its name.
Result<Action> readAdapterAction(std::string_view verb, Words& words) {
  const auto as_action = [](auto action) { return Action(action); };
  if (verb == "spike") return readSpike(words).map(as_action);
  if (verb == "rate") return readRate(words).map(as_action);
  return std::ranges::find(kPlainVerbs, verb, &PlainVerb::word)->action;
}

// Reads a verb and its arguments.
Result<void> readAction(Words& words, Event& event) {
  const auto set = [&](Action action) { event.action = action; };
  const std::string_view verb = words.next();
  if (verb == "torn") {
    set(Torn{});
    return {};
  }
  if (verb == "pause") return readLength(words).map([&](Time length) { set(Pause{length}); });
  const bool plain = std::ranges::find(kPlainVerbs, verb, &PlainVerb::word) != kPlainVerbs.end();
  if (!plain && verb != "spike" && verb != "rate") {
    return isNot(verb, "an event, one of " + std::string(kVerbs));
  }
  return readAdapter(words).and_then([&](AdapterNumber adapter) {
    event.adapter = adapter;
    return readAdapterAction(verb, words).map(set);
  });
}

// Reads the keys of a declaration, in any order.
Result<Declaration> readDeclaration(Words& words) {
  Declaration declared;
  bool has_width = false;
  while (!words.empty()) {
    if (words.accept("width")) {
      const std::string_view word = words.next();
      if (word != "32" && word != "64") return isNot(word, "a width, 32 or 64");
      if (has_width) return fail("\"width\" is given twice");
      has_width = true;
      declared.width32 = word == "32";
      continue;
    }
    const auto kind = readCounter(words);
    if (!kind) return tl::unexpected(kind.error());
    const auto start = readNumber(words, std::numeric_limits<std::uint64_t>::max(), "count");
    if (!start) return tl::unexpected(start.error());
    if (!declared.counters.emplace(*kind, *start).second) {
      return fail(std::string(kCounterNames[static_cast<std::size_t>(*kind)]) + " is given twice");
    }
  }
  for (const auto& [kind, start] : declared.counters) {
    if (declared.width32 && start > std::numeric_limits<std::uint32_t>::max()) {
      return fail(std::to_string(start) + " does not fit into 32 bits");
    }
  }
  return declared;
}

Result<void> atEnd(const Words& words) {
  if (words.empty()) return {};
  return fail(quotedWord(words.peek()) + " is unexpected here");
}

class Reader {
 public:
  explicit Reader(AdapterNumber adapters) : adapters_(adapters) {}

  Result<void> readLine(std::string_view line, std::size_t number);
  // Checks that need the whole file. The line of an error is lineNumber().
  Result<void> finish();

  [[nodiscard]] std::size_t lineNumber() const { return line_number_; }
  Scenario take() { return std::move(scenario_); }

 private:
  Result<void> readEvent(Words& words, std::string_view line);
  Result<void> readAdapterLine(Words& words);
  Result<void> readRepeat(Words& words);
  [[nodiscard]] Result<void> checkPresence(const Event& event,
                                           std::set<AdapterNumber>& present) const;

  AdapterNumber adapters_;
  std::size_t line_number_ = 0;
  std::size_t repeat_line_ = 0;
  Scenario scenario_;
};

Result<void> Reader::readEvent(Words& words, std::string_view line) {
  Event event;
  event.line = line_number_;
  const auto at = readTime(words);
  if (!at) return tl::unexpected(at.error());
  event.at = *at;
  event.text = line.substr(static_cast<std::size_t>(words.peek().data() - line.data()));
  if (auto action = readAction(words, event); !action) return action;
  if (auto end = atEnd(words); !end) return end;
  scenario_.events.push_back(std::move(event));
  return {};
}

Result<void> Reader::readAdapterLine(Words& words) {
  const auto adapter = readAdapter(words);
  if (!adapter) return tl::unexpected(adapter.error());
  auto declared = readDeclaration(words);
  if (!declared) return tl::unexpected(declared.error());
  if (scenario_.declarations.emplace(*adapter, *std::move(declared)).second) return {};
  return fail("lan" + std::to_string(*adapter) + " is declared twice; remove one line");
}

Result<void> Reader::readRepeat(Words& words) {
  if (scenario_.repeat) return fail("\"repeat\" is given twice; remove one line");
  const auto length = readLength(words);
  if (!length) return tl::unexpected(length.error());
  if (auto end = atEnd(words); !end) return end;
  scenario_.repeat = *length;
  repeat_line_ = line_number_;
  return {};
}

Result<void> Reader::readLine(std::string_view line, std::size_t number) {
  line_number_ = number;
  line = line.substr(0, line.find_first_of("#\r"));
  line = line.substr(0, line.find_last_not_of(" \t") + 1);
  Words words(line);
  if (words.empty()) return {};
  const std::string_view what = words.next();
  if (what == "at") return readEvent(words, line);
  if (what == "adapter") return readAdapterLine(words);
  if (what == "repeat") return readRepeat(words);
  return fail(quotedWord(what) + " is not one of at, adapter and repeat");
}

Result<void> Reader::checkPresence(const Event& event, std::set<AdapterNumber>& present) const {
  if (!event.adapter) return {};
  const std::string name = "lan" + std::to_string(*event.adapter);
  if (std::holds_alternative<Add>(event.action)) {
    if (present.insert(*event.adapter).second) return {};
    return fail(name + " is there already at that time");
  }
  if (!present.contains(*event.adapter)) {
    return fail(name + " is not there at that time; `adapter " + name + "` declares it");
  }
  if (std::holds_alternative<Remove>(event.action)) present.erase(*event.adapter);
  return {};
}

Result<void> Reader::finish() {
  std::set<AdapterNumber> present;
  for (AdapterNumber number = 0; number < adapters_; ++number) present.insert(number);
  for (const auto& [number, declared] : scenario_.declarations) present.insert(number);
  std::ranges::stable_sort(scenario_.events, {}, &Event::at);
  for (const Event& event : scenario_.events) {
    line_number_ = event.line;
    if (auto there = checkPresence(event, present); !there) return there;
    if (scenario_.repeat && event.at >= *scenario_.repeat) {
      return fail("this never happens: the scenario starts again before (line " +
                  std::to_string(repeat_line_) + ")");
    }
  }
  return {};
}

}  // namespace

Result<Scenario> parseScenario(std::string_view text, std::string_view file_name,
                               AdapterNumber adapters) {
  Reader reader(adapters);
  Result<void> read;
  Lines lines(text);
  while (read && lines.next()) read = reader.readLine(lines.line(), lines.number());
  if (read) read = reader.finish();
  if (read) return reader.take();
  return fail(atLine(file_name, reader.lineNumber(), read.error().text));
}

}  // namespace hvnet::sim
