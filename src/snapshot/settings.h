// What an operator SET over SNMP, by ifIndex: a number is an identity's for ever, so the settings
// are, too. Pure.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "snapshot/drop_alarm.h"
#include "snapshot/interface.h"

namespace hvnet {

// RFC 2863, ifAlias: DisplayString (SIZE(0..64)).
inline constexpr std::size_t kLongestAlias = 64;

// Of one row; what is empty was not SET. Rates are per second.
struct RowSettings {
  std::optional<std::string> alias;  // an empty one counts as not SET
  std::optional<TrapEnable> trap_enable;
  std::optional<std::uint32_t> rising;  // of the drop alarm, as AlarmSettings
  std::optional<std::uint32_t> falling;
  std::optional<std::uint32_t> ratio;

  bool operator==(const RowSettings&) const = default;
};

using Settings = boost::container::flat_map<IfIndex, RowSettings>;
// Never null where one is handed out.
using SettingsPtr = std::shared_ptr<const Settings>;

// Puts what was SET in place of what the kernel and the configuration say.
void applySettings(const Settings& settings, std::span<Interface> rows);
// The configuration's thresholds with those of a row over them. Where the two together would clear
// an alarm at a rate that raises it, `falling` is no more than `rising`.
AlarmSettings withSettings(AlarmSettings configured, const Settings& settings, IfIndex row);

}  // namespace hvnet
