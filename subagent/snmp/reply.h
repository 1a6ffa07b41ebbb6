// The way back of a request that was answered in place.
#pragma once

#include "snmp/net_snmp.h"

namespace hvnet {

// Sends the request's variables, as they now are, as the response `command`; the variables leave
// the request, which stays the library's. What does not fit is tooBig (RFC 3416 §4.2.1).
void sendReply(netsnmp_session& session, netsnmp_pdu& request, int command);

}  // namespace hvnet
