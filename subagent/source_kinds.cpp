#include "source_kinds.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "base/clock.h"
#include "sources/linux/linux_source.h"
#include "sources/report/report_source.h"

namespace hvnet {
namespace {

Result<std::unique_ptr<Source>> openLinux(const std::string& /*argument*/, const Config& config,
                                          Log& log) {
  if (config.boot_log) log.warning("bootLog is ignored without --source report:FILE");
  LinuxSourceOptions options;
  if (const char* root = std::getenv("HVNET_SYSFS_ROOT")) options.sysfs_root = root;
  if (const char* root = std::getenv("HVNET_ETHTOOL_ROOT")) options.ethtool_root = root;
  options.adapter_rules = config.adapter_rules;
  return LinuxSource::open(options);
}

Result<std::unique_ptr<Source>> openReport(const std::string& argument, const Config& config,
                                           Log& /*log*/) {
  return ReportSource::open({argument, config.boot_log}, Clock::now());
}

constexpr std::array kKinds = {
    SourceKind{.word = "linux", .argument = "", .checked = false, .open = openLinux},
    SourceKind{.word = "report", .argument = "FILE", .checked = true, .open = openReport},
};

}  // namespace

std::span<const SourceKind> sourceKinds() {
  return kKinds;
}

std::string sourceForms(std::string_view between) {
  std::string text;
  for (const SourceKind& kind : kKinds) {
    if (!text.empty()) text += between;
    text += kind.word;
    if (!kind.argument.empty()) text += ":" + std::string(kind.argument);
  }
  return text;
}

std::optional<SourceChoice> parseSourceChoice(std::string_view word) {
  const std::size_t colon = word.find(':');
  const bool has_argument = colon != std::string_view::npos;
  std::string argument(has_argument ? word.substr(colon + 1) : std::string_view());
  for (const SourceKind& kind : kKinds) {
    if (word.substr(0, colon) != kind.word) continue;
    if (has_argument == kind.argument.empty() || has_argument == argument.empty()) break;
    return SourceChoice{&kind, std::move(argument)};
  }
  return std::nullopt;
}

}  // namespace hvnet
