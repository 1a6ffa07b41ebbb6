#include "snmp/library.h"

#include <resolv.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "snmp/net_snmp.h"

namespace hvnet {
namespace {

void setDefault(int which, const std::string& value) {
  netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, which, value.c_str());
}

// Once and for 5 s, instead of six times and for a minute: a stream loses nothing, so that what is
// said again would only be told twice, and meanwhile nothing else is done here.
void limitWaitForMaster() {
  constexpr int kSeconds = 5;
  netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_TIMEOUT, kSeconds);
  netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_RETRIES, 0);
}

// Who reads a file again has just had every host name in it looked up by another process. Should
// the name server fall silent in between, this thread, which serves, does not wait for it for long.
void boundNameLookups() {
  ::res_init();
  _res.retrans = 1;  // seconds
  _res.retry = 1;
}

void setAgentxAddress(const std::string& address) {
  netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address.c_str());
}

LogLevel levelOf(int priority) {
  if (priority <= LOG_ERR) return LogLevel::kError;
  if (priority <= LOG_WARNING) return LogLevel::kWarning;
  return LogLevel::kDebug;  // the library is talkative: its "info" is our "debug"
}

// One file may serve both kinds of session, but the library knows these tokens only where they have
// an effect.
constexpr std::array kOnlyForSubagents = {"agentXPingInterval"};
constexpr std::array kOnlyForMasters = {"informsink", "sysContact",  "sysDescr",    "sysLocation",
                                        "sysName",    "sysObjectID", "sysServices", "trap2sink",
                                        "trapsess",   "trapsink"};

template <class Tokens>
void ignore(const Tokens& tokens) {
  for (const char* token : tokens) {
    register_config_handler(
        kApplicationType, token, [](const char*, char*) {}, nullptr, nullptr);
  }
}

// Said better elsewhere, or not worth a warning.
bool isNoNews(std::string_view message) {
  constexpr std::array<std::string_view, 5> kNoNews = {
      "Error opening specified endpoint",  // standalone_session.cpp says it with the reason
      // A Counter64 is not for SNMPv1 (RFC 3584 §3.2), and it is said even if nobody speaks that.
      "send_trap: v1 traps can't carry Counter64",
      "send_trap: failed to convert v2->v1 template",
      // Anybody who can reach the port could fill the log with these.
      "Bad PDU type received",
      "bad type returned",
  };
  return std::ranges::any_of(kNoNews, [&](auto start) { return message.starts_with(start); });
}

std::vector<Error> errorsOf(const ConfigReading& reading) {
  std::vector<Error> errors;
  for (const std::string& problem : reading.problems()) errors.push_back({problem});
  return errors;
}

std::string_view withoutNewline(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

tl::expected<std::unique_ptr<Library>, std::vector<Error>> Library::start(
    const LibraryOptions& options, Config& config, Log& log) {
  if (options.config_file) {
    // The library would take a file that it cannot open for an empty one.
    if (::access(options.config_file->c_str(), R_OK) != 0) {
      const Error why = failErrno("configuration " + options.config_file->string()).value();
      return tl::unexpected(std::vector<Error>{why});
    }
  }
  std::unique_ptr<Library> library(new Library(options, log));
  ConfigReading reading(config);
  library->reading_ = &reading;
  library->initialise();
  library->reading_ = nullptr;
  library->warnOfSilence(reading);
  if (reading.problems().empty()) return library;
  return tl::unexpected(errorsOf(reading));
}

std::vector<Error> Library::reread(const std::optional<std::filesystem::path>& config_file,
                                   Config& fresh) {
  options_.config_file = config_file;
  boundNameLookups();
  const std::string address = agentxAddress();
  // Else a line that is gone would seem to be there still.
  netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, nullptr);
  ConfigReading reading(fresh);
  reading.watchTokens();
  reading_ = &reading;
  readAgain();
  reading_ = nullptr;
  const bool moved = options_.role == Role::kSubagent && options_.agentx_address.empty() &&
                     agentxAddress() != address;
  if (moved) log_->warning("agentXSocket has changed; restart to apply it");
  setAgentxAddress(address);
  warnOfSilence(reading);
  return errorsOf(reading);
}

void Library::readAgain() {
  const char* file = options_.config_file ? options_.config_file->c_str() : nullptr;
  netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OPTIONALCONFIG, file);
  if (options_.role == Role::kStandalone) {
    update_config();
    return;
  }
  // The library's own way would also open a second session with the master.
  free_config();
  if (file != nullptr) read_config_with_type(file, kApplicationType);
}

void Library::initialise() {
  // No MIB text is needed, and none is looked for.
  ::setenv("MIBS", "", 1);
  snmp_disable_log();
  netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
  snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, &Library::onLog, this);

  const bool subagent = options_.role == Role::kSubagent;
  if (subagent) netsnmp_enable_subagent();
  netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
  // agentx_session.cpp says it once, and better.
  netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
  // Not a line for every request.
  netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS,
                         1);
  if (options_.role == Role::kStandalone) {
    set_persistent_directory(options_.persistent_folder.c_str());
    // No configuration but ours is searched for. (The same folder again would be read twice, and
    // the library does not take an engine ID twice.)
    set_configuration_directory((options_.persistent_folder / "none").c_str());
  } else {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
  }
  if (options_.config_file) {
    setDefault(NETSNMP_DS_LIB_OPTIONALCONFIG, options_.config_file->string());
  }

  // An old protocol on a privileged port, which a master would open unasked.
  char no_smux[] = "-smux";
  add_to_init_list(no_smux);
  init_agent(kApplicationType);
  if (subagent) {
    // Access lines have no effect here, but are understood.
    init_vacm_conf();
    init_usmConf();
    ignore(kOnlyForMasters);
  } else {
    // What every manager asks for first: sysDescr, sysObjectID, sysUpTime, sysName.
    init_system_mib();
    init_sysORTable();
    ignore(kOnlyForSubagents);
  }
  reading_->watchTokens();
  netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, 1);
  if (subagent) limitWaitForMaster();
  // Ahead of the library's own reaction, which is to connect.
  netsnmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG,
                            &Library::onConfigRead, this, NETSNMP_CALLBACK_HIGHEST_PRIORITY);
  init_snmp(kApplicationType);
}

Library::~Library() {
  // At its shutdown the library frees what is still registered as a callback's argument.
  snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, &Library::onLog, this, 1);
  snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG,
                           &Library::onConfigRead, this, 1);
  snmp_shutdown(kApplicationType);
  shutdown_agent();
}

std::string Library::agentxAddress() {
  const char* address = netsnmp_ds_get_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET);
  // The library's default, NETSNMP_AGENTX_SOCKET.
  return address != nullptr ? address : "unix:/var/agentx/master";
}

int Library::onLog(int /*major*/, int /*minor*/, void* message, void* self) {
  auto& library = *static_cast<Library*>(self);
  const auto& entry = *static_cast<const snmp_log_message*>(message);
  return library.guard_.run(SNMPERR_SUCCESS, [&] {
    library.hear(entry.priority, withoutNewline(entry.msg));
    return SNMPERR_SUCCESS;
  });
}

void Library::hear(int priority, std::string_view text) {
  if (reading_ != nullptr && priority <= LOG_WARNING) {
    reading_->addProblem(text);
  } else if (isNoNews(text)) {
    log_->debug(text);
  } else {
    log_->write(levelOf(priority), text);
  }
}

int Library::onConfigRead(int /*major*/, int /*minor*/, void* /*unused*/, void* self) {
  auto& library = *static_cast<Library*>(self);
  return library.guard_.run(SNMPERR_SUCCESS, [&] {
    library.completeConfig();
    return SNMPERR_SUCCESS;
  });
}

// The lines are read; the library has not acted on them yet.
void Library::completeConfig() {
  if (!options_.agentx_address.empty()) setAgentxAddress(options_.agentx_address);
  // A subagent leaves access control to its master.
  if (options_.role == Role::kSubagent || vacm_is_configured() != 0) return;
  char ipv4[] = "rocommunity public 127.0.0.1";
  char ipv6[] = "rocommunity6 public ::1";
  netsnmp_config(ipv4);
  netsnmp_config(ipv6);
  if (options_.role == Role::kStandalone) {
    log_->warning(
        "no access line (rocommunity, rouser, ...) in the configuration: community \"public\" may "
        "read, from loopback only");
  }
}

// Net-SNMP has access lines for IPv4 and others for IPv6, and drops a request without a word.
void Library::warnOfSilence(const ConfigReading& reading) const {
  if (!listensOnIpv6(options_.listen_addresses) || !reading.communitiesForIpv4Only()) return;
  log_->warning(
      "no IPv6 client will get an answer by a community: rocommunity, rwcommunity and com2sec are "
      "for IPv4; add rocommunity6 COMMUNITY [SOURCE], or rwcommunity6 or com2sec6");
}

}  // namespace hvnet
