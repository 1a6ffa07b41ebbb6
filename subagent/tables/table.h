// A MIB table (or a scalar: a table of one row with the index 0) over a snapshot, and the two
// questions that SNMP asks of it. Pure; knows nothing of Net-SNMP.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "tables/column.h"

namespace hvnet {

// The sub-identifiers that name a row behind its column.
using RowIndex = boost::container::static_vector<SubId, 20>;

// Boost 1.74 knows nothing of C++20's contiguous iterators.
template <std::size_t N>
OidView viewOf(const boost::container::static_vector<SubId, N>& oid) {
  return {oid.data(), oid.size()};
}

struct Table {
  std::string_view name;
  OidView entry;  // the conceptual row; columns stand under it
  std::span<const Column> columns;
  // Ascending by index, which the rows of a snapshot are.
  std::size_t (*row_count)(const Snapshot&) = nullptr;
  RowIndex (*row_index)(const Snapshot&, std::size_t row) = nullptr;
};

// A scalar stands under `parent` by its column number, with the one instance 0.
constexpr std::size_t oneRow(const Snapshot&) {
  return 1;
}
inline RowIndex scalarIndex(const Snapshot&, std::size_t) {
  return {0};
}
constexpr Table scalar(std::string_view name, OidView parent, std::span<const Column> columns) {
  return {name, parent, columns, oneRow, scalarIndex};
}

constexpr bool isScalar(const Table& table) {
  return table.row_count == oneRow;
}

// One cell and what it is called.
struct Cell {
  const Column* column = nullptr;
  std::size_t row = 0;
  Value value;
};

// Why there is no value: RFC 3416 §4.2.1.
enum class Missing { kNoSuchObject, kNoSuchInstance };

struct GetResult {
  std::optional<Value> value;
  Missing missing = Missing::kNoSuchObject;
};

GetResult get(const Table& table, const View& view, OidView oid);

// The first existing cell after `oid` (or at it, when `inclusive`); empty past the last one.
std::optional<Cell> next(const Table& table, const View& view, OidView oid, bool inclusive);

// The existing cell that follows `cell` in a walk; empty past the last one.
std::optional<Cell> following(const Table& table, const View& view, const Cell& cell);

// The full name of a cell: entry, column number, row index. At most 128 sub-identifiers.
using CellOid = boost::container::static_vector<SubId, 48>;
CellOid oidOf(const Table& table, const View& view, const Cell& cell);

}  // namespace hvnet
