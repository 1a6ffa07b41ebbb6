// How SMIv2 (RFC 2578) spells what a column is: for names-only modules and documents.
#pragma once

#include <string>

#include "tables/column.h"
#include "tables/table.h"

namespace hvnet {

// "Counter32", "INTEGER { up(1), down(2) }"
std::string syntaxText(const Column& column);
// "read-only", "read-write", "not-accessible"
std::string_view accessText(Access access);
// "1.3.6.1.2.1.2"
std::string dotted(OidView oid);
// "ifTable" → "ifEntry"
std::string entryName(const Table& table);

}  // namespace hvnet
