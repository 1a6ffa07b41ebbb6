#include "tables/setters.h"

#include <string>

#include "tables/smi_text.h"

namespace hvnet {
namespace {

using Refused = std::optional<Refusal>;

// Operators write more than NVT ASCII, but not other than UTF-8: it could not be read back.
Refused checkAlias(const Value& value) {
  if (value.octets.size() > kLongestAlias) return Refusal::kWrongLength;
  return isUtf8(value.octets) ? std::nullopt : Refused(Refusal::kWrongValue);
}
void assignAlias(const Value& value, RowSettings& row) {
  row.alias.reset();
  if (!value.octets.empty()) row.alias = std::string(value.octets);
}

Refused checkTrapEnable(const Value& value) {
  return value.number == 1 || value.number == 2 ? std::nullopt : Refused(Refusal::kWrongValue);
}
void assignTrapEnable(const Value& value, RowSettings& row) {
  row.trap_enable = static_cast<TrapEnable>(value.number);
}

Refused anyNumber(const Value&) {
  return std::nullopt;
}
// At 0 the alarm would be raised by nothing at all.
Refused notZero(const Value& value) {
  return value.number == 0 ? Refused(Refusal::kWrongValue) : std::nullopt;
}

template <std::optional<std::uint32_t> RowSettings::*Field>
void assignNumber(const Value& value, RowSettings& row) {
  row.*Field = static_cast<std::uint32_t>(value.number);
}

// A rate must not raise the alarm and clear it at once.
bool fallsBelowRising(const RowSettings& row, const Snapshot& snapshot, std::size_t at) {
  const AlarmSettings& now = snapshot.rates[at].settings;
  return row.falling.value_or(now.falling) <= row.rising.value_or(now.rising);
}

}  // namespace

constexpr Setter kAliasSetter = {checkAlias, assignAlias, nullptr};
constexpr Setter kTrapEnableSetter = {checkTrapEnable, assignTrapEnable, nullptr};
constexpr Setter kAlarmRisingSetter = {notZero, assignNumber<&RowSettings::rising>,
                                       fallsBelowRising};
constexpr Setter kAlarmFallingSetter = {anyNumber, assignNumber<&RowSettings::falling>,
                                        fallsBelowRising};
constexpr Setter kAlarmRatioSetter = {anyNumber, assignNumber<&RowSettings::ratio>, nullptr};

}  // namespace hvnet
