// The text form of the settings: `<state>/settings.saved`, one readable line for each row.
//
//   hvnet-settings 1
//   # comment
//   ifIndex 3 alias uplink%20north trapEnable disabled rising 100 falling 10 ratio 4
//   end
//
// A word is there only if the value was SET. The alias is escaped (base/escape.h). The parser
// accepts only text that formatSettings() can have written, except for comments, empty lines and
// the order.
//
// Threads: any; pure functions. Ownership: values.
// Errors: a Result with file, line and what to do. Units: rates are packets per second.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "snapshot/settings.h"

namespace hvnet {

// `file_name` is only for messages: "settings.saved:3: ratio is not a number; …".
Result<Settings> parseSettings(std::string_view text, std::string_view file_name);
std::string formatSettings(const Settings& settings);

}  // namespace hvnet
