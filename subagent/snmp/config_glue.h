// Reads the configuration with Net-SNMP's own machinery and collects what it complains about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config.h"

namespace hvnet {

// While it lives, our directives are known to Net-SNMP and what they say goes into `config`, and
// the errors and warnings that Net-SNMP logs go into problems(). One at a time, main thread only.
class ConfigReading {
 public:
  explicit ConfigReading(Config& config);
  ~ConfigReading();
  ConfigReading(const ConfigReading&) = delete;
  ConfigReading& operator=(const ConfigReading&) = delete;

  // "hvnet-subagent.conf:4: ifIndex: …", one for each bad line.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  // For Net-SNMP's log callback.
  void addProblem(std::string_view message);

 private:
  static void handleDirective(const char* token, char* line);
  std::string place();

  Config* config_;
  std::string* asked_place_ = nullptr;  // while the library is being asked where it reads
  std::vector<std::string> problems_;
};

}  // namespace hvnet
