// Serves the tables from the current snapshot: the one binding behind both kinds of session.
//
// Main thread only. Waits for a fresh snapshot for at most kMaxWait, never on the kernel. Every
// variable of a request is answered from one and the same snapshot.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <vector>

#include "base/result.h"
#include "snapshot/store.h"
#include "snmp/net_snmp.h"
#include "snmp/set_phases.h"
#include "tables/mib.h"

namespace hvnet {

inline constexpr std::chrono::milliseconds kMaxAge{200};
inline constexpr std::chrono::milliseconds kMaxWait{50};

class Server {
 public:
  Server(SnapshotStore& store, SettingsStore& settings) : store_(&store), set_(store, settings) {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Registers every subtree with Net-SNMP's agent, ahead of a built-in IF-MIB, and lists every
  // module in sysORTable.
  Result<void> registerTables();

  // To be called whenever sysUpTime starts anew: at the start, and on joining a master.
  void takeUptime();

  // Answers an AgentX Get or GetNext in place, without the library's detour through a pipe.
  void answerAgentx(netsnmp_pdu& pdu);
  // Answers an SNMPv2c Get in place, without the library's request machinery: if every name is
  // ours, and the requester may see the whole of every table it names. Else it is false, nothing
  // has changed, and the library has to.
  bool answerGet(netsnmp_pdu& pdu);

 private:
  static Netsnmp_Node_Handler handle;
  // Where each variable of a request is; room for what a poller asks for at once.
  using Places = boost::container::small_vector<const Subtree*, 64>;
  bool mayAnswer(netsnmp_pdu& pdu, Places& places) const;
  // What every variable of one request is answered from.
  struct Moment {
    SnapshotPtr snapshot;
    TimePoint now;
  };
  [[nodiscard]] Moment moment() const;
  const Moment& momentOf(netsnmp_agent_request_info& info) const;
  [[nodiscard]] View viewOf(const Moment& moment) const {
    return {*moment.snapshot, clock_, moment.now};
  }
  Result<void> listModules();
  void answerNext(const View& view, const Subtree& subtree, netsnmp_request_info& request) const;
  void answerBulk(const View& view, const Subtree& subtree, netsnmp_request_info& request) const;

  SnapshotStore* store_;
  SetPhases set_;
  Mib mib_;
  UptimeClock clock_;
  std::vector<netsnmp_handler_registration*> registrations_;
  std::vector<std::vector<oid>> listed_;  // identities in sysORTable
};

}  // namespace hvnet
