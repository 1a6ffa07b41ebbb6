#include <cerrno>
#include <cstring>

#include "snmp/callback_guard.h"
#include "snmp/net_snmp.h"
#include "snmp/reply.h"
#include "snmp/server.h"
#include "snmp/session.h"

namespace hvnet {
namespace {

class StandaloneSession final : public Session {
 public:
  StandaloneSession(SnapshotStore& store, SettingsStore& settings, Log& log)
      : server_(store, settings, log), guard_(log) {}
  ~StandaloneSession() override { shutdown_master_agent(); }

  [[nodiscard]] std::string status() const override { return "listening on " + address_; }

  Result<void> open(const std::string& address) {
    address_ = address;
    if (auto registered = server_.registerTables(); !registered) return registered;
    netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_PORTS, address.c_str());
    errno = 0;
    if (init_master_agent() != 0) {
      const std::string what = "cannot listen on " + address;
      // The library resolves the address itself; the kernel has not been asked then.
      return errno != 0 ? failErrno(what) : fail(what + ": not an address of this machine");
    }
    server_.readUptime();
    // The library calls its first listening session so; requests to further addresses go the
    // library's way, with the same answers.
    main_session->callback = &StandaloneSession::onPacket;
    main_session->callback_magic = this;
    return {};
  }

 private:
  static int onPacket(int operation, netsnmp_session* session, int reqid, netsnmp_pdu* pdu,
                      void* self) {
    const bool get_v2c = operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE &&
                         pdu->command == SNMP_MSG_GET && pdu->version == SNMP_VERSION_2c;
    if (get_v2c && static_cast<StandaloneSession*>(self)->answer(*session, *pdu)) return 1;
    // The library takes a magic of this callback for a request that is under way.
    return handle_snmp_packet(operation, session, reqid, pdu, nullptr);
  }

  bool answer(netsnmp_session& session, netsnmp_pdu& pdu) {
    enum class Outcome { kNotOurs, kAnswered, kFailed };
    const Outcome outcome = guard_.run(Outcome::kFailed, [&] {
      return server_.answerGet(pdu) ? Outcome::kAnswered : Outcome::kNotOurs;
    });
    if (outcome == Outcome::kNotOurs) return false;
    sendReply(session, pdu, SNMP_MSG_RESPONSE,
              outcome == Outcome::kFailed ? SNMP_ERR_GENERR : SNMP_ERR_NOERROR);
    return true;
  }

  Server server_;
  CallbackGuard guard_;
  std::string address_;
};

}  // namespace

Result<std::unique_ptr<Session>> openStandaloneSession(SnapshotStore& store,
                                                       SettingsStore& settings,
                                                       const std::string& address, Log& log) {
  auto session = std::make_unique<StandaloneSession>(store, settings, log);
  if (const auto opened = session->open(address); !opened) return tl::unexpected(opened.error());
  log.info("listening on " + address);
  return session;
}

}  // namespace hvnet
