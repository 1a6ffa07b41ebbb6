#include "counters/linux/link_message.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <string>

#include "counters/linux/netlink_message.h"

namespace hvnet {
namespace {

// NUL-terminated by the kernel; taken to the end of the attribute if it is not.
bool takeText(Bytes payload, std::size_t longest, std::string& text) {
  const auto end = std::ranges::find(payload, std::byte{0});
  text.assign(reinterpret_cast<const char*>(payload.data()),
              static_cast<std::size_t>(end - payload.begin()));
  return text.size() <= longest;
}

template <class T>
bool takeValue(Bytes payload, T& value) {
  const auto read = readValue<T>(payload);
  if (read) value = *read;
  return read.has_value();
}

bool takeAddress(Bytes payload, HwAddress& address) {
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

// Gathers what the attributes say of one link.
class LinkReader {
 public:
  explicit LinkReader(const ifinfomsg& family) {
    link_.index = KernelIndex{family.ifi_index};
    link_.hardware_type = family.ifi_type;
    link_.flags = family.ifi_flags;
  }

  bool take(std::uint16_t type, Bytes payload);
  // Nothing when this was not about a link as such.
  std::optional<Link> finish() &&;

 private:
  bool takeInfo(Bytes attributes);

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

bool LinkReader::take(std::uint16_t type, Bytes payload) {
  switch (type) {
    case IFLA_IFNAME:
      return takeText(payload, IFNAMSIZ - 1, link_.name);
    case IFLA_IFALIAS:
      return takeText(payload, IFALIASZ - 1, link_.alias);
    case IFLA_MTU:
      return takeValue(payload, link_.mtu);
    case IFLA_MAX_MTU:
      return takeValue(payload, max_mtu_);
    case IFLA_ADDRESS:
      return takeAddress(payload, link_.address);
    case IFLA_PERM_ADDRESS:
      return takeAddress(payload, link_.permanent_address);
    case IFLA_OPERSTATE:
      return takeValue(payload, oper_state_);
    case IFLA_CARRIER:
      return takeValue(payload, carrier_.emplace());
    case IFLA_PROMISCUITY:
      return takeValue(payload, promiscuity_);
    case IFLA_MASTER:
      return takeValue(payload, master_);
    case IFLA_LINK:
      return takeValue(payload, lower_);
    case IFLA_LINK_NETNSID:
      lower_is_elsewhere_ = true;
      return true;
    case IFLA_LINKINFO:
      return takeInfo(payload);
    case IFLA_WIRELESS:
      wireless_ = true;
      return true;
    default:
      return true;
  }
}

bool LinkReader::takeInfo(Bytes attributes) {
  constexpr std::size_t kLongestKind = 255;
  return eachAttribute(attributes, [this](std::uint16_t type, Bytes payload) {
    return type != IFLA_INFO_KIND || takeText(payload, kLongestKind, link_.kind);
  });
}

std::optional<Link> LinkReader::finish() && {
  if (wireless_ || link_.name.empty()) return std::nullopt;
  if (oper_state_ <= static_cast<std::uint8_t>(OperState::kUp)) {
    link_.oper_state = OperState{oper_state_};
  }
  if (carrier_) link_.carrier = *carrier_ != 0;
  if (max_mtu_ != 0) link_.max_mtu = max_mtu_;
  link_.promiscuous = promiscuity_ > 0 || (link_.flags & IFF_PROMISC) != 0;
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
    return reader.take(type, payload);
  });
  if (!whole) return failOf(index, "an attribute does not fit");
  auto link = std::move(reader).finish();
  if (!link) return std::nullopt;
  return LinkMessage{removed, std::move(*link)};
}

}  // namespace hvnet
