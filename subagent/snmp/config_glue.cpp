#include "snmp/config_glue.h"

#include <algorithm>
#include <regex>

#include "snmp/net_snmp.h"

namespace hvnet {
namespace {

// Net-SNMP's configuration handlers get no argument of ours; this is the only way to tell them
// what they read into. Set by ConfigReading alone.
ConfigReading* g_reading = nullptr;

void handleDirective(const char* token, char* line) {
  if (g_reading == nullptr) return;
  // The library matches tokens whatever their case.
  const auto found = std::ranges::find_if(directives(), [&](const Directive& directive) {
    return strcasecmp(std::string(directive.name).c_str(), token) == 0;
  });
  if (found == directives().end()) return;
  const Result<void> parsed = found->parse(line, g_reading->config());
  if (!parsed) netsnmp_config_error("%s: %s", token, parsed.error().text.c_str());
}

}  // namespace

ConfigReading::ConfigReading(Config& config) : config_(&config) {
  g_reading = this;
  for (const Directive& directive : directives()) {
    register_config_handler(kApplicationType, std::string(directive.name).c_str(), handleDirective,
                            nullptr, std::string(directive.arguments).c_str());
  }
}

ConfigReading::~ConfigReading() {
  g_reading = nullptr;
}

void ConfigReading::addProblem(std::string_view message) {
  // "FILE: line 4: Error: …" is how the library says it; "FILE:4: …" is how everybody else does.
  static const std::regex kPlace("^(.*): line ([0-9]+): (?:Error|Warning): ");
  problems_.push_back(std::regex_replace(std::string(message), kPlace, "$1:$2: "));
}

}  // namespace hvnet
