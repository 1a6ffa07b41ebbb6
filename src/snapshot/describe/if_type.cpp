#include "snapshot/describe/if_type.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hvnet {
namespace {

// IANAifType-MIB.
constexpr std::uint32_t kOther = 1;
constexpr std::uint32_t kPpp = 23;
constexpr std::uint32_t kSoftwareLoopback = 24;
constexpr std::uint32_t kIeee80211 = 71;
constexpr std::uint32_t kTunnel = 131;
constexpr std::uint32_t kL2vlan = 135;
constexpr std::uint32_t kIeee8023adLag = 161;
constexpr std::uint32_t kInfiniband = 199;
constexpr std::uint32_t kBridge = 209;

constexpr std::array kTypeOfKind = {
    std::pair<std::string_view, std::uint32_t>{"bond", kIeee8023adLag},
    std::pair<std::string_view, std::uint32_t>{"bridge", kBridge},
    std::pair<std::string_view, std::uint32_t>{"gretap", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"ip6gretap", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"team", kIeee8023adLag},
    std::pair<std::string_view, std::uint32_t>{"vlan", kL2vlan},
    std::pair<std::string_view, std::uint32_t>{"vxlan", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"wireguard", kTunnel},
};

std::uint32_t typeOfHardware(HardwareType type) {
  switch (type) {
    case HardwareType::kEthernet:
      return kEthernetCsmacd;
    case HardwareType::kIeee80211:
      return kIeee80211;
    case HardwareType::kInfiniband:
      return kInfiniband;
    case HardwareType::kLoopback:
      return kSoftwareLoopback;
    case HardwareType::kPpp:
      return kPpp;
    case HardwareType::kTunnel:
      return kTunnel;
    case HardwareType::kOther:
      break;
  }
  return kOther;
}

}  // namespace

std::uint32_t ifType(const Link& link) {
  const std::string_view kind = link.kind;
  const auto* by_kind = std::ranges::find(kTypeOfKind, kind, [](auto row) { return row.first; });
  if (by_kind != kTypeOfKind.end()) return by_kind->second;
  return typeOfHardware(link.hardware_type);
}

}  // namespace hvnet
