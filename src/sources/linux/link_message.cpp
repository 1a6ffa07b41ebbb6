#include "sources/linux/link_message.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sources/linux/netlink_message.h"

namespace hvnet {
namespace {

// The kernel ends it with a NUL; one without is read to the end of the attribute.
bool readText(Bytes payload, std::size_t longest, std::string& text) {
  const auto end = std::ranges::find(payload, std::byte{0});
  text.assign(reinterpret_cast<const char*>(payload.data()),
              static_cast<std::size_t>(end - payload.begin()));
  return text.size() <= longest;
}

template <class T>
bool readInto(Bytes payload, T& value) {
  const auto read = readValue<T>(payload);
  if (read) value = *read;
  return read.has_value();
}

bool readAddress(Bytes payload, HwAddress& address) {
  if (payload.size() > HwAddress::static_capacity) return false;
  address.clear();
  for (const std::byte octet : payload) address.push_back(std::to_integer<std::uint8_t>(octet));
  return true;
}

bool isZero(const HwAddress& address) {
  return std::ranges::all_of(address, [](std::uint8_t octet) { return octet == 0; });
}

// Zero stands for none in IFLA_MASTER and IFLA_LINK ("sit0@NONE").
std::optional<KernelIndex> otherThan(KernelIndex own, std::int32_t index) {
  if (index <= 0 || KernelIndex{index} == own) return std::nullopt;
  return KernelIndex{index};
}

constexpr std::array kHardwareTypes = {
    std::pair{ARPHRD_ETHER, HardwareType::kEthernet},
    std::pair{ARPHRD_IEEE80211, HardwareType::kIeee80211},
    std::pair{ARPHRD_INFINIBAND, HardwareType::kInfiniband},
    std::pair{ARPHRD_IP6GRE, HardwareType::kTunnel},
    std::pair{ARPHRD_IPGRE, HardwareType::kTunnel},
    std::pair{ARPHRD_LOOPBACK, HardwareType::kLoopback},
    std::pair{ARPHRD_NONE, HardwareType::kTunnel},  // tun, wireguard: IP without a link layer
    std::pair{ARPHRD_PPP, HardwareType::kPpp},
    std::pair{ARPHRD_SIT, HardwareType::kTunnel},
    std::pair{ARPHRD_TUNNEL, HardwareType::kTunnel},
    std::pair{ARPHRD_TUNNEL6, HardwareType::kTunnel},
};

HardwareType hardwareTypeOf(int arphrd) {
  const auto* known = std::ranges::find(kHardwareTypes, arphrd, [](auto row) { return row.first; });
  return known == kHardwareTypes.end() ? HardwareType::kOther : known->second;
}

// Gathers what the attributes say of one link.
class LinkReader {
 public:
  explicit LinkReader(const ifinfomsg& family) {
    link_.index = KernelIndex{family.ifi_index};
    link_.hardware_type = hardwareTypeOf(family.ifi_type);
    link_.admin_up = (family.ifi_flags & IFF_UP) != 0;
    link_.loopback = (family.ifi_flags & IFF_LOOPBACK) != 0;
    link_.promiscuous = (family.ifi_flags & IFF_PROMISC) != 0;
  }

  bool read(std::uint16_t type, Bytes payload);
  // Nothing when this was not about a link as such.
  std::optional<Link> finish() &&;

 private:
  bool readInfo(Bytes attributes);

  Link link_;
  std::uint8_t oper_state_ = 0;
  std::uint32_t max_mtu_ = 0;  // 0: the driver knows no limit
  std::optional<std::uint8_t> carrier_;
  std::uint32_t promiscuity_ = 0;
  std::int32_t master_ = 0;
  std::int32_t lower_ = 0;
  bool lower_is_elsewhere_ = false;  // its number belongs to another network namespace
  bool wireless_ = false;
};

bool LinkReader::read(std::uint16_t type, Bytes payload) {
  switch (type) {
    case IFLA_IFNAME:
      return readText(payload, IFNAMSIZ - 1, link_.name);
    case IFLA_IFALIAS:
      return readText(payload, IFALIASZ - 1, link_.alias);
    case IFLA_MTU:
      return readInto(payload, link_.mtu);
    case IFLA_MAX_MTU:
      return readInto(payload, max_mtu_);
    case IFLA_ADDRESS:
      return readAddress(payload, link_.address);
    case IFLA_PERM_ADDRESS:
      return readAddress(payload, link_.permanent_address);
    case IFLA_OPERSTATE:
      return readInto(payload, oper_state_);
    case IFLA_CARRIER:
      return readInto(payload, carrier_.emplace());
    case IFLA_PROMISCUITY:
      return readInto(payload, promiscuity_);
    case IFLA_MASTER:
      return readInto(payload, master_);
    case IFLA_LINK:
      return readInto(payload, lower_);
    case IFLA_LINK_NETNSID:
      lower_is_elsewhere_ = true;
      return true;
    case IFLA_LINKINFO:
      return readInfo(payload);
    case IFLA_WIRELESS:
      wireless_ = true;
      return true;
    default:
      return true;
  }
}

bool LinkReader::readInfo(Bytes attributes) {
  constexpr std::size_t kLongestKind = 255;
  return eachAttribute(attributes, [this](std::uint16_t type, Bytes payload) {
    return type != IFLA_INFO_KIND || readText(payload, kLongestKind, link_.kind);
  });
}

std::optional<Link> LinkReader::finish() && {
  if (wireless_ || link_.name.empty()) return std::nullopt;
  if (oper_state_ <= static_cast<std::uint8_t>(OperState::kUp)) {
    link_.oper_state = OperState{oper_state_};
  }
  // Most drivers take the carrier away while the link is set down (veth_close() in
  // drivers/net/veth.c, vmxnet3_close(), netvsc_open() only gives it back), so that nothing is
  // known then. Those that keep it (virtio_net before Linux 6.10, xen_netfront) know.
  if (carrier_ && (link_.admin_up || *carrier_ != 0)) link_.carrier = *carrier_ != 0;
  if (max_mtu_ != 0) link_.max_mtu = max_mtu_;
  if (promiscuity_ > 0) link_.promiscuous = true;
  if (isZero(link_.permanent_address)) link_.permanent_address.clear();
  link_.master = otherThan(link_.index, master_);
  if (!lower_is_elsewhere_) link_.lower = otherThan(link_.index, lower_);
  return std::move(link_);
}

tl::unexpected<Error> failOf(int index, const char* what) {
  return fail("link message of ifindex " + std::to_string(index) + ": " + what);
}

}  // namespace

Result<std::optional<LinkMessage>> parseLinkMessage(std::span<const std::byte> message) {
  const auto parts = openMessage<ifinfomsg>(message);
  if (!parts)
    return fail("link message cut short at " + std::to_string(message.size()) + " octets");
  const bool removed = parts->type == RTM_DELLINK;
  if (!removed && parts->type != RTM_NEWLINK) return std::nullopt;
  if (parts->family.ifi_family != AF_UNSPEC) return std::nullopt;

  const int index = parts->family.ifi_index;
  if (index <= 0) return failOf(index, "not an index");
  LinkReader reader(parts->family);
  const bool whole = eachAttribute(parts->attributes, [&reader](std::uint16_t type, Bytes payload) {
    return reader.read(type, payload);
  });
  if (!whole) return failOf(index, "an attribute does not fit");
  auto link = std::move(reader).finish();
  if (!link) return std::nullopt;
  return LinkMessage{removed, std::move(*link)};
}

}  // namespace hvnet
