// Lays the line from the source to the sampler, as options and configuration say.
//
// Threads: main thread, before there is another. Each may block on the disk and the kernel.
// Ownership: what is opened or made is the caller's; settings and log outlive the sampler.
// Errors: what cannot be read or opened is an Error with its file.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "config.h"
#include "ifmap/map_store.h"
#include "options.h"
#include "snapshot/publish/sampler.h"
#include "snapshot/settings_store.h"

namespace hvnet {

Result<std::unique_ptr<Source>> openSource(const Options& options, const Config& config, Log& log);
// With the configuration's pins; no map yet is an empty one.
Result<IndexMap> loadMap(const MapStore& store, const Config& config);
std::filesystem::path settingsFile(const Options& options, const Config& config);
Result<std::unique_ptr<SettingsStore>> openSettings(const Options& options, const Config& config,
                                                    Log& log);
// For --rebuild-map: the numbers are given anew, and what was SET goes by them. Says where the old
// ones are.
Result<void> startAnew(const Options& options, Log& log);
// Reads the map and the saved counters. Only one that serves ever writes them. `settings` and `log`
// outlive the sampler.
Result<Sampler> makeSampler(const Options& options, const Config& config, SettingsStore& settings,
                            Log& log);

}  // namespace hvnet
