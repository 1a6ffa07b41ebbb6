// The command line.
//
// Threads: main thread only, before there is another.
// Ownership: Options are a value.
// Errors: a usage error is printed and is an exit status.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "source_kinds.h"

namespace hvnet {

enum class Action { kServe, kShow, kCheck };

struct Options {
  Action action = Action::kServe;
  std::optional<std::filesystem::path> config_file;  // given with -c
  SourceChoice source{};
  std::filesystem::path state_folder = "/var/lib/hvnet-subagent";
  bool check_all = true;                  // else the configuration only
  std::optional<std::string> agentx;      // the master's address, when given
  std::optional<std::string> standalone;  // where to listen; empty optional: AgentX
  bool json = false;
  bool watch = false;
  bool rebuild_map = false;
  LogLevel log_level = LogLevel::kInfo;
};

inline constexpr char kDefaultConfigFile[] = "/etc/snmp/hvnet-subagent.conf";
inline constexpr char kDefaultListen[] = "udp:127.0.0.1:1161";

// The one given, else the default one if it is there.
std::optional<std::filesystem::path> configFile(const Options& options);

std::string_view version();

// Either what to do, or the exit status after --help, --version or a usage error, which have been
// printed.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_status;
};
ParsedOptions parseOptions(int argc, const char* const* argv);

}  // namespace hvnet
