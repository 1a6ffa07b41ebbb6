#include "snapshot/describe/if_type.h"

#include <gtest/gtest.h>

#include <utility>

namespace hvnet {
namespace {

TEST(IfType, OfALinkWithAKindIsTheKinds) {
  Link link;
  link.hardware_type = HardwareType::kEthernet;
  const std::pair<const char*, std::uint32_t> kinds[] = {
      {"bond", 161}, {"team", 161},  {"bridge", 209}, {"vlan", 135},      {"gretap", 131},
      {"veth", 6},   {"vxlan", 131}, {"dummy", 6},    {"ip6gretap", 131}, {"wireguard", 131}};
  for (const auto& [kind, type] : kinds) {
    link.kind = kind;
    EXPECT_EQ(ifType(link), type) << kind;
  }
}

TEST(IfType, OfALinkWithoutOneIsTheHardwares) {
  const std::pair<HardwareType, std::uint32_t> types[] = {
      {HardwareType::kEthernet, 6},     {HardwareType::kPpp, 23},
      {HardwareType::kLoopback, 24},    {HardwareType::kIeee80211, 71},
      {HardwareType::kInfiniband, 199}, {HardwareType::kTunnel, 131},
      {HardwareType::kOther, 1}};
  for (const auto& [hardware, type] : types) {
    Link link;
    link.hardware_type = hardware;
    EXPECT_EQ(ifType(link), type);
  }
}

}  // namespace
}  // namespace hvnet
