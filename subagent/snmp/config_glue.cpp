#include "snmp/config_glue.h"

#include <algorithm>
#include <regex>
#include <utility>

#include "snmp/net_snmp.h"

namespace hvnet {
namespace {

// Net-SNMP's configuration handlers get no argument of ours; this is the only way to tell them
// what they read into. Set by ConfigReading alone.
ConfigReading* g_reading = nullptr;

// "FILE: line 4: Error: …" is how the library says it; "FILE:4: …" is how everybody else does.
const std::regex& placePattern() {
  static const std::regex kPlace("^(.*): line ([0-9]+): (?:Error|Warning): ");
  return kPlace;
}

}  // namespace

ConfigReading::ConfigReading(Config& config) : config_(&config) {
  g_reading = this;
  for (const Directive& directive : directives()) {
    register_config_handler(kApplicationType, std::string(directive.name).c_str(),
                            &ConfigReading::handleDirective, nullptr,
                            std::string(directive.arguments).c_str());
  }
}

ConfigReading::~ConfigReading() {
  g_reading = nullptr;
}

void ConfigReading::handleDirective(const char* token, char* line) {
  if (g_reading == nullptr) return;
  // The library matches tokens whatever their case.
  const auto found = std::ranges::find_if(directives(), [&](const Directive& directive) {
    return strcasecmp(std::string(directive.name).c_str(), token) == 0;
  });
  if (found == directives().end()) return;
  const Result<void> parsed = found->parse(line, g_reading->place(), *g_reading->config_);
  if (!parsed) netsnmp_config_error("%s: %s", token, parsed.error().text.c_str());
}

// The library tells file and line only in what it logs, so it is made to log something.
std::string ConfigReading::place() {
  std::string where;
  asked_place_ = &where;
  netsnmp_config_warn("where is this?");
  asked_place_ = nullptr;
  return where;
}

void ConfigReading::addProblem(std::string_view message) {
  if (asked_place_ != nullptr) {
    *asked_place_ = std::regex_replace(std::string(message), placePattern(), "$1:$2",
                                       std::regex_constants::format_no_copy);
    return;
  }
  std::string problem = std::regex_replace(std::string(message), placePattern(), "$1:$2: ");
  // The library reads the file twice, and says some things each time.
  if (std::ranges::find(problems_, problem) == problems_.end()) {
    problems_.push_back(std::move(problem));
  }
}

}  // namespace hvnet
