#include "pipeline.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "counters/linux/linux_source.h"
#include "counters/report/report_source.h"

namespace hvnet {
namespace {

constexpr char kSettingsFile[] = "settings.saved";
// The kernel's numbers are not ours.
constexpr char kSettingsByKernelFile[] = "settings.kernel.saved";

LinuxSourceOptions sourceOptions(const Config& config) {
  LinuxSourceOptions out;
  if (const char* root = std::getenv("HVNET_SYSFS_ROOT")) out.sysfs_root = root;
  if (const char* root = std::getenv("HVNET_ETHTOOL_ROOT")) out.ethtool_root = root;
  out.adapter_rules = config.adapter_rules;
  return out;
}

// Within what a port's number means the same port: one boot of the machine, and one source.
std::string countersOrigin(const Source& source) {
  const std::string boot = currentBootId();
  return boot.empty() || source.kernelIndexed() ? boot : boot + " " + source.name();
}

}  // namespace

Result<std::unique_ptr<Source>> openSource(const Options& options, const Config& config, Log& log) {
  if (options.source.kind == SourceChoice::Kind::kReport) {
    return ReportSource::open({options.source.report, config.boot_log}, Clock::now());
  }
  if (config.boot_log) log.warning("bootLog is for --source report:FILE and is not read");
  return LinuxSource::open(sourceOptions(config));
}

Result<IndexMap> loadMap(const MapStore& store, const Config& config) {
  Result<std::vector<MapEntry>> entries = store.load();
  if (!entries) return tl::unexpected(entries.error());
  return IndexMap::create(std::move(*entries), config.pins);
}

std::filesystem::path settingsFile(const Options& options, const Config& config) {
  const bool kernel = config.publish.index_order == IndexOrder::kKernel;
  return options.state_folder / (kernel ? kSettingsByKernelFile : kSettingsFile);
}

Result<std::unique_ptr<SettingsStore>> openSettings(const Options& options, const Config& config,
                                                    Log& log) {
  return SettingsStore::open(settingsFile(options, config), log);
}

Result<void> startAnew(const Options& options, Log& log) {
  const auto map = MapStore(options.state_folder).setAside();
  if (!map) return tl::unexpected(map.error());
  if (*map) log.warning("the old index map is now " + (*map)->string());
  const auto settings = SettingsStore::setAside(options.state_folder / kSettingsFile);
  if (!settings) return tl::unexpected(settings.error());
  if (*settings) log.warning("what was SET by the old map is now " + (*settings)->string());
  return {};
}

Result<Sampler> makeSampler(const Options& options, const Config& config, SettingsStore& settings,
                            Log& log) {
  MapStore store(options.state_folder);
  Result<IndexMap> map = loadMap(store, config);
  if (!map) return tl::unexpected(map.error());
  Result<std::unique_ptr<Source>> source = openSource(options, config, log);
  if (!source) return tl::unexpected(source.error());
  const std::vector<MapEntry> known = map->entries();
  const bool writes = options.action == Action::kServe;
  MapKeeper numbers(std::move(*map), writes ? std::optional(store) : std::nullopt, log);
  using Access = CounterKeeper::Access;
  CounterKeeper totals(options.state_folder, writes ? Access::kReadWrite : Access::kReadOnly,
                       countersOrigin(**source), log);
  if (writes && config.publish.index_order == IndexOrder::kHypervisor) settings.keepOnly(known);
  AgentFacts about;
  about.version = version();
  about.sample_interval = config.sample_interval;
  Sampler sampler(std::move(*source), std::move(numbers), std::move(totals), config.publish,
                  std::move(about), log);
  sampler.follow(settings);
  return sampler;
}

}  // namespace hvnet
