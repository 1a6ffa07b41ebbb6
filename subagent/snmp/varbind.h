// Values into Net-SNMP's variable bindings.
#pragma once

#include "snmp/net_snmp.h"
#include "tables/mib.h"

namespace hvnet {

void setValue(netsnmp_variable_list& varbind, const Value& value);
void setMissing(netsnmp_variable_list& varbind, Missing why);
// Name and value of the cell that was found.
void setCell(netsnmp_variable_list& varbind, const View& view, const Found& found);

inline OidView nameOf(const netsnmp_variable_list& varbind) {
  return {varbind.name, varbind.name_length};
}

}  // namespace hvnet
