// What the source knows of one network link, as plain values. No I/O here.
//
// Threads: any. Ownership: values. Errors: none; what is not known is an empty optional.
#pragma once

#include <array>
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

// What a link is below a master of virtio_net's `failover=on` (net_failover.c).
enum class FailoverRole : std::uint8_t { kNone, kStandby, kPrimary };

// What kind of link layer it is, as far as ifType tells them apart. Whoever reads an operating
// system's own numbers for this translates them where it reads them.
enum class HardwareType : std::uint8_t {
  kOther,
  kEthernet,
  kIeee80211,
  kInfiniband,
  kLoopback,
  kPpp,
  kTunnel,
};

// The 64-bit counters of one link, in the kernel's words and in the kernel's order (struct
// rtnl_link_stats64, which only ever grows at its end): all of them, so that the table of
// components.h can name any. An older kernel, or another source, leaves empty what it does not
// count.
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
  Count collisions{};
  Count rx_length_errors{};
  Count rx_over_errors{};
  Count rx_crc_errors{};
  Count rx_frame_errors{};  // alignment
  Count rx_fifo_errors{};
  Count rx_missed_errors{};
  Count tx_aborted_errors{};
  Count tx_carrier_errors{};  // carrier sense
  Count tx_fifo_errors{};
  Count tx_heartbeat_errors{};
  Count tx_window_errors{};
  Count rx_compressed{};
  Count tx_compressed{};
  Count rx_nohandler{};

  bool operator==(const LinkStats&) const = default;
};

// The members in the kernel's order.
inline constexpr std::array kLinkStatsOrder = {
    &LinkStats::rx_packets,       &LinkStats::tx_packets,          &LinkStats::rx_bytes,
    &LinkStats::tx_bytes,         &LinkStats::rx_errors,           &LinkStats::tx_errors,
    &LinkStats::rx_dropped,       &LinkStats::tx_dropped,          &LinkStats::multicast,
    &LinkStats::collisions,       &LinkStats::rx_length_errors,    &LinkStats::rx_over_errors,
    &LinkStats::rx_crc_errors,    &LinkStats::rx_frame_errors,     &LinkStats::rx_fifo_errors,
    &LinkStats::rx_missed_errors, &LinkStats::tx_aborted_errors,   &LinkStats::tx_carrier_errors,
    &LinkStats::tx_fifo_errors,   &LinkStats::tx_heartbeat_errors, &LinkStats::tx_window_errors,
    &LinkStats::rx_compressed,    &LinkStats::tx_compressed,       &LinkStats::rx_nohandler,
};
static_assert(sizeof(LinkStats) == kLinkStatsOrder.size() * sizeof(LinkStats::Count));

// One RTM_NEWLINK, or what a portable source says in its place.
struct Link {
  KernelIndex index{};
  std::string name;
  std::string alias;  // IFLA_IFALIAS; empty when the kernel has none
  std::string kind;   // IFLA_INFO_KIND: "veth", "bridge", ...; empty for a device
  HardwareType hardware_type = HardwareType::kOther;
  bool admin_up = false;  // an operator has set it up; whether frames can pass is another question
  bool loopback = false;
  std::uint32_t mtu = 0;                 // octets
  std::optional<std::uint32_t> max_mtu;  // IFLA_MAX_MTU; empty when the driver has no limit
  OperState oper_state = OperState::kUnknown;
  std::optional<bool> carrier;
  bool promiscuous = false;     // for whatever reason: an operator, a bridge, a packet capture
  HwAddress address;            // as it is now
  HwAddress permanent_address;  // IFLA_PERM_ADDRESS; empty when the device has none
  std::optional<KernelIndex> master;
  std::optional<KernelIndex> lower;  // IFLA_LINK, when it is another link of this namespace

  bool operator==(const Link&) const = default;
};

}  // namespace hvnet
