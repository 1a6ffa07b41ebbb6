// The settings as text: `<state>/settings.saved`, one readable line a row.
//
//   hvnet-settings 1
//   # comment
//   ifIndex 3 alias uplink%20north trapEnable disabled rising 100 falling 10 ratio 4
//   end
//
// Pure. A word stands for what was SET; the alias is escaped (base/escape.h). Everything that
// formatSettings() cannot have written is an error, but for comments, empty lines and the order.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "snapshot/settings.h"

namespace hvnet {

// `file_name` is only for messages: "settings.saved:3: ratio is no number; …".
Result<Settings> parseSettings(std::string_view text, std::string_view file_name);
std::string formatSettings(const Settings& settings);

}  // namespace hvnet
