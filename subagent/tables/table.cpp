#include "tables/table.h"

#include <algorithm>
#include <compare>

namespace hvnet {
namespace {

std::strong_ordering compare(OidView left, OidView right) {
  return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(),
                                                right.end());
}

// The first row whose index comes after `index` (or is it, when `inclusive`).
std::size_t firstRowAfter(const Table& table, const Snapshot& snapshot, OidView index,
                          bool inclusive) {
  std::size_t low = 0;
  std::size_t high = table.row_count(snapshot);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const auto order = compare(viewOf(table.row_index(snapshot, middle)), index);
    if (order < 0 || (order == 0 && !inclusive)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool hasRow(const Table& table, const Snapshot& snapshot, std::size_t row) {
  return table.has_row == nullptr || table.has_row(snapshot, row);
}

// The first cell at or after (column, row) that has a value, column by column.
std::optional<Cell> firstCell(const Table& table, const View& view, const Column* column,
                              std::size_t row) {
  const std::size_t rows = table.row_count(view.snapshot);
  const Column* end = table.columns.data() + table.columns.size();
  for (; column != end; ++column, row = 0) {
    if (column->encode == nullptr) continue;
    for (; row < rows; ++row) {
      if (!hasRow(table, view.snapshot, row)) continue;
      if (const auto value = column->encode(view, row)) return Cell{column, row, *value};
    }
  }
  return std::nullopt;
}

const Column* columnFrom(const Table& table, SubId number) {
  const auto found = std::ranges::lower_bound(table.columns, number, {}, &Column::number);
  return table.columns.data() + (found - table.columns.begin());
}

bool isUnder(OidView oid, OidView root) {
  return oid.size() >= root.size() && compare(oid.first(root.size()), root) == 0;
}

}  // namespace

Place find(const Table& table, const Snapshot& snapshot, OidView oid) {
  if (!isUnder(oid, table.entry) || oid.size() == table.entry.size()) return {};
  const OidView rest = oid.subspan(table.entry.size());
  const Column* column = columnFrom(table, rest[0]);
  if (column == table.columns.data() + table.columns.size() || column->number != rest[0]) return {};
  if (column->access == Access::kNotAccessible) return {};
  const OidView index = rest.subspan(1);
  const std::size_t row = firstRowAfter(table, snapshot, index, true);
  const bool there = row < table.row_count(snapshot) && column->encode != nullptr &&
                     compare(viewOf(table.row_index(snapshot, row)), index) == 0 &&
                     hasRow(table, snapshot, row);
  return {column, there ? std::optional(row) : std::nullopt};
}

GetResult get(const Table& table, const View& view, OidView oid) {
  const Place place = find(table, view.snapshot, oid);
  if (place.column == nullptr) return {};
  if (!place.row) return {std::nullopt, Missing::kNoSuchInstance};
  return {place.column->encode(view, *place.row), Missing::kNoSuchInstance};
}

std::optional<Cell> next(const Table& table, const View& view, OidView oid, bool inclusive) {
  if (!isUnder(oid, table.entry)) {
    if (compare(oid, table.entry) > 0) return std::nullopt;
    return firstCell(table, view, table.columns.data(), 0);
  }
  const OidView rest = oid.subspan(table.entry.size());
  if (rest.empty()) return firstCell(table, view, table.columns.data(), 0);
  const Column* column = columnFrom(table, rest[0]);
  const bool inside =
      column != table.columns.data() + table.columns.size() && column->number == rest[0];
  const std::size_t row =
      inside ? firstRowAfter(table, view.snapshot, rest.subspan(1), inclusive) : 0;
  return firstCell(table, view, column, row);
}

std::optional<Cell> following(const Table& table, const View& view, const Cell& cell) {
  return firstCell(table, view, cell.column, cell.row + 1);
}

CellOid oidOf(const Table& table, const View& view, const Cell& cell) {
  CellOid out(table.entry.begin(), table.entry.end());
  out.push_back(cell.column->number);
  const RowIndex index = table.row_index(view.snapshot, cell.row);
  out.insert(out.end(), index.begin(), index.end());
  return out;
}

}  // namespace hvnet
