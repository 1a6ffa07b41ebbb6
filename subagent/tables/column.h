// One constexpr line a column: number, syntax, accessor.
//
//   column<kCounter64, &Counters::in_octets>(6, "ifHCInOctets")
//
// An accessor is a member pointer or a function of one row value: Interface, Counters, or
// whatever rowOf<T>() knows how to find. Its result may be optional: empty is no instance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "snapshot/snapshot.h"
#include "tables/encode.h"
#include "tables/uptime.h"

namespace hvnet {

// What a request reads: one snapshot from its first varbind to its last.
struct View {
  const Snapshot& snapshot;
  const UptimeClock& clock;
};

// The row value of type T behind row number `row`; one specialisation for each row type.
template <class T>
const T& rowOf(const Snapshot& snapshot, std::size_t row);

template <>
inline const Interface& rowOf<Interface>(const Snapshot& snapshot, std::size_t row) {
  return snapshot.interfaces->rows[row];
}
template <>
inline const Counters& rowOf<Counters>(const Snapshot& snapshot, std::size_t row) {
  return snapshot.counters[row];
}
template <>
inline const Snapshot& rowOf<Snapshot>(const Snapshot& snapshot, std::size_t) {
  return snapshot;  // scalars
}

namespace detail {

template <class T>
struct AccessorRow;
template <class Row, class Result>
struct AccessorRow<Result Row::*> {
  using type = Row;
};
template <class Row, class Result>
struct AccessorRow<Result (*)(const Row&)> {
  using type = Row;
};

template <auto Accessor, class Row>
decltype(auto) read(const Row& row) {
  if constexpr (std::is_member_pointer_v<decltype(Accessor)>) {
    return (row.*Accessor);
  } else {
    return Accessor(row);
  }
}

template <Syntax S, auto Accessor>
std::optional<Value> encodeCell(const View& view, std::size_t row) {
  using Row = typename AccessorRow<decltype(Accessor)>::type;
  return encode<S>(read<Accessor>(rowOf<Row>(view.snapshot, row)), view.clock);
}

}  // namespace detail

// MAX-ACCESS of the MIB; what may be SET is said by the session that serves it.
struct Column {
  std::uint32_t number = 0;
  std::string_view name;
  Syntax syntax{};
  std::string_view enumeration;  // "up(1) down(2)", for names and documents; may be empty
  std::optional<Value> (*encode)(const View& view, std::size_t row) = nullptr;
};

template <Syntax S, auto Accessor>
constexpr Column column(std::uint32_t number, std::string_view name,
                        std::string_view enumeration = {}) {
  return {number, name, S, enumeration, &detail::encodeCell<S, Accessor>};
}

template <class Columns>
constexpr bool ascending(const Columns& columns) {
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (columns[i - 1].number >= columns[i].number) return false;
  }
  return true;
}

}  // namespace hvnet
