#include "sources/report/report.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include "base/escape.h"
#include "base/lines.h"
#include "base/words.h"
#include "sources/report/report_line.h"

namespace hvnet {
namespace {

constexpr std::string_view kMagic = "hvnet-report";
constexpr std::string_view kVersion = "1";

// Which lines have used a value that is nobody else's.
template <class Value>
class Unique {
 public:
  // An empty value is no value.
  Result<void> claim(const std::optional<Value>& value, std::size_t line, std::string_view what) {
    if (!value) return {};
    const auto [first, fresh] = lines_.emplace(*value, line);
    if (fresh) return {};
    return fail("the " + std::string(what) + " is already in line " +
                std::to_string(first->second));
  }

 private:
  std::map<Value, std::size_t> lines_;
};

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

class ReportReader {
 public:
  explicit ReportReader(std::string_view text) : lines_(text) {}

  Result<Report> read();
  [[nodiscard]] std::size_t lineNumber() const { return lines_.number(); }

 private:
  struct LineKind {
    std::string_view keyword;
    Result<void> (ReportReader::*read)(Words words);
  };

  // False at the end of the text. The last line need not end with a newline.
  [[nodiscard]] Result<void> checkLine() const;
  [[nodiscard]] Result<void> readFirstLine() const;
  Result<void> readLine();
  Result<void> readGenerated(Words words);
  Result<void> readVmbus(Words words);
  Result<void> readAdapter(Words words);
  Result<void> readStats(Words words);
  Result<void> readEnd(Words words);

  Lines lines_;
  bool generated_ = false;  // there is such a line; it is for whoever reads the file
  bool ended_ = false;
  Report report_;
  std::map<std::string, std::size_t, std::less<>> adapter_at_;  // by name
  Unique<std::string> names_;
  Unique<std::string> units_;
  Unique<std::string> stats_names_;
  Unique<std::uint32_t> relids_;
  Unique<std::uint32_t> vmbus_relids_;
  Unique<Guid> instances_;
  Unique<Guid> vmbus_instances_;
};

Result<void> ReportReader::checkLine() const {
  const std::string_view line = lines_.line();
  if (line.size() > kLongestReportLine) return fail("the line is longer than 4096 octets");
  const auto control = std::ranges::find_if(line, [](char letter) {
    return (letter >= 0 && letter < ' ' && letter != '\t') || letter == 0x7f;
  });
  if (control == line.end()) return {};
  return fail("the line has a control character, " + quotedWord({&*control, 1}));
}

Result<void> ReportReader::readFirstLine() const {
  Words words(lines_.line());
  if (!words.accept(kMagic)) return fail("the file does not start with \"hvnet-report 1\"");
  const std::string_view version = words.next();
  if (version == kVersion && words.empty()) return {};
  return fail("version " + quotedWord(version) + " of the report is not supported");
}

Result<Report> ReportReader::read() {
  if (lines_.rest().size() > kLargestReport) return fail("the file is larger than 4 MiB");
  lines_.next();
  if (auto checked = checkLine(); !checked) return tl::unexpected(checked.error());
  if (auto first = readFirstLine(); !first) return tl::unexpected(first.error());
  while (lines_.next()) {
    if (auto checked = checkLine(); !checked) return tl::unexpected(checked.error());
    if (auto line = readLine(); !line) return tl::unexpected(line.error());
  }
  if (!ended_) return fail("the report is incomplete: there is no \"end\" line");
  return std::move(report_);
}

Result<void> ReportReader::readLine() {
  static constexpr std::array kLineKinds = {
      LineKind{"generated", &ReportReader::readGenerated},
      LineKind{"vmbus", &ReportReader::readVmbus},
      LineKind{"adapter", &ReportReader::readAdapter},
      LineKind{"stats", &ReportReader::readStats},
      LineKind{"end", &ReportReader::readEnd},
  };
  Words words(lines_.line());
  if (words.empty() || words.peek().front() == '#') return {};
  if (ended_) return fail("there is something after the \"end\" line");
  const std::string_view keyword = words.next();
  const auto* const kind = std::ranges::find(kLineKinds, keyword, &LineKind::keyword);
  // A line of another kind belongs to a later version of the format.
  return kind == kLineKinds.end() ? Result<void>() : (this->*kind->read)(words);
}

Result<void> ReportReader::readGenerated(Words words) {
  if (std::exchange(generated_, true)) return fail("\"generated\" is given twice");
  const std::string_view word = words.next();
  if (!parseNumber<std::uint64_t>(word)) {
    return fail(quotedWord(word) + " is not a number of milliseconds");
  }
  if (!words.empty()) return fail(quotedWord(words.peek()) + " is unexpected here");
  return {};
}

Result<void> ReportReader::readVmbus(Words words) {
  auto device = readVmbusLine(words);
  if (!device) return tl::unexpected(device.error());
  if (auto claim = vmbus_relids_.claim(device->relid, lines_.number(), "relid"); !claim)
    return claim;
  if (auto claim = vmbus_instances_.claim(device->instance, lines_.number(), "instance"); !claim) {
    return claim;
  }
  report_.vmbus_devices.push_back(*std::move(device));
  return {};
}

Result<void> ReportReader::readAdapter(Words words) {
  auto adapter = readAdapterLine(words);
  if (!adapter) return tl::unexpected(adapter.error());
  const auto claims = {
      names_.claim(adapter->name, lines_.number(), "name"),
      units_.claim(given(adapter->unit), lines_.number(), "unit"),
      relids_.claim(adapter->relid, lines_.number(), "relid"),
      instances_.claim(adapter->instance, lines_.number(), "instance"),
  };
  for (const Result<void>& claim : claims) {
    if (!claim) return claim;
  }
  if (report_.adapters.size() == kMostReportAdapters) {
    return fail("there are more than 4096 adapters");
  }
  adapter_at_.emplace(adapter->name, report_.adapters.size());
  report_.adapters.push_back(*std::move(adapter));
  return {};
}

Result<void> ReportReader::readStats(Words words) {
  const std::string_view name = words.next();
  const auto found = adapter_at_.find(name);
  if (found == adapter_at_.end()) {
    return fail("there is no earlier \"adapter\" line for " + quotedWord(name));
  }
  if (auto claim = stats_names_.claim(std::string(name), lines_.number(), "adapter"); !claim) {
    return claim;
  }
  return readStatsLine(words, report_.adapters[found->second].counters);
}

Result<void> ReportReader::readEnd(Words words) {
  if (!words.empty()) return fail(quotedWord(words.peek()) + " is unexpected here");
  ended_ = true;
  return {};
}

}  // namespace

Result<Report> parseReport(std::string_view text, std::string_view file_name) {
  ReportReader reader(text);
  Result<Report> report = reader.read();
  if (report) return report;
  return fail(std::string(file_name) + ":" +
              std::to_string(std::max<std::size_t>(reader.lineNumber(), 1)) + ": " +
              report.error().text);
}

}  // namespace hvnet
