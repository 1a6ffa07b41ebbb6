#include "options.h"

#include <CLI/CLI.hpp>
#include <map>

#include "config.h"

namespace hvnet {
namespace {

std::string footer() {
  std::string text = "\nConfiguration (snmpd.conf's own syntax; Net-SNMP's tokens work too):\n";
  for (const Directive& directive : directives()) {
    std::string line = "  " + std::string(directive.name) + " " + std::string(directive.arguments);
    line.resize(std::max<std::size_t>(line.size() + 1, 45), ' ');
    text += line + std::string(directive.meaning) + "\n";
  }
  return text +
         "\nEnvironment:\n"
         "  HVNET_SYSFS_ROOT                           a folder that stands for /sys\n"
         "  HVNET_ETHTOOL_ROOT                         <ifname>/statistics: what ethtool -S "
         "prints\n";
}

const std::map<std::string, LogLevel> kLevels = {{"error", LogLevel::kError},
                                                 {"warning", LogLevel::kWarning},
                                                 {"info", LogLevel::kInfo},
                                                 {"debug", LogLevel::kDebug}};

// Of everything, or with "config" of the configuration alone.
CLI::Option* addCheck(CLI::App& app, std::string& what) {
  return app
      .add_option("--check", what,
                  "read configuration, map and report (or: config, only that), say what was found, "
                  "and exit")
      ->type_name("[config]")
      ->expected(0, 1)
      ->check(CLI::IsMember({"config"}).description(""));
}

}  // namespace

std::optional<SourceChoice> parseSourceChoice(std::string_view word) {
  constexpr std::string_view kReport = "report:";
  if (word == "linux") return SourceChoice{};
  if (!word.starts_with(kReport) || word.size() == kReport.size()) return std::nullopt;
  return SourceChoice{SourceChoice::Kind::kReport, word.substr(kReport.size())};
}

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
  std::string source = "linux";
  std::string agentx;
  std::string listen;

  CLI::App app("Tells SNMP the truth about a virtual router's network adapters.", "hvnet-subagent");
  app.footer(footer());
  app.set_version_flag("--version", "hvnet-subagent " HVNET_VERSION);
  app.add_option("-c", config_file, "configuration file")
      ->type_name("FILE")
      ->default_str(kDefaultConfigFile);
  app.add_option("--source", source, "where adapters and counters come from")
      ->type_name("linux|report:FILE")
      ->default_str("linux")
      ->check([](const std::string& word) {
        return parseSourceChoice(word) ? "" : "'" + word + "' is neither linux nor report:FILE";
      });
  app.add_option("--state", out.state_folder, "folder of the index map")
      ->type_name("DIR")
      ->capture_default_str();
  auto* agentx_option = app.add_option("--agentx", agentx, "join the master agent at this address")
                            ->type_name("ADDR")
                            ->default_str("unix:/var/agentx/master");
  auto* standalone_option =
      app.add_option("--standalone", listen, "listen by itself, without a master")
          ->type_name("[ADDR]")
          ->expected(0, 1)
          ->default_str(kDefaultListen)
          ->excludes(agentx_option);
  auto* show_option = app.add_flag("--show", show, "print what would be published, and exit");
  app.add_flag("--json", out.json, "with --show: as JSON")->needs(show_option);
  app.add_flag("--watch", out.watch, "with --show: draw it anew every second")->needs(show_option);
  auto* check_option = addCheck(app, check)->excludes(show_option);
  app.add_flag("--rebuild-map", out.rebuild_map, "move the index map aside and start a new one")
      ->excludes(show_option, check_option);
  app.add_option("--log", out.log_level, "error, warning, info or debug")
      ->type_name("LEVEL")
      ->default_str("info")
      ->transform(CLI::CheckedTransformer(kLevels, CLI::ignore_case).description(""));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {out, app.exit(error)};
  }
  if (!config_file.empty()) out.config_file = config_file;
  out.source = parseSourceChoice(source).value_or(SourceChoice{});
  if (agentx_option->count() > 0) out.agentx = agentx;
  if (standalone_option->count() > 0) out.standalone = listen.empty() ? kDefaultListen : listen;
  if (show) out.action = Action::kShow;
  if (check_option->count() > 0) out.action = Action::kCheck;
  out.check_all = check.empty();
  return {std::move(out), std::nullopt};
}

}  // namespace hvnet
