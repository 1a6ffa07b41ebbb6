#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/unique_fd.h"
#include "snmp/library.h"
#include "snmp/net_snmp.h"
#include "snmp/reply.h"
#include "snmp/server.h"
#include "snmp/session.h"

namespace hvnet {
namespace {

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
  if (errno == EACCES) why += " (is this user in the group of the socket? see agentXPerms)";
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

class AgentxSession final : public Session {
 public:
  AgentxSession(SnapshotStore& store, SettingsStore& settings, Log& log)
      : server_(store, settings), log_(&log) {
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
    static_cast<AgentxSession*>(self)->joined(*static_cast<netsnmp_session*>(session));
    return SNMPERR_SUCCESS;
  }

  static int onLeft(int /*major*/, int /*minor*/, void* /*session*/, void* self) {
    auto& session = *static_cast<AgentxSession*>(self);
    session.joined_ = false;
    session.log_->warning("the master agent at " + Library::agentxAddress() +
                          " is gone; trying again every second");
    return SNMPERR_SUCCESS;
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
    server_.takeUptime();
    log_->info("joined the master agent at " + Library::agentxAddress());
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
    server_.answerAgentx(request);
    request.version = session.version;
    sendReply(session, request, kAgentxResponse);
    return 1;
  }

  Server server_;
  Log* log_;
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
