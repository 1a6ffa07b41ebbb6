// hvnet-subagent: reads the options and the configuration, and shows, checks or serves.

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/folder_lock.h"
#include "config.h"
#include "options.h"
#include "pipeline.h"
#include "reload.h"
#include "service_manager.h"
#include "show.h"
#include "snapshot/publish/poller.h"
#include "snmp/event_loop.h"
#include "snmp/library.h"
#include "snmp/notifier.h"
#include "snmp/session.h"

namespace hvnet {
namespace {

int report(Log& log, const Error& error) {
  log.error(error.text);
  return EXIT_FAILURE;
}

LibraryOptions libraryOptions(const Options& options) {
  LibraryOptions out;
  if (options.action == Action::kServe) {
    out.role = options.standalone ? Role::kStandalone : Role::kSubagent;
  }
  out.config_file = configFile(options);
  out.persistent_folder = options.state_folder / "snmp";
  out.agentx_address = options.agentx.value_or("");
  out.listen_addresses = options.standalone.value_or("");
  return out;
}

// Between two samples, whatever sampleInterval says: a person waits for it.
constexpr std::chrono::seconds kShowInterval{1};

int show(const Options& options, const Config& config, Log& log) {
  auto settings = openSettings(options, config, log);
  if (!settings) return report(log, settings.error());
  Result<Sampler> sampler = makeSampler(options, config, **settings, log);
  if (!sampler) return report(log, sampler.error());
  SnapshotPtr before = sampler->sample(Clock::now());
  do {
    std::this_thread::sleep_for(kShowInterval);
    sampler->takeEvents(Clock::now());
    SnapshotPtr now = sampler->sample(Clock::now());
    if (options.watch && !options.json) std::fputs("\033[H\033[J", stdout);
    std::fputs((options.json ? showJson : showTable)(*before, *now).c_str(), stdout);
    std::fflush(stdout);
    before = std::move(now);
  } while (options.watch && std::ferror(stdout) == 0);
  return EXIT_SUCCESS;
}

// A start does not stop at a report that is missing or refused: a good one may come. Whoever checks
// wants to know.
Result<void> checkSource(const Options& options, const Config& config, Log& log) {
  auto source = openSource(options, config, log);
  if (!source) return tl::unexpected(source.error());
  std::vector<Sample> samples;
  if (auto read = (*source)->sample(samples, Clock::now()); !read) {
    return tl::unexpected(read.error());
  }
  std::printf("%s: %s, %zu adapters\n", std::string(options.source.kind->word).c_str(),
              options.source.argument.c_str(), samples.size());
  return {};
}

int check(const Options& options, const LibraryOptions& read, const Config& config, Log& log) {
  std::printf("configuration: %s\n",
              read.config_file ? read.config_file->c_str() : "none, all defaults");
  if (!options.check_all) return EXIT_SUCCESS;
  const MapStore store(options.state_folder, log);
  const Result<IndexMap> map = loadMap(store, config);
  if (!map) return report(log, map.error());
  const auto settings = openSettings(options, config, log);
  if (!settings) return report(log, settings.error());
  std::printf("pinned interfaces: %zu\n", config.pins.size());
  std::printf("index map: %s, %zu interfaces known\n",
              MapStore::fileIn(options.state_folder).c_str(), map->entries().size());
  std::printf("settings: %s, %zu interfaces\n", settingsFile(options, config).c_str(),
              (*settings)->current()->size());
  if (!options.source.kind->checked) return EXIT_SUCCESS;
  if (auto checked = checkSource(options, config, log); !checked) {
    return report(log, checked.error());
  }
  return EXIT_SUCCESS;
}

std::string statusOf(const SnapshotStore& store, const Session& session) {
  return showStatus(*store.current()) + ", " + session.status();
}

// Tells the manager that we serve, and how we are for as long as the loop runs.
Result<void> reportTo(ServiceManager& manager, EventLoop& loop, const Poller& poller,
                      const SnapshotStore& store, Session& session) {
  const auto report = [&] { manager.report(statusOf(store, session), poller.alive(Clock::now())); };
  manager.ready(statusOf(store, session));
  session.onStatusChange(report);
  const auto interval = manager.reportInterval();
  if (!interval) return {};
  return loop.every(*interval, report);
}

int serve(const Options& options, const Config& config, Library& library, Log& log) {
  // Before any thread starts, so that all of them leave signals to this one.
  Result<EventLoop> loop = EventLoop::create();
  if (!loop) return report(log, loop.error());
  if (options.rebuild_map) {
    if (auto aside = startAnew(options, log); !aside) return report(log, aside.error());
  }
  auto settings = openSettings(options, config, log);
  if (!settings) return report(log, settings.error());
  Result<Sampler> sampler = makeSampler(options, config, **settings, log);
  if (!sampler) return report(log, sampler.error());
  auto store = SnapshotStore::create();
  if (!store) return report(log, store.error());
  auto poller = Poller::start(std::move(*sampler), **store, config.sample_interval);
  if (!poller) return report(log, poller.error());

  auto session = options.standalone
                     ? openStandaloneSession(**store, **settings, *options.standalone, log)
                     : openAgentxSession(**store, **settings, log);
  if (!session) return report(log, session.error());
  const auto notifier = Notifier::start(**store, *loop, log);
  if (!notifier) return report(log, notifier.error());
  log.info("serving " + std::to_string((*store)->current()->interfaces->rows.size()) +
           " interfaces");
  ServiceManager manager;
  if (const auto watched = reportTo(manager, *loop, **poller, **store, **session); !watched) {
    return report(log, watched.error());
  }
  const auto reload =
      Reload::create({.options = &options,
                      .library = &library,
                      .poller = poller->get(),
                      .log = &log,
                      .began = [&] { manager.reloading(); },
                      .ended = [&] { manager.ready(statusOf(**store, **session)); }},
                     config, *loop);
  if (!reload) return report(log, reload.error());
  loop->run();
  log.info("stopping");
  manager.stopping();
  return EXIT_SUCCESS;
}

int run(const Options& options) {
  StreamLog log(STDERR_FILENO, options.log_level, std::getenv("JOURNAL_STREAM") != nullptr);
  // Before the library, which writes there, too.
  Result<std::optional<FolderLock>> lock;
  if (options.action == Action::kServe) lock = FolderLock::take(options.state_folder);
  if (!lock) return report(log, lock.error());
  Config config;
  const LibraryOptions library_options = libraryOptions(options);
  const auto library = Library::start(library_options, config, log);
  if (!library) {
    for (const Error& error : library.error()) log.error(error.text);
    return EXIT_FAILURE;
  }
  switch (options.action) {
    case Action::kShow:
      return show(options, config, log);
    case Action::kCheck:
      return check(options, library_options, config, log);
    case Action::kServe:
      break;
  }
  return serve(options, config, **library, log);
}

}  // namespace
}  // namespace hvnet

int main(int argc, char** argv) try {
  // Each request allocates and frees a little; giving the top of the heap back to the kernel in
  // between costs more than answering.
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
  const hvnet::ParsedOptions parsed = hvnet::parseOptions(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  return hvnet::run(parsed.options);
} catch (const std::exception& error) {
  // Out of memory, before there is anything to serve or to save.
  std::fprintf(stderr, "hvnet-subagent: %s\n", error.what());
  return EXIT_FAILURE;
}
