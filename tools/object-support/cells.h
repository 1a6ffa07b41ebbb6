// What stands in one cell of docs/object-support.md.
//
// Threads: any; pure functions, but printRow(), which writes to stdout.
// Ownership: everything returned is a value. Errors: none.
#pragma once

#include <string>
#include <vector>

#include "tables/table.h"

namespace hvnet {

// The value of the column's first row, "–" for noSuchInstance. An example has no other row.
std::string answerOf(const Table& table, const Column& column, const View& view);

void printRow(const std::vector<std::string>& cells);

}  // namespace hvnet
