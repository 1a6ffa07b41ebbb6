#include "options.h"

#include <CLI/CLI.hpp>
#include <map>

#include "config.h"

namespace hvnet {
namespace {

std::string footer() {
  std::string text = "\nConfiguration (snmpd.conf syntax; Net-SNMP's own lines work, too):\n";
  for (const Directive& directive : directives()) {
    std::string line = "  " + std::string(directive.name) + " " + std::string(directive.arguments);
    line.resize(std::max<std::size_t>(line.size() + 2, 45), ' ');
    text += line + std::string(directive.meaning) + "\n";
  }
  return text +
         "\nEnvironment:\n"
         "  HVNET_SYSFS_ROOT                           use this folder instead of /sys\n"
         "  HVNET_MACHINE_ID                           use this file instead of /etc/machine-id\n"
         "  HVNET_ETHTOOL_ROOT                         folder of <ifname>/statistics, the "
         "output of ethtool -S\n";
}

const std::map<std::string, LogLevel> kLevels = {{"error", LogLevel::kError},
                                                 {"warning", LogLevel::kWarning},
                                                 {"info", LogLevel::kInfo},
                                                 {"debug", LogLevel::kDebug}};

// Checks everything, or with "config" the configuration only.
CLI::Option* addCheck(CLI::App& app, std::string& what) {
  return app
      .add_option("--check", what,
                  "read configuration, map and report (with config: the configuration only), "
                  "print the result, and exit")
      ->type_name("[config]")
      ->expected(0, 1)
      ->check(CLI::IsMember({"config"}).description(""));
}

void addSource(CLI::App& app, std::string& source) {
  app.add_option("--source", source, "source of the adapters and their counters")
      ->type_name(sourceForms("|"))
      ->default_str(source)
      ->check([](const std::string& word) {
        return parseSourceChoice(word) ? "" : "'" + word + "' is not one of " + sourceForms(", ");
      });
}

void addLogLevel(CLI::App& app, LogLevel& level) {
  app.add_option("--log", level, "log level: error, warning, info or debug")
      ->type_name("LEVEL")
      ->default_str("info")
      ->transform(CLI::CheckedTransformer(kLevels, CLI::ignore_case).description(""));
}

// Net-SNMP would not find a relative folder again, and the SNMPv3 engine ID in it would be lost.
std::filesystem::path absoluteFolder(const std::filesystem::path& folder) {
  std::error_code none;
  const std::filesystem::path whole = std::filesystem::absolute(folder, none);
  return none ? folder : whole.lexically_normal();
}

}  // namespace

std::optional<std::filesystem::path> configFile(const Options& options) {
  std::error_code none;
  if (options.config_file || !std::filesystem::exists(kDefaultConfigFile, none)) {
    return options.config_file;
  }
  return kDefaultConfigFile;
}

std::string_view version() {
  return HVNET_VERSION;
}

ParsedOptions parseOptions(int argc, const char* const* argv) {
  Options out;
  bool show = false;
  std::string check;
  std::string config_file;
  std::string source(sourceKinds().front().word);
  std::string agentx;
  std::string listen;

  CLI::App app(
      "SNMP agent for router VMs: publishes the network adapters that a hypervisor gives them.",
      "hvnet-subagent");
  app.footer(footer());
  app.set_version_flag("--version", "hvnet-subagent " HVNET_VERSION);
  app.add_option("-c", config_file, "configuration file")
      ->type_name("FILE")
      ->default_str(kDefaultConfigFile);
  addSource(app, source);
  app.add_option("--state", out.state_folder, "state folder, with the index map")
      ->type_name("DIR")
      ->capture_default_str();
  auto* agentx_option =
      app.add_option("--agentx", agentx, "connect to the master agent at this address")
          ->type_name("ADDR")
          ->default_str("unix:/var/agentx/master");
  auto* standalone_option =
      app.add_option("--standalone", listen, "listen on a port, without a master agent")
          ->type_name("[ADDR]")
          ->expected(0, 1)
          ->default_str(kDefaultListen)
          ->excludes(agentx_option);
  auto* show_option = app.add_flag("--show", show, "print what would be published, and exit");
  app.add_flag("--json", out.json, "with --show: as JSON")->needs(show_option);
  app.add_flag("--watch", out.watch, "with --show: again every second")->needs(show_option);
  auto* check_option = addCheck(app, check)->excludes(show_option);
  app.add_flag("--rebuild-map", out.rebuild_map, "move the index map aside and start a new one")
      ->excludes(show_option, check_option);
  addLogLevel(app, out.log_level);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {out, app.exit(error)};
  }
  if (!config_file.empty()) out.config_file = config_file;
  out.state_folder = absoluteFolder(out.state_folder);
  out.source = parseSourceChoice(source).value_or(SourceChoice{});
  if (agentx_option->count() > 0) out.agentx = agentx;
  if (standalone_option->count() > 0) out.standalone = listen.empty() ? kDefaultListen : listen;
  if (show) out.action = Action::kShow;
  if (check_option->count() > 0) out.action = Action::kCheck;
  out.check_all = check.empty();
  return {std::move(out), std::nullopt};
}

}  // namespace hvnet
