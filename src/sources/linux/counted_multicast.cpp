#include "sources/linux/counted_multicast.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace hvnet {

bool countsMulticast(const Link& link) {
  // Nothing in these sets it (drivers/net/, net/ipv6/ and net/xfrm/ of Linux 6.12).
  constexpr std::array<std::string_view, 21> kWithoutCount = {
      "amt",       "bareudp", "dummy",  "geneve", "gtp",   "ifb",       "ip6gre",
      "ip6gretap", "ip6tnl",  "macsec", "netkit", "ppp",   "sit",       "tun",
      "veth",      "vrf",     "vti",    "vti6",   "vxlan", "wireguard", "xfrm"};
  return !link.loopback && std::ranges::find(kWithoutCount, link.kind) == kWithoutCount.end();
}

}  // namespace hvnet
