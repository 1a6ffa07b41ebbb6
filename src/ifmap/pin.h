// `ifIndex 3 mac 00:15:5d:01:02:03` in the configuration.
#pragma once

#include <string>
#include <variant>

#include "ifmap/identity.h"

namespace hvnet {

struct PinnedName {
  std::string name;
  auto operator<=>(const PinnedName&) const = default;
};
using PinTarget = std::variant<GuidIdentity, MacIdentity, PinnedName>;

struct Pin {
  IfIndex index{};
  PinTarget target;
  std::string where;  // "hvnet-subagent.conf:4", for the error message
};

// "mac 00:15:…", as the configuration spells it.
std::string toText(const PinTarget& target);

}  // namespace hvnet
