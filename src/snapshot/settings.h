// The values that an operator SET over SNMP, by ifIndex. The number of an interface never changes,
// so its settings always belong to the same interface. Pure functions.
//
// Threads: any. Ownership: values, shared as immutable SettingsPtr. Errors: none.
// Units: rates are packets per second.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "snapshot/alarm_settings.h"
#include "snapshot/interface.h"

namespace hvnet {

// RFC 2863, ifAlias: DisplayString (SIZE(0..64)).
inline constexpr std::size_t kLongestAlias = 64;

// The settings of one row. An empty member was not SET.
struct RowSettings {
  std::optional<std::string> alias;  // an empty one counts as not SET
  std::optional<TrapEnable> trap_enable;
  std::optional<std::uint32_t> rising;  // the drop alarm, see AlarmSettings
  std::optional<std::uint32_t> falling;
  std::optional<std::uint32_t> ratio;

  bool operator==(const RowSettings&) const = default;
};

using Settings = boost::container::flat_map<IfIndex, RowSettings>;
// Functions that return a SettingsPtr never return null.
using SettingsPtr = std::shared_ptr<const Settings>;

// Replaces the values of the kernel and the configuration by the values that were SET.
void applySettings(const Settings& settings, std::span<Interface> rows);
// Returns the thresholds of the configuration, replaced by those that were SET for the row.
// `falling` is limited to `rising`, because otherwise one rate would both raise and clear the
// alarm.
AlarmSettings withSettings(AlarmSettings configured, const Settings& settings, IfIndex row);

}  // namespace hvnet
