// A SET in Net-SNMP's phases: every variable of a PDU is SET, or none is.
//
// A PDU comes in several calls, one for each subtree it touches and each phase; its transaction
// number holds them together. Nothing is written before every variable was found right. Then
// everything is, at once, and the poller has the newest snapshot with it before the answer goes
// out.
//
// Threads: main thread only. Waits for the poller for at most kMaxSetWait.
// Ownership: the stores outlive this; the requests are the library's.
// Errors: a refusal is the error-status of its variable; a disk that fails is commitFailed.
#pragma once

#include <chrono>
#include <optional>

#include "snapshot/publish/store.h"
#include "snapshot/settings_store.h"
#include "snmp/net_snmp.h"
#include "tables/set.h"

namespace hvnet {

// A manager reads back at once, and a SET is rare: longer than a GET waits.
inline constexpr std::chrono::milliseconds kMaxSetWait{250};

class SetPhases {
 public:
  SetPhases(SnapshotStore& store, SettingsStore& settings) : store_(&store), settings_(&settings) {}

  // One call of a handler of `table`. `now` is what this PDU is judged by.
  void handle(const Table& table, const SnapshotPtr& now, netsnmp_agent_request_info& info,
              netsnmp_request_info* requests);
  // The master that began a SET is gone, and another one counts its transactions anew.
  void forget() { pdu_.reset(); }

 private:
  struct Pdu {
    long transaction = 0;
    SetRequest request;
    bool written = false;
  };

  void reserve(const Table& table, netsnmp_agent_request_info& info,
               netsnmp_request_info* requests);
  void review(const Table& table, netsnmp_agent_request_info& info, netsnmp_request_info* requests);
  void write(netsnmp_agent_request_info& info, netsnmp_request_info* requests);
  void undo(netsnmp_agent_request_info& info, netsnmp_request_info* requests);

  SnapshotStore* store_;
  SettingsStore* settings_;
  std::optional<Pdu> pdu_;
};

}  // namespace hvnet
