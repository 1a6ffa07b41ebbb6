// Reads a table as a manager does: with one GET, one GETNEXT, or a complete walk. OIDs are relative
// to the table's entry.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tables/table.h"

namespace hvnet::test {

using Oid = std::vector<SubId>;

class TableReader {
 public:
  TableReader(const Table& table, const Snapshot& snapshot, TimePoint now = {})
      : table_(&table), view_{snapshot, clock_, now} {}

  [[nodiscard]] GetResult get(const Oid& rest) const {
    return hvnet::get(*table_, view_, absolute(rest));
  }
  // The number of one cell; empty for a hole.
  [[nodiscard]] std::optional<std::uint64_t> number(const Oid& rest) const {
    const GetResult got = get(rest);
    if (!got.value) return std::nullopt;
    return got.value->number;
  }
  [[nodiscard]] std::optional<std::string> text(const Oid& rest) const {
    const GetResult got = get(rest);
    if (!got.value) return std::nullopt;
    return std::string(got.value->octets);
  }
  [[nodiscard]] Oid oid(const Oid& rest) const {
    const GetResult got = get(rest);
    if (!got.value) return {};
    return {got.value->oid.begin(), got.value->oid.end()};
  }
  // Empty after the end.
  [[nodiscard]] Oid nextAfter(const Oid& rest) const {
    const auto cell = next(*table_, view_, absolute(rest), false);
    if (!cell) return {};
    const CellOid name = oidOf(*table_, view_, *cell);
    return {name.begin() + static_cast<std::ptrdiff_t>(table_->entry.size()), name.end()};
  }
  [[nodiscard]] std::vector<Oid> walk() const {
    std::vector<Oid> out;
    for (Oid at = nextAfter({}); !at.empty(); at = nextAfter(at)) out.push_back(at);
    return out;
  }

 private:
  [[nodiscard]] Oid absolute(const Oid& rest) const {
    Oid out(table_->entry.begin(), table_->entry.end());
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  }

  const Table* table_;
  UptimeClock clock_;
  View view_;
};

// The table of a module with that name; the test ends when there is none.
inline const Table& tableOf(std::span<const Table> tables, std::string_view name) {
  for (const Table& table : tables) {
    if (table.name == name) return table;
  }
  throw std::out_of_range(std::string(name));
}

}  // namespace hvnet::test
