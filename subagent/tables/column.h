// One constexpr line a column: number, syntax, accessor, and where the value comes from.
//
//   column<kCounter64, &Counters::in_octets>(6, "ifHCInOctets", "rx_bytes")
//
// An accessor is a member pointer or a function of one row value: Interface, Counters, or
// whatever rowOf<T>() knows how to find; a function may also ask for the View. Its result may be
// optional: empty is no instance. Octet strings are borrowed from the snapshot.
//
// Threads: any; pure.
// Ownership: columns are constants; what they read and return belongs to the snapshot.
// Errors: none; a value that is not there is an empty optional.
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

// What a request reads: one snapshot from its first varbind to its last, and one instant.
struct View {
  const Snapshot& snapshot;
  const UptimeClock& clock;
  TimePoint now{};
};

// The row value of type T behind row number `row`, or nullptr: no instance. One specialisation
// for each row type.
template <class T>
const T* rowOf(const Snapshot& snapshot, std::size_t row);

template <>
inline const Interface* rowOf<Interface>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.interfaces->rows[row];
}
template <>
inline const AdapterFacts* rowOf<AdapterFacts>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.interfaces->rows[row].facts;
}
template <>
inline const Counters* rowOf<Counters>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.counters[row];
}
template <>
inline const AdapterRates* rowOf<AdapterRates>(const Snapshot& snapshot, std::size_t row) {
  return row < snapshot.rates.size() ? &snapshot.rates[row] : nullptr;
}
template <>
inline const QueueCounters* rowOf<QueueCounters>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.queues[row];
}
template <>
inline const DriverStatLine* rowOf<DriverStatLine>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.driver_stats[row];
}
template <>
inline const StackEntry* rowOf<StackEntry>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.interfaces->stack[row];
}
template <>
inline const ReceiveAddress* rowOf<ReceiveAddress>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.interfaces->receive_addresses[row];
}
template <>
inline const VmbusRow* rowOf<VmbusRow>(const Snapshot& snapshot, std::size_t row) {
  return &snapshot.interfaces->vmbus_devices[row];
}
// Scalars.
template <>
inline const Interfaces* rowOf<Interfaces>(const Snapshot& snapshot, std::size_t) {
  return snapshot.interfaces.get();
}
template <>
inline const AgentFacts* rowOf<AgentFacts>(const Snapshot& snapshot, std::size_t) {
  return snapshot.agent.get();
}
template <>
inline const SourceHealth* rowOf<SourceHealth>(const Snapshot& snapshot, std::size_t) {
  return &snapshot.health;
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
template <class Row, class Result>
struct AccessorRow<Result (*)(const Row&, const View&)> {
  using type = Row;
};

template <auto Accessor, class Row>
decltype(auto) read(const Row& row, const View& view) {
  if constexpr (std::is_member_pointer_v<decltype(Accessor)>) {
    return (row.*Accessor);
  } else if constexpr (std::is_invocable_v<decltype(Accessor), const Row&, const View&>) {
    return Accessor(row, view);
  } else {
    return Accessor(row);
  }
}

template <Syntax S, auto Accessor>
std::optional<Value> encodeCell(const View& view, std::size_t row) {
  using Row = typename AccessorRow<decltype(Accessor)>::type;
  const Row* value = rowOf<Row>(view.snapshot, row);
  if (value == nullptr) return std::nullopt;
  using Read = decltype(read<Accessor>(*value, view));
  static_assert((S != kOctetString && !isText(S)) || std::is_reference_v<Read> ||
                    std::is_same_v<Read, std::string_view> ||
                    std::is_same_v<Read, std::optional<std::string_view>>,
                "octets must live in the snapshot, not in a temporary");
  return encode<S>(read<Accessor>(*value, view), view.clock);
}

}  // namespace detail

// What this agent grants (MIN-ACCESS); a row's index is in its name and needs not be readable.
enum class Access : std::uint8_t { kReadOnly, kReadWrite, kNotAccessible };

struct Setter;  // tables/setters.h

struct Column {
  std::uint32_t number = 0;
  std::string_view name;
  Syntax syntax{};
  Access access = Access::kReadOnly;
  std::string_view source;       // for documents: where the value comes from, or why there is none
  std::string_view enumeration;  // "up(1) down(2)", for names and documents; may be empty
  // nullptr: no row has a value, ever.
  std::optional<Value> (*encode)(const View& view, std::size_t row) = nullptr;
  const Setter* setter = nullptr;  // of what is read-write
};

template <Syntax S, auto Accessor>
constexpr Column column(std::uint32_t number, std::string_view name, std::string_view source,
                        std::string_view enumeration = {}) {
  return {number, name, S, Access::kReadOnly, source, enumeration, &detail::encodeCell<S, Accessor>,
          nullptr};
}

// The same, and it can be SET.
constexpr Column writable(Column readable, const Setter& setter) {
  readable.access = Access::kReadWrite;
  readable.setter = &setter;
  return readable;
}

// An object of the MIB that is never instantiated here: what has no value is no instance.
template <Syntax S>
constexpr Column absent(std::uint32_t number, std::string_view name, std::string_view why) {
  return {number, name, S, Access::kReadOnly, why, {}, nullptr, nullptr};
}

// An index that is not readable by itself.
template <Syntax S>
constexpr Column indexColumn(std::uint32_t number, std::string_view name, std::string_view source) {
  return {number, name, S, Access::kNotAccessible, source, {}, nullptr, nullptr};
}

template <class Columns>
constexpr bool ascending(const Columns& columns) {
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (columns[i - 1].number >= columns[i].number) return false;
  }
  return true;
}

}  // namespace hvnet
