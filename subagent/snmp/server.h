// Serves the tables from the current snapshot: the one binding behind both kinds of session.
//
// Every variable of a request is answered from one and the same snapshot.
//
// Threads: main thread only. Waits for a fresh snapshot for at most kMaxWait, never on the kernel.
// Ownership: the stores and the log outlive the server; what is registered is taken back with it.
// Errors: a registration that fails is an Error; a request that throws is answered with genErr.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "snapshot/publish/store.h"
#include "snmp/callback_guard.h"
#include "snmp/net_snmp.h"
#include "snmp/set_phases.h"
#include "tables/mib.h"

namespace hvnet {

inline constexpr std::chrono::milliseconds kMaxAge{200};
inline constexpr std::chrono::milliseconds kMaxWait{50};

// Lower wins between OIDs of equal length; a built-in IF-MIB and a `pass` line have 127.
inline constexpr int kPriority = 100;

class Server {
 public:
  Server(SnapshotStore& store, SettingsStore& settings, Log& log)
      : store_(&store), set_(store, settings), guard_(log) {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Registers every subtree with Net-SNMP's agent and lists every module in sysORTable.
  Result<void> registerTables();
  [[nodiscard]] const Mib& mib() const { return mib_; }

  // To be called whenever sysUpTime starts anew: at the start, and on joining a master.
  void readUptime();

  // Answers an AgentX Get or GetNext in place, without the library's detour through a pipe.
  void answerAgentx(netsnmp_pdu& pdu);
  // Answers an SNMPv2c Get in place, without the library's request machinery: if every name is
  // ours, and the requester may see the whole of every table it names. Else it is false, nothing
  // has changed, and the library has to.
  bool answerGet(netsnmp_pdu& pdu);

 private:
  static Netsnmp_Node_Handler handle;
  int answer(const Subtree& subtree, netsnmp_agent_request_info& info,
             netsnmp_request_info* requests);
  // Where each variable of a request is; room for what a poller asks for at once.
  using Places = boost::container::small_vector<const Subtree*, 64>;
  bool mayAnswer(netsnmp_pdu& pdu, Places& places) const;
  // What every variable of one request is answered from.
  struct RequestView {
    SnapshotPtr snapshot;
    TimePoint now;
  };
  [[nodiscard]] RequestView requestView() const;
  const RequestView& requestViewOf(netsnmp_agent_request_info& info) const;
  [[nodiscard]] View viewOf(const RequestView& request) const {
    return {*request.snapshot, clock_, request.now};
  }
  Result<void> listModules();
  void answerNext(const View& view, const Subtree& subtree, netsnmp_request_info& request) const;
  void answerBulk(const View& view, const Subtree& subtree, netsnmp_request_info& request) const;

  SnapshotStore* store_;
  SetPhases set_;
  CallbackGuard guard_;
  Mib mib_;
  UptimeClock clock_;
  std::vector<netsnmp_handler_registration*> registrations_;
  std::vector<std::vector<oid>> listed_;  // identities in sysORTable
};

}  // namespace hvnet
