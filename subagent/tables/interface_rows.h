// The rows that several MIB modules share: those of ifTable, or some of them.
//
// Threads: any; pure.
// Ownership: tables are constants; what a cell returns belongs to the snapshot.
// Errors: none; what has no value is no instance.
#pragma once

#include <cstddef>

#include "tables/table.h"

namespace hvnet {

inline std::size_t interfaceCount(const Snapshot& snapshot) {
  return snapshot.interfaces->rows.size();
}
inline RowIndex interfaceIndex(const Snapshot& snapshot, std::size_t row) {
  return {static_cast<SubId>(snapshot.interfaces->rows[row].index)};
}

inline bool isAdapter(const Snapshot& snapshot, std::size_t row) {
  return snapshot.interfaces->rows[row].adapter;
}

inline bool isEthernet(const Snapshot& snapshot, std::size_t row) {
  constexpr std::uint32_t kEthernetCsmacd = 6;  // IANAifType-MIB
  return snapshot.interfaces->rows[row].type == kEthernetCsmacd;
}

}  // namespace hvnet
