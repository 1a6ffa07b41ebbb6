#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "snmp/callback_guard.h"
#include "snmp/library.h"
#include "snmp/net_snmp.h"
#include "snmp/reply.h"
#include "snmp/server.h"
#include "snmp/session.h"

namespace hvnet {
namespace {

// Who may not even look into the folder of a socket has not come to the socket's own permissions.
std::string whoClosesIt(const std::filesystem::path& socket) {
  struct stat info {};
  const bool folder_closed = ::stat(socket.c_str(), &info) != 0 && errno == EACCES;
  return folder_closed ? " (the folder " + socket.parent_path().string() +
                             " is closed to this user; run hvnet-setup-snmpd, or chmod 0755)"
                       : " (is this user in the group of the socket? see agentXPerms)";
}

// The library does not say why it could not connect; for a socket file we can find out.
std::string whyUnreachable(std::string_view address) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix)) address.remove_prefix(kUnix.size());
  sockaddr_un name{};
  if (!address.starts_with('/') || address.size() >= sizeof name.sun_path) return {};
  name.sun_family = AF_UNIX;
  address.copy(name.sun_path, address.size());
  const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto* where = reinterpret_cast<const sockaddr*>(&name);
  if (!fd || ::connect(fd.get(), where, sizeof name) == 0) return {};
  std::string why = std::string(": ") + std::strerror(errno);
  if (errno == EACCES) why += whoClosesIt(std::string(address));
  return why;
}

// Instead of the library's own, which asks for the socket's name at each message, for nobody, and
// loses what it has allocated when a master that was killed leaves something of ours unread.
int receive(netsnmp_transport* transport, void* buffer, int size, void** opaque, int* length) {
  *opaque = nullptr;
  *length = 0;
  ssize_t got = 0;
  do {
    got = ::recv(transport->sock, buffer, static_cast<std::size_t>(size), MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  return static_cast<int>(got);
}

bool isLocal(int socket) {
  int domain = 0;
  socklen_t size = sizeof domain;
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

// A standard table, which the master or a `pass` line of its configuration may serve as well.
// Nobody else has HVNET-MIB.
bool mayHaveRivals(const Subtree& subtree) {
  constexpr std::array<SubId, 6> kMib2 = {1, 3, 6, 1, 2, 1};
  return !isScalar(*subtree.table) &&
         std::ranges::equal(OidView(subtree.root).first(kMib2.size()), kMib2);
}

// All columns in one registration (RFC 2741 §6.2.3). A refusal is logged by the library, and the
// table is still there at its root.
void registerColumnsOf(const Table& table, netsnmp_session& master) {
  std::vector<oid> first(table.entry.begin(), table.entry.end());
  first.push_back(table.columns.front().number);
  agentx_register(&master, first.data(), first.size(), kPriority, static_cast<int>(first.size()),
                  table.columns.back().number, 0, 0, nullptr);
}

class AgentxSession final : public Session {
 public:
  AgentxSession(SnapshotStore& store, SettingsStore& settings, Log& log)
      : server_(store, settings, log), log_(&log), guard_(log) {
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START,
                           &AgentxSession::onJoined, this);
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                           &AgentxSession::onLeft, this);
    if (main_session != nullptr) {
      joined(*main_session);
    } else {
      const std::string address = Library::agentxAddress();
      log_->warning("no master agent at " + address + whyUnreachable(address) +
                    "; trying again every second");
    }
  }

  ~AgentxSession() override {
    snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START,
                             &AgentxSession::onJoined, this, 1);
    snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                             &AgentxSession::onLeft, this, 1);
    if (main_session != nullptr) leave(*main_session);
  }

  [[nodiscard]] std::string status() const override {
    return (joined_ ? "joined " : "no master agent at ") + Library::agentxAddress();
  }

  Result<void> registerTables() { return server_.registerTables(); }

 private:
  static int onJoined(int /*major*/, int /*minor*/, void* session, void* self) {
    auto& ours = *static_cast<AgentxSession*>(self);
    return ours.guard_.run(SNMPERR_SUCCESS, [&] {
      ours.joined(*static_cast<netsnmp_session*>(session));
      return SNMPERR_SUCCESS;
    });
  }

  static int onLeft(int /*major*/, int /*minor*/, void* /*session*/, void* self) {
    auto& ours = *static_cast<AgentxSession*>(self);
    return ours.guard_.run(SNMPERR_SUCCESS, [&] {
      ours.left();
      return SNMPERR_SUCCESS;
    });
  }

  void left() {
    joined_ = false;
    statusChanged();
    log_->warning("the master agent at " + Library::agentxAddress() +
                  " is gone; trying again every second");
  }

  void joined(netsnmp_session& session) {
    session.callback = &AgentxSession::onPacket;
    session.callback_magic = this;
    if (auto* transport = snmp_sess_transport(snmp_sess_pointer(&session))) {
      transport->f_recv = &receive;
      // The library begins to ping after this.
      if (isLocal(transport->sock)) snmp_alarm_register_hr({0, 1}, 0, &stopPinging, nullptr);
    }
    joined_ = true;
    server_.readUptime();
    registerColumns(session);
    log_->info("joined the master agent at " + Library::agentxAddress());
    statusChanged();
  }

  // The library registers the tables' roots, which keep walks from other agents' rows. A `pass`
  // line for one column is a longer OID and would win over a root, so that the columns are
  // registered, too. The library is not told of these: it splits a root at each OID below it,
  // registers the pieces as often as it has pieces when the master comes back, and never frees
  // them.
  void registerColumns(netsnmp_session& master) const {
    for (const Subtree& subtree : server_.mib().subtrees()) {
      if (mayHaveRivals(subtree)) registerColumnsOf(*subtree.table, master);
    }
  }

  // The library asks each second whether the master is still there, and does nothing else until it
  // answers. A socket on this machine tells by itself when the master ends, and one that hangs is
  // waited for.
  static void stopPinging(unsigned int /*alarm*/, void* /*self*/) {
    if (main_session == nullptr || main_session->securityModel == SNMP_DEFAULT_SECMODEL) return;
    snmp_alarm_unregister(static_cast<unsigned int>(main_session->securityModel));
    main_session->securityModel = SNMP_DEFAULT_SECMODEL;
  }

  // In one message, where the library would take back each table and then say good-bye. A master
  // that hangs does not hold us up for long.
  static void leave(netsnmp_session& session) {
    session.callback = handle_agentx_packet;
    session.callback_magic = nullptr;
    session.timeout = 1'000'000;  // microseconds
    agentx_unregister_callbacks(&session);
    agentx_close_session(&session, kAgentxCloseShutdown);
  }

  static int onPacket(int operation, netsnmp_session* session, int reqid, netsnmp_pdu* pdu,
                      void* self) {
    const bool ours = operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE &&
                      (pdu->command == kAgentxGet || pdu->command == kAgentxGetNext);
    if (ours && self != nullptr) return static_cast<AgentxSession*>(self)->answer(*session, *pdu);
    // The library takes a magic of this callback for the state of a synchronous request.
    return handle_agentx_packet(operation, session, reqid, pdu, nullptr);
  }

  int answer(netsnmp_session& session, netsnmp_pdu& request) {
    // The master speaks, so it need not be pinged now; the library keeps the alarm's number here.
    if (session.securityModel != SNMP_DEFAULT_SECMODEL) {
      snmp_alarm_reset(static_cast<unsigned int>(session.securityModel));
    }
    const long error = guard_.run<long>(SNMP_ERR_GENERR, [&] {
      server_.answerAgentx(request);
      return SNMP_ERR_NOERROR;
    });
    request.version = session.version;
    sendReply(session, request, kAgentxResponse, error);
    return 1;
  }

  Server server_;
  Log* log_;
  CallbackGuard guard_;
  bool joined_ = false;
};

}  // namespace

Result<std::unique_ptr<Session>> openAgentxSession(SnapshotStore& store, SettingsStore& settings,
                                                   Log& log) {
  auto session = std::make_unique<AgentxSession>(store, settings, log);
  if (const auto registered = session->registerTables(); !registered) {
    return tl::unexpected(registered.error());
  }
  return session;
}

}  // namespace hvnet
