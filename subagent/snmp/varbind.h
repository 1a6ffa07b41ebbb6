// Values into Net-SNMP's variable bindings, and out of them.
//
// Threads: main thread only.
// Ownership: a varbind gets a copy; valueOf() and nameOf() borrow from the varbind.
// Errors: a type that nothing here can be SET to is an empty optional.
#pragma once

#include <optional>

#include "snmp/net_snmp.h"
#include "tables/mib.h"

namespace hvnet {

void setValue(netsnmp_variable_list& varbind, const Value& value);
// What a SET brings; empty for a type that nothing here can be SET to.
std::optional<Value> valueOf(const netsnmp_variable_list& varbind);
// The value, or why there is none.
void setGot(netsnmp_variable_list& varbind, const GetResult& got);
// Name and value of the cell that was found.
void setCell(netsnmp_variable_list& varbind, const View& view, const Found& found);

inline OidView nameOf(const netsnmp_variable_list& varbind) {
  return {varbind.name, varbind.name_length};
}

}  // namespace hvnet
