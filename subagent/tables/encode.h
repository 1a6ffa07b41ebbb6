// The single encoder: the only place that knows how wide an SNMP value is.
//
// Counter32 and TimeTicks wrap, Gauge32 sticks at 2^32-1, an empty optional is no instance, and a
// Counter64 fed from anything but a 64-bit field does not compile.
//
// Threads: any; pure.
// Ownership: a Value borrows its octets and its OID from the field, so from the snapshot.
// Errors: none; what cannot be encoded does not compile.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/clock.h"
#include "tables/uptime.h"

namespace hvnet {

// One sub-identifier of an OID, as wide as Net-SNMP's own, so that none is copied on the way.
using SubId = unsigned long;
using OidView = std::span<const SubId>;

enum class Syntax : std::uint8_t {
  kInteger32,
  kTruthValue,       // INTEGER { true(1), false(2) } from a bool
  kOctetString,      // octets as they are
  kDisplayString,    // DisplayString, SnmpAdminString: text of up to 255 octets (smi_text.h)
  kDisplayString64,  // ifAlias: text of up to 64 octets
  kObjectId,
  kCounter32,
  kGauge32,
  kUnsigned32,  // a number that does not stick
  kTimeTicks,
  kCounter64,
};
using enum Syntax;

constexpr bool isText(Syntax syntax) {
  return syntax == kDisplayString || syntax == kDisplayString64;
}

// Borrowed from the snapshot: valid as long as it is. Text is as the source has it; publishedText()
// is what goes out.
struct Value {
  Syntax syntax = kInteger32;
  std::uint64_t number = 0;  // Integer32 as its two's complement
  std::string_view octets;
  OidView oid;
};

template <class T>
concept Octets = requires(const T& text) {
  text.data();
  text.size();
  requires sizeof(*text.data()) == 1;
};

template <Syntax S, class T>
concept Encodable = (S == kInteger32 &&
                     (std::is_enum_v<T> || (std::integral<T> && sizeof(T) <= 4))) ||
                    (S == kTruthValue && std::same_as<T, bool>) ||
                    ((S == kOctetString || isText(S)) && Octets<T>) ||
                    (S == kObjectId && std::convertible_to<T, OidView>) ||
                    (S == kTimeTicks && std::same_as<T, TimePoint>) ||
                    (S == kCounter64 && std::same_as<T, std::uint64_t>) ||
                    (S == kUnsigned32 && std::unsigned_integral<T> && sizeof(T) <= 4) ||
                    ((S == kCounter32 || S == kGauge32) && std::unsigned_integral<T>);

template <Syntax S, class T>
requires Encodable<S, T> std::optional<Value> encode(const T& field, const UptimeClock& clock) {
  constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();
  if constexpr (S == kOctetString || isText(S)) {
    return Value{S, 0, {reinterpret_cast<const char*>(field.data()), field.size()}, {}};
  } else if constexpr (S == kObjectId) {
    return Value{S, 0, {}, field};
  } else if constexpr (S == kTruthValue) {
    return Value{S, field ? 1U : 2U, {}, {}};
  } else if constexpr (S == kTimeTicks) {
    return Value{S, clock.hundredths(field) & kMax32, {}, {}};
  } else if constexpr (S == kCounter32) {
    return Value{S, field & kMax32, {}, {}};
  } else if constexpr (S == kGauge32) {
    return Value{S, std::min<std::uint64_t>(field, kMax32), {}, {}};
  } else {
    return Value{S, static_cast<std::uint64_t>(field), {}, {}};
  }
}

template <Syntax S, class T>
requires Encodable<S, T> std::optional<Value> encode(const std::optional<T>& field,
                                                     const UptimeClock& clock) {
  if (!field) return std::nullopt;
  return encode<S>(*field, clock);
}

}  // namespace hvnet
