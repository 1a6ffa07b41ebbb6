#include "snmp/config_glue.h"

#include <algorithm>
#include <exception>
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

// The library's handler of a token; null when it has none.
const config_line* handlerOf(const char* token) {
  const config_line* handler = read_config_get_handlers(kApplicationType);
  while (handler != nullptr && strcasecmp(handler->config_token, token) != 0) {
    handler = handler->next;
  }
  return handler;
}

// For a handler of the library's: what `task` throws becomes a problem of the line.
template <class Task>
void handled(const char* token, Task&& task) noexcept {
  try {
    task();
  } catch (const std::exception& error) {
    netsnmp_config_error("%s: %s", token, error.what());
  }
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
  for (const AccessToken& token : access_tokens_) {
    register_config_handler(kApplicationType, token.name, token.parse, token.free, nullptr);
  }
  g_reading = nullptr;
}

void ConfigReading::watchTokens() {
  for (const UselessToken& token : uselessTokens()) {
    register_config_handler(kApplicationType, token.name, &handleUseless, nullptr, nullptr);
  }
  for (AccessToken token : {AccessToken{"rocommunity", false}, AccessToken{"rwcommunity", false},
                            AccessToken{"authcommunity", false}, AccessToken{"com2sec", false},
                            AccessToken{"rocommunity6", true}, AccessToken{"rwcommunity6", true},
                            AccessToken{"com2sec6", true}}) {
    const config_line* handler = handlerOf(token.name);
    if (handler == nullptr) continue;
    token.parse = handler->parse_line;
    token.free = handler->free_func;
    access_tokens_.push_back(token);
    register_config_handler(kApplicationType, token.name, &handleAccess, token.free, nullptr);
  }
}

void ConfigReading::handleDirective(const char* token, char* line) {
  if (g_reading == nullptr) return;
  // The library matches tokens whatever their case.
  const std::string_view name = token;
  const auto found = std::ranges::find_if(directives(), [&](const Directive& directive) {
    return directive.name.size() == name.size() &&
           strncasecmp(directive.name.data(), token, name.size()) == 0;
  });
  if (found == directives().end()) return;
  handled(token, [&] {
    const Result<void> parsed = found->parse(line, g_reading->place(), *g_reading->config_);
    if (!parsed) netsnmp_config_error("%s: %s", token, parsed.error().text.c_str());
  });
}

void ConfigReading::handleUseless(const char* token, char* /*line*/) {
  const auto found = std::ranges::find_if(uselessTokens(), [&](const UselessToken& useless) {
    return strcasecmp(useless.name, token) == 0;
  });
  if (found == uselessTokens().end()) return;
  netsnmp_config_error("%s has no effect here: %s", token, found->instead.data());
}

void ConfigReading::handleAccess(const char* token, char* line) {
  if (g_reading == nullptr) return;
  for (const AccessToken& access : g_reading->access_tokens_) {
    if (strcasecmp(access.name, token) != 0) continue;
    (access.ipv6 ? g_reading->ipv6_access_ : g_reading->ipv4_access_) = true;
    access.parse(token, line);
  }
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
