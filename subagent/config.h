// What the configuration file says, and one pure parser a directive. Reading the file is
// Net-SNMP's work (snmp/config_glue.h).
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/adapter_rule.h"
#include "ifmap/index_map.h"
#include "snapshot/interfaces.h"

namespace hvnet {

struct Config {
  PublishOptions publish;
  std::vector<AdapterRule> adapter_rules;
  std::vector<Pin> pins;
  std::chrono::milliseconds sample_interval{1000};
  std::optional<std::filesystem::path> boot_log{};  // of the router that a report is about
};

// `arguments` is the rest of the line and `place` where it stands ("hvnet-subagent.conf:4"). On an
// error `config` is unchanged; the text says what is wrong with the line, not where it stands.
using DirectiveParser = Result<void> (*)(std::string_view arguments, const std::string& place,
                                         Config& config);

struct Directive {
  std::string_view name;
  std::string_view arguments;  // for --help and for messages
  std::string_view meaning;
  DirectiveParser parse;
  // Of what is only read at a start: whether both say the same. Else null.
  bool (*same)(const Config& one, const Config& other) = nullptr;
};

std::span<const Directive> directives();

}  // namespace hvnet
