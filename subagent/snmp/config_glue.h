// Reads the configuration with Net-SNMP's own machinery and collects what it complains about.
//
// Threads: main thread only, one reading at a time.
// Ownership: the Config outlives the reading.
// Errors: every bad line is in problems(), with file and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config.h"

namespace hvnet {

// While it lives, our directives are known to Net-SNMP and what they say goes into `config`, and
// the errors and warnings that Net-SNMP logs go into problems().
class ConfigReading {
 public:
  explicit ConfigReading(Config& config);
  ~ConfigReading();
  ConfigReading(const ConfigReading&) = delete;
  ConfigReading& operator=(const ConfigReading&) = delete;

  // "hvnet-subagent.conf:4: ifIndex: …", one for each bad line.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  // Once the library has its own tokens, and before it reads: refuses those without an effect, and
  // looks which access lines there are.
  void watchTokens();
  // Access lines with a community, but all of them for IPv4 (rocommunity and no rocommunity6).
  [[nodiscard]] bool communitiesForIpv4Only() const { return ipv4_access_ && !ipv6_access_; }
  // For Net-SNMP's log callback.
  void addProblem(std::string_view message);

 private:
  // An access token and the library's own handler of it.
  struct AccessToken {
    const char* name;
    bool ipv6;
    void (*parse)(const char* token, char* line) = nullptr;
    void (*free)() = nullptr;
  };

  static void handleDirective(const char* token, char* line);
  static void handleUseless(const char* token, char* line);
  static void handleAccess(const char* token, char* line);
  std::string place();

  Config* config_;
  std::string* asked_place_ = nullptr;  // while the library is being asked where it reads
  std::vector<std::string> problems_;
  std::vector<AccessToken> access_tokens_;
  bool ipv4_access_ = false;
  bool ipv6_access_ = false;
};

}  // namespace hvnet
