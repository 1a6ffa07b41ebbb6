// What the source knows of one network link, as plain values. No I/O here.
#pragma once

#include <boost/container/static_vector.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hvnet {

// The kernel's ifindex. Never published unless `indexOrder kernel` asks for it.
enum class KernelIndex : int {};

// A hardware address as the kernel reports it: 6 octets on Ethernet, up to 32 (MAX_ADDR_LEN).
using HwAddress = boost::container::static_vector<std::uint8_t, 32>;

// "00:15:5d:01:02:03"; empty for an empty address.
std::string toText(const HwAddress& address);
// Six octets as hexadecimal pairs with ':' or '-'; nothing else is an address.
std::optional<HwAddress> parseMac(std::string_view text);

// RFC 2863 §3.1.13-14 as the kernel keeps it (Documentation/networking/operstates.rst, IF_OPER_*).
enum class OperState : std::uint8_t {
  kUnknown = 0,
  kNotPresent = 1,
  kDown = 2,
  kLowerLayerDown = 3,
  kTesting = 4,
  kDormant = 5,
  kUp = 6,
};

enum class Duplex : std::uint8_t { kHalf, kFull };

// The 64-bit counters of one link (struct rtnl_link_stats64), in the kernel's words. The kernel has
// them all; another source leaves empty what its driver does not count.
struct LinkStats {
  using Count = std::optional<std::uint64_t>;
  Count rx_packets{};
  Count tx_packets{};
  Count rx_bytes{};
  Count tx_bytes{};
  Count rx_errors{};
  Count tx_errors{};
  Count rx_dropped{};
  Count tx_dropped{};
  Count multicast{};
  Count rx_missed_errors{};
  Count rx_crc_errors{};
  Count rx_frame_errors{};    // alignment
  Count tx_carrier_errors{};  // carrier sense

  bool operator==(const LinkStats&) const = default;
};

// One RTM_NEWLINK, or what a portable source says in its place.
struct Link {
  KernelIndex index{};
  std::string name;
  std::string alias;                // IFLA_IFALIAS; empty when the kernel has none
  std::string kind;                 // IFLA_INFO_KIND: "veth", "bridge", ...; empty for a device
  std::uint16_t hardware_type = 0;  // ARPHRD_*
  std::uint32_t flags = 0;          // IFF_*
  std::uint32_t mtu = 0;            // octets
  std::optional<std::uint32_t> max_mtu;  // IFLA_MAX_MTU; empty when the driver has no limit
  OperState oper_state = OperState::kUnknown;
  std::optional<bool> carrier;
  bool promiscuous = false;     // IFF_PROMISC or IFLA_PROMISCUITY > 0
  HwAddress address;            // as it is now
  HwAddress permanent_address;  // IFLA_PERM_ADDRESS; empty when the device has none
  std::optional<KernelIndex> master;
  std::optional<KernelIndex> lower;  // IFLA_LINK, when it is another link of this namespace

  bool operator==(const Link&) const = default;
};

}  // namespace hvnet
