// The one place that includes Net-SNMP's headers, and what they forget to declare.
//
// Threads: main thread only, as all of the library.
// Ownership: the library's, unless its manual says otherwise.
// Errors: the library's return codes; no exception may pass through it (callback_guard.h).
#pragma once

// Net-SNMP wants its headers in this order.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/library/large_fd_set.h>
// clang-format on

#include <type_traits>

#include "tables/encode.h"

// NOLINTBEGIN(readability-identifier-naming): the library's names.
// Exported by libnetsnmpagent and libnetsnmpmibs 5.9, but declared only in headers that are not
// installed.
extern "C" {
extern netsnmp_session* main_session;  // the AgentX session to the master; null while there is none
int handle_agentx_packet(int operation, netsnmp_session* session, int reqid, netsnmp_pdu* pdu,
                         void* magic);
int agentx_register(netsnmp_session* session, oid* start, size_t length, int priority,
                    int range_subid, oid range_ubound, int timeout, u_char flags,
                    const char* context);
int agentx_close_session(netsnmp_session* session, int why);
void agentx_unregister_callbacks(netsnmp_session* session);
void init_vacm_conf(void);
void init_usmConf(void);
void init_system_mib(void);
void init_sysORTable(void);
}
// NOLINTEND(readability-identifier-naming)

namespace hvnet {

// Our tables speak Net-SNMP's sub-identifiers without knowing it.
static_assert(std::is_same_v<SubId, oid>);

// RFC 2741 §6.1, the PDU types that are answered here; agentx/protocol.h is not installed.
enum AgentxCommand : int {
  kAgentxGet = 5,
  kAgentxGetNext = 6,
  kAgentxResponse = 18,
};

inline constexpr int kAgentxCloseShutdown = 5;  // RFC 2741 §6.2.2, reasonShutdown

inline constexpr char kApplicationType[] = "hvnet-subagent";

}  // namespace hvnet
