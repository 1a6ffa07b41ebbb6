// Net-SNMP from start to shutdown: one a process.
//
// Threads: main thread only. To read the configuration may take as long as a name server takes to
// answer for the host names in it; reread() bounds that to a second for each server and name.
// Ownership: the log outlives the library; `config` is filled in and stays the caller's.
// Errors: every bad line of the configuration is an Error, "file:line: what is wrong".
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "config.h"
#include "snmp/callback_guard.h"
#include "snmp/config_glue.h"

namespace hvnet {

enum class Role {
  kNone,        // only reads the configuration
  kSubagent,    // joins a master
  kStandalone,  // an agent of its own
};

struct LibraryOptions {
  Role role = Role::kNone;
  std::optional<std::filesystem::path> config_file;  // must exist when given
  std::filesystem::path persistent_folder;           // SNMPv3 users and engine boots; standalone
  std::string agentx_address;    // empty: as the configuration or the library says
  std::string listen_addresses;  // of a standalone agent
};

class Library {
 public:
  // Initialises the library and reads the configuration into `config`. Every bad line is an
  // element of the error. Without any access line, an agent of its own lets loopback read with
  // the community "public", and says so. Net-SNMP's own messages go to `log` from here on.
  static tl::expected<std::unique_ptr<Library>, std::vector<Error>> start(
      const LibraryOptions& options, Config& config, Log& log);
  // Reads the configuration into `fresh` once more: access and sinks are as it says from here on.
  // What it complains of is the result; what is good is in force all the same. Where the master is
  // and where to listen stays as it was.
  std::vector<Error> reread(const std::optional<std::filesystem::path>& config_file, Config& fresh);
  // Stores what is persistent, and takes leave of the master.
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Where the master is, or should be.
  [[nodiscard]] static std::string agentxAddress();

 private:
  Library(LibraryOptions options, Log& log)
      : options_(std::move(options)), log_(&log), guard_(log) {}
  void initialise();
  void readAgain();
  static int onLog(int major, int minor, void* message, void* self);
  static int onConfigRead(int major, int minor, void* unused, void* self);
  void hear(int priority, std::string_view text);
  void completeConfig();
  void warnOfSilence(const ConfigReading& reading) const;

  LibraryOptions options_;
  Log* log_;
  CallbackGuard guard_;
  ConfigReading* reading_ = nullptr;  // while the configuration is being read
};

}  // namespace hvnet
