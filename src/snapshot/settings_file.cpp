#include "snapshot/settings_file.h"

#include <utility>

#include "base/escape.h"
#include "base/words.h"
#include "state/state_reader.h"

namespace hvnet {
namespace {

constexpr StateFormat kFormat{
    .name = "hvnet-settings",
    .end_has_count = false,
    .replace_file = "restore the file from a backup or remove it",
    .replace_program = "install the hvnet-subagent that wrote it or remove the file",
    .correct_line = "correct or remove the line",
};
constexpr std::string_view kHeader = "hvnet-settings 1\n";
constexpr std::string_view kComment =
    "# What was SET over SNMP. Written by hvnet-subagent: stop it before you edit this. Without "
    "its\n"
    "# line, an interface has what the kernel and the configuration say.\n";

// --- the words of a line -------------------------------------------------------------------------

Result<void> readAlias(std::string_view word, RowSettings& out) {
  auto alias = unescapeWord(word);
  if (!alias || alias->empty()) return fail("alias " + quotedWord(word) + " is not escaped text");
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
  if (!out) return fail(std::string(key) + " " + quotedWord(word) + " is not a number of 32 bits");
  return {};
}

Result<void> readSetting(std::string_view key, std::string_view word, RowSettings& out) {
  const auto twice = [&] { return fail(std::string(key) + " is given twice"); };
  if (key == "alias") return out.alias ? twice() : readAlias(word, out);
  if (key == "trapEnable") return out.trap_enable ? twice() : readTrapEnable(word, out);
  if (key == "rising") return out.rising ? twice() : readNumber(key, word, out.rising);
  if (key == "falling") return out.falling ? twice() : readNumber(key, word, out.falling);
  if (key == "ratio") return out.ratio ? twice() : readNumber(key, word, out.ratio);
  return fail(quotedWord(key) + " is not a setting");
}

Result<RowSettings> readSettings(Words& words) {
  RowSettings out;
  if (words.empty()) return fail("there is no setting after the ifIndex");
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
  if (!words.accept("ifIndex")) return fail(quotedWord(words.peek()) + " is unexpected here");
  const std::string_view word = words.next();
  const auto index = parseNumber<std::uint32_t>(word);
  // RFC 2863, InterfaceIndex: 1..2147483647.
  if (!index || *index == 0 || *index > 0x7fffffffU) {
    return fail(quotedWord(word) + " is not an ifIndex");
  }
  auto settings = readSettings(words);
  if (!settings) return tl::unexpected(settings.error());
  const bool fresh = out.emplace(IfIndex{*index}, *std::move(settings)).second;
  if (!fresh) return fail("ifIndex " + std::string(word) + " already has a line");
  return {};
}

// --- the file ------------------------------------------------------------------------------------

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
  StateReader lines(kFormat, text, file_name);
  if (auto header = lines.readHeader(); !header) return tl::unexpected(header.error());
  Settings out;
  while (true) {
    auto words = lines.next();
    if (!words) return tl::unexpected(words.error());
    if (!*words) break;
    if (auto read = readLine(**words, out); !read) return lines.failHere(read.error().text);
  }
  if (auto end = lines.readEnd(out.size()); !end) return tl::unexpected(end.error());
  return out;
}

std::string formatSettings(const Settings& settings) {
  std::string text(kHeader);
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
