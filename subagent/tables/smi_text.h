// SMIv2 (RFC 2578) and text: how it spells what a column is, for names-only modules and documents,
// and what text of ours may go out as.
//
// Threads: any; pure.
// Ownership: publishedText() borrows from the value, or from `room` when the text had to change.
// Errors: none.
#pragma once

#include <string>
#include <string_view>

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

// Whether all of it is UTF-8 (RFC 3629).
bool isUtf8(std::string_view text);
// The octets of a value as they go out. Text is cut to the SIZE of its syntax, between two
// characters, and each octet that is not UTF-8 becomes a question mark: managers that take text for
// UTF-8 refuse the whole answer else. (Not U+FFFD, which has three octets: it would push out good
// ones, and terminals and reports that know ASCII only do not show it.)
std::string_view publishedText(const Value& value, std::string& room);

}  // namespace hvnet
