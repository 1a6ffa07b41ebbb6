#include "pipeline.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/file_layer.h"
#include "counters/counter_file.h"
#include "snapshot/describe/candidate.h"
#include "sources/settle.h"
#include "state/state_file.h"

namespace hvnet {
namespace {

constexpr char kSettingsFile[] = "settings.saved";
// The kernel's numbers are not ours.
constexpr char kSettingsByKernelFile[] = "settings.kernel.saved";

// The boot that the kernel is in, and this process's network namespace; empty when unknown.
std::string currentBootId() {
  const auto boot = realFiles().read("/proc/sys/kernel/random/boot_id");
  if (!boot || !*boot) return {};
  std::error_code unknown;
  const auto space = std::filesystem::read_symlink("/proc/self/ns/net", unknown);
  return (*boot)->substr(0, (*boot)->find('\n')) + "/" + space.string();
}

// Within what an interface's number means the same interface: one boot of the machine, and one
// source.
std::string countersOrigin(const Source& source) {
  const std::string boot = currentBootId();
  return boot.empty() || source.kernelIndexed() ? boot : boot + " " + source.name();
}

// Of this machine, or of the image that it was made from; empty when unknown.
std::string machineId() {
  const char* other = std::getenv("HVNET_MACHINE_ID");
  const auto id = realFiles().read(other != nullptr ? other : "/etc/machine-id");
  return id && *id ? (*id)->substr(0, (*id)->find('\n')) : std::string();
}

bool knowsAnAdapterOf(const SavedMap& map, const Source& source) {
  std::vector<Candidate> adapters;
  for (const SourceInterface& interface : source.interfaces()) {
    if (interface.profile != nullptr) adapters.push_back(candidateOf(interface));
  }
  // A report may come later.
  return adapters.empty() || knowsAnAdapter(map.entries, adapters);
}

// The map to begin with. The first one of a machine waits until all of its drivers are loaded. One
// of another machine is taken if it was moved here with an adapter, and not if it came with an
// image.
Result<IndexMap> firstMap(MapStore& store, Source& source, const Options& options,
                          const Config& config, Log& log) {
  Result<SavedMap> saved = store.load();
  if (!saved) return tl::unexpected(saved.error());
  const bool writes = options.action == Action::kServe;
  const std::string here = machineId();
  const bool elsewhere = !saved->machine.empty() && !here.empty() && saved->machine != here;
  if (writes && (saved->entries.empty() || elsewhere) && !settle(source)) {
    log.warning(
        "drivers are still being loaded after 30 s: numbering the interfaces that are here");
  }
  const bool moved = elsewhere && knowsAnAdapterOf(*saved, source);
  if (elsewhere && !moved) {
    log.warning("the index map is another machine's, and none of its adapters is here");
    if (writes) {
      if (auto aside = startAnew(options, log); !aside) return tl::unexpected(aside.error());
    }
    saved = SavedMap{};
  }
  // One of version 0.1.0 does not say whose it is. An image that is made of this machine must.
  const bool of_nobody = saved->machine.empty() && !here.empty() && !saved->entries.empty();
  Result<IndexMap> map = IndexMap::create(*std::move(saved), config.pins);
  // From now on it is this machine's. The store says it if the disk does not let it.
  if (map && (moved || of_nobody) && writes) (void)store.save(map->entries(), map->givenUpTo());
  return map;
}

}  // namespace

Result<std::unique_ptr<Source>> openSource(const Options& options, const Config& config, Log& log) {
  return options.source.kind->open(options.source.argument, config, log);
}

Result<IndexMap> loadMap(const MapStore& store, const Config& config) {
  Result<SavedMap> saved = store.load();
  if (!saved) return tl::unexpected(saved.error());
  return IndexMap::create(*std::move(saved), config.pins);
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
  const auto map = setAsideFile(MapStore::fileIn(options.state_folder));
  if (!map) return tl::unexpected(map.error());
  if (*map) log.warning("the old index map is now " + (*map)->string());
  const auto settings = setAsideFile(options.state_folder / kSettingsFile);
  if (!settings) return tl::unexpected(settings.error());
  if (*settings) log.warning("the SNMP settings of the old map are now " + (*settings)->string());
  const auto counters = setAsideFile(options.state_folder / kCounterFileName);
  if (!counters) return tl::unexpected(counters.error());
  if (*counters) log.warning("the counters of the old map are now " + (*counters)->string());
  return {};
}

Result<Sampler> makeSampler(const Options& options, const Config& config, SettingsStore& settings,
                            Log& log) {
  Result<std::unique_ptr<Source>> source = openSource(options, config, log);
  if (!source) return tl::unexpected(source.error());
  MapStore store(options.state_folder, log, realFiles(), machineId());
  Result<IndexMap> map = firstMap(store, **source, options, config, log);
  if (!map) return tl::unexpected(map.error());
  const bool writes = options.action == Action::kServe;
  if (writes && config.publish.index_order == IndexOrder::kHypervisor) {
    settings.keepOnly(map->entries());
  }
  const bool served_before = writes && (options.rebuild_map || !map->entries().empty());
  MapKeeper numbers(std::move(*map), writes ? std::optional(store) : std::nullopt, log);
  using Access = CounterStorage::Access;
  using Numbers = CounterTotals::Numbers;
  RowCounters counters({.folder = options.state_folder,
                        .access = writes ? Access::kReadWrite : Access::kReadOnly,
                        .origin = countersOrigin(**source),
                        .served_before = served_before},
                       (*source)->kernelIndexed() ? Numbers::kDevices : Numbers::kMadeUp, log);
  AgentFacts about;
  about.version = version();
  about.sample_interval = config.sample_interval;
  Sampler sampler(std::move(*source), std::move(numbers), std::move(counters), config.publish,
                  std::move(about), log);
  sampler.follow(settings);
  return sampler;
}

}  // namespace hvnet
