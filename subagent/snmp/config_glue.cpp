#include "snmp/config_glue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "snmp/net_snmp.h"

namespace hvnet {
namespace {

// Net-SNMP's configuration handlers get no argument of ours; this is the only way to tell them
// what they read into. Set by ConfigReading alone.
ConfigReading* g_reading = nullptr;

struct Placed {
  std::string place;  // empty when the message names none
  std::string text;
};

// "FILE: line 4: Error: …" is how the library says it; "FILE:4" is how everybody else does.
Placed splitPlace(std::string_view message) {
  constexpr std::string_view kLine = ": line ";
  const std::size_t line = message.find(kLine);
  if (line == std::string_view::npos) return {{}, std::string(message)};
  const std::string_view rest = message.substr(line + kLine.size());
  const std::string_view number = rest.substr(0, rest.find(':'));
  for (const std::string_view level : {": Error: ", ": Warning: "}) {
    if (!rest.substr(number.size()).starts_with(level)) continue;
    return {std::string(message.substr(0, line)) + ":" + std::string(number),
            std::string(rest.substr(number.size() + level.size()))};
  }
  return {{}, std::string(message)};
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
  const Placed placed = splitPlace(message);
  if (asked_place_ != nullptr) {
    *asked_place_ = placed.place;
    return;
  }
  std::string problem = placed.place.empty() ? placed.text : placed.place + ": " + placed.text;
  // The library reads the file twice, and says some things each time.
  if (std::ranges::find(problems_, problem) == problems_.end()) {
    problems_.push_back(std::move(problem));
  }
}

}  // namespace hvnet
