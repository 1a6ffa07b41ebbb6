#include "snapshot/settings_file.h"

#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "base/words.h"

namespace hvnet {
namespace {

constexpr std::string_view kHeader = "hvnet-settings 1";
constexpr std::string_view kComment =
    "# What was SET over SNMP. Written by hvnet-subagent: stop it before you edit this. Without "
    "its\n"
    "# line, an interface has what the kernel and the configuration say.\n";
constexpr std::string_view kWhatToDo = "; correct or remove the line";

// --- the words of a line -------------------------------------------------------------------------

Result<void> readAlias(std::string_view word, RowSettings& out) {
  auto alias = unescapeWord(word);
  if (!alias || alias->empty()) return fail("alias " + quotedWord(word) + " is no escaped text");
  if (alias->size() > kLongestAlias) return fail("the alias is longer than 64 octets");
  out.alias = std::move(alias);
  return {};
}

Result<void> readTrapEnable(std::string_view word, RowSettings& out) {
  if (word != "enabled" && word != "disabled") {
    return fail("trapEnable " + quotedWord(word) + " is neither enabled nor disabled");
  }
  out.trap_enable = word == "enabled" ? TrapEnable::kEnabled : TrapEnable::kDisabled;
  return {};
}

Result<void> readNumber(std::string_view key, std::string_view word,
                        std::optional<std::uint32_t>& out) {
  out = parseNumber<std::uint32_t>(word);
  if (!out) return fail(std::string(key) + " " + quotedWord(word) + " is no number of 32 bits");
  return {};
}

Result<void> readSetting(std::string_view key, std::string_view word, RowSettings& out) {
  const auto twice = [&] { return fail(std::string(key) + " is given twice"); };
  if (key == "alias") return out.alias ? twice() : readAlias(word, out);
  if (key == "trapEnable") return out.trap_enable ? twice() : readTrapEnable(word, out);
  if (key == "rising") return out.rising ? twice() : readNumber(key, word, out.rising);
  if (key == "falling") return out.falling ? twice() : readNumber(key, word, out.falling);
  if (key == "ratio") return out.ratio ? twice() : readNumber(key, word, out.ratio);
  return fail(quotedWord(key) + " is no setting");
}

Result<RowSettings> readSettings(Words& words) {
  RowSettings out;
  if (words.empty()) return fail("there is no setting behind the ifIndex");
  while (!words.empty()) {
    const std::string_view key = words.next();
    if (auto read = readSetting(key, words.next(), out); !read) return tl::unexpected(read.error());
  }
  if (out.rising == 0U) return fail("rising is 0");
  if (out.rising && out.falling && *out.falling > *out.rising) {
    return fail("falling is above rising");
  }
  return out;
}

Result<void> readLine(Words& words, Settings& out) {
  if (!words.accept("ifIndex")) return fail(quotedWord(words.peek()) + " is not known here");
  const std::string_view word = words.next();
  const auto index = parseNumber<std::uint32_t>(word);
  // RFC 2863, InterfaceIndex: 1..2147483647.
  if (!index || *index == 0 || *index > 0x7fffffffU) {
    return fail(quotedWord(word) + " is no ifIndex");
  }
  auto settings = readSettings(words);
  if (!settings) return tl::unexpected(settings.error());
  const bool fresh = out.emplace(IfIndex{*index}, *std::move(settings)).second;
  if (!fresh) return fail("ifIndex " + std::string(word) + " has a line already");
  return {};
}

// --- the lines of the file -----------------------------------------------------------------------

class SettingsReader {
 public:
  SettingsReader(std::string_view text, std::string_view file) : lines_(text), file_(file) {}

  Result<Settings> read() {
    if (!lines_.nextWhole() || lines_.line() != kHeader) {
      return failHere("these are no settings: the first line is not \"hvnet-settings 1\"",
                      "; restore the file from a backup or remove it");
    }
    Settings out;
    while (lines_.nextWhole()) {
      Words words(lines_.line());
      if (words.empty() || words.peek().front() == '#') continue;
      if (words.accept("end")) {
        if (words.empty() && lines_.rest().empty()) return out;
        return failHere("there is something after \"end\"", kWhatToDo);
      }
      if (auto read = readLine(words, out); !read) return failHere(read.error().text, kWhatToDo);
    }
    return failHere("the file is torn: there is no \"end\" line",
                    "; restore it from a backup, or add the line");
  }

 private:
  [[nodiscard]] tl::unexpected<Error> failHere(std::string_view reason,
                                               std::string_view what_to_do) const {
    std::string text(file_);
    text += ":" + std::to_string(lines_.number()) + ": ";
    text += reason;
    text += what_to_do;
    return fail(std::move(text));
  }

  Lines lines_;
  std::string_view file_;
};

void appendNumber(std::string& text, std::string_view key, std::optional<std::uint32_t> number) {
  if (!number) return;
  text += " ";
  text += key;
  text += " " + std::to_string(*number);
}

std::string formatRow(const RowSettings& row) {
  std::string text;
  if (row.alias && !row.alias->empty()) text += " alias " + escapeWord(*row.alias);
  if (row.trap_enable) {
    text +=
        row.trap_enable == TrapEnable::kEnabled ? " trapEnable enabled" : " trapEnable disabled";
  }
  appendNumber(text, "rising", row.rising);
  appendNumber(text, "falling", row.falling);
  appendNumber(text, "ratio", row.ratio);
  return text;
}

}  // namespace

Result<Settings> parseSettings(std::string_view text, std::string_view file_name) {
  return SettingsReader(text, file_name).read();
}

std::string formatSettings(const Settings& settings) {
  std::string text(kHeader);
  text += "\n";
  text += kComment;
  for (const auto& [index, row] : settings) {
    const std::string words = formatRow(row);
    if (words.empty()) continue;
    text += "ifIndex " + std::to_string(static_cast<std::uint32_t>(index)) + words + "\n";
  }
  text += "end\n";
  return text;
}

}  // namespace hvnet
