#include "snmp/reply.h"

#include <utility>

namespace hvnet {

void sendReply(netsnmp_session& session, netsnmp_pdu& request, int command, long error) {
  netsnmp_variable_list* variables = std::exchange(request.variables, nullptr);
  netsnmp_pdu* response = snmp_clone_pdu(&request);
  if (response == nullptr) {
    snmp_free_varbind(variables);
    return;
  }
  response->variables = variables;
  response->command = command;
  response->flags &= ~static_cast<u_long>(UCD_MSG_FLAG_EXPECT_RESPONSE);
  response->errstat = error;
  response->errindex = 0;
  if (snmp_send(&session, response) != 0) return;
  if (session.s_snmp_errno == SNMPERR_TOO_LONG) {
    snmp_free_varbind(std::exchange(response->variables, nullptr));
    response->errstat = SNMP_ERR_TOOBIG;
    if (snmp_send(&session, response) != 0) return;
  }
  snmp_free_pdu(response);
}

}  // namespace hvnet
