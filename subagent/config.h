// What the configuration file says, and one pure parser a directive. Reading the file is
// Net-SNMP's work (snmp/config_glue.h).
//
// Threads: any; all functions are pure.
// Ownership: a Config is a value; what a parser is given is read only during the call.
// Errors: a bad line is an Error that says what is wrong with it, without the place.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ifmap/index_map.h"
#include "snapshot/describe/row.h"
#include "sources/adapter_rule.h"

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

// A token that Net-SNMP's library reads and that has no effect here, whichever way we serve.
struct UselessToken {
  const char* name;          // as the library spells it
  std::string_view instead;  // what to do instead
};

std::span<const UselessToken> uselessTokens();

// Whether one of the addresses ("udp:127.0.0.1:161,udp6:[::]:161") is of IPv6.
bool listensOnIpv6(std::string_view addresses);

}  // namespace hvnet
