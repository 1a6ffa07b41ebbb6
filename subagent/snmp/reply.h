// The way back of a request that was answered in place.
//
// Threads: main thread only.
// Ownership: session and request stay the library's.
// Errors: a response that cannot be sent is dropped, as one that got lost on the way.
#pragma once

#include "snmp/net_snmp.h"

namespace hvnet {

// Sends the request's variables, as they now are, as the response `command`; the variables leave
// the request, which stays the library's. What does not fit is tooBig (RFC 3416 §4.2.1). `error` is
// the error-status, of no variable in particular.
void sendReply(netsnmp_session& session, netsnmp_pdu& request, int command,
               long error = SNMP_ERR_NOERROR);

}  // namespace hvnet
