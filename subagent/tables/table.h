// A MIB table (or scalars: a table of one row with the index 0) over a snapshot, and the two
// questions that SNMP asks of it. Knows nothing of Net-SNMP.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <algorithm>
#include <array>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "tables/column.h"

namespace hvnet {

// The sub-identifiers that name a row behind its column. The longest: ifIndex, a length, and the
// 32 octets that a hardware address may have.
using RowIndex = boost::container::static_vector<SubId, 34>;

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
  // Which of them are rows of this table; nullptr: all are.
  bool (*has_row)(const Snapshot&, std::size_t row) = nullptr;
};

// Scalars stand under `parent` by their column numbers, with the one instance 0. One alone shares
// its parent with others; several have it for themselves.
constexpr std::size_t oneRow(const Snapshot&) {
  return 1;
}
inline RowIndex scalarIndex(const Snapshot&, std::size_t) {
  return {0};
}
constexpr Table scalars(std::string_view name, OidView parent, std::span<const Column> columns) {
  return {name, parent, columns, oneRow, scalarIndex};
}

constexpr bool isScalar(const Table& table) {
  return table.row_count == oneRow;
}

// An OID under another one.
template <std::size_t N, class... Ids>
constexpr std::array<SubId, N + sizeof...(Ids)> under(const std::array<SubId, N>& root,
                                                      Ids... ids) {
  std::array<SubId, N + sizeof...(Ids)> out{};
  std::copy(root.begin(), root.end(), out.begin());
  std::size_t at = N;
  ((out[at++] = static_cast<SubId>(ids)), ...);
  return out;
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

// What a name stands for: no column, a column without that row, or a cell, whose value may still be
// missing.
struct Place {
  const Column* column = nullptr;
  std::optional<std::size_t> row;
};
Place find(const Table& table, const Snapshot& snapshot, OidView oid);

GetResult get(const Table& table, const View& view, OidView oid);

// The first existing cell after `oid` (or at it, when `inclusive`); empty past the last one.
std::optional<Cell> next(const Table& table, const View& view, OidView oid, bool inclusive);

// The existing cell that follows `cell` in a walk; empty past the last one.
std::optional<Cell> following(const Table& table, const View& view, const Cell& cell);

// The full name of a cell: entry, column number, row index. At most 128 sub-identifiers.
using CellOid = boost::container::static_vector<SubId, 48>;
CellOid oidOf(const Table& table, const View& view, const Cell& cell);

}  // namespace hvnet
