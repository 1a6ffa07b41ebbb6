// How the columns that can be SET check and store a value: one constexpr row of functions each.
//
// Threads: any; pure.
// Ownership: setters are constants; a value is copied into the settings.
// Errors: why a value is refused is a Refusal.
#pragma once

#include <cstdint>
#include <optional>

#include "snapshot/settings.h"
#include "snapshot/snapshot.h"
#include "tables/encode.h"

namespace hvnet {

// Why a variable is not SET, in the order in which RFC 3416 §4.2.5 asks.
enum class Refusal : std::uint8_t {
  kNotWritable,
  kWrongType,
  kWrongLength,
  kWrongValue,
  kNoCreation,
  kInconsistentValue,
};

// A value is of the column's type when it gets here.
struct Setter {
  // wrongLength or wrongValue; empty for a value that is right by itself.
  std::optional<Refusal> (*check)(const Value& value) = nullptr;
  void (*assign)(const Value& value, RowSettings& row) = nullptr;
  // Whether the row, as the whole PDU would leave it, agrees with itself. nullptr: always.
  bool (*agrees)(const RowSettings& row, const Snapshot& snapshot, std::size_t at) = nullptr;
};

extern const Setter kAliasSetter;         // ifAlias; an empty one gives the kernel's back
extern const Setter kTrapEnableSetter;    // ifLinkUpDownTrapEnable
extern const Setter kAlarmRisingSetter;   // hvnetAlarmRising
extern const Setter kAlarmFallingSetter;  // hvnetAlarmFalling
extern const Setter kAlarmRatioSetter;    // hvnetAlarmRatio

}  // namespace hvnet
