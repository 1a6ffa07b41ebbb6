// Bounded reading of one netlink message: header, the family's fixed part, attributes. Every length
// is checked against the octets in hand; values are copied out, so that alignment is no concern.
//
// Threads: any; pure functions. Ownership: all borrow from the message. Errors: what does not fit
// is an empty optional or false.
#pragma once

#include <libmnl/libmnl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace hvnet {

using Bytes = std::span<const std::byte>;

// The first octets as a T; nothing when there are too few.
template <class T>
std::optional<T> readValue(Bytes bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <class Family>
struct NetlinkMessage {
  std::uint16_t type = 0;
  Family family{};
  Bytes attributes;
};

// Family is the fixed part that follows the header: ifinfomsg, if_stats_msg, ...
template <class Family>
std::optional<NetlinkMessage<Family>> openMessage(Bytes bytes) {
  constexpr std::size_t kAttributesAt = MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(Family));
  const auto header = readValue<nlmsghdr>(bytes);
  if (!header || header->nlmsg_len > bytes.size() || header->nlmsg_len < kAttributesAt) {
    return std::nullopt;
  }
  bytes = bytes.first(header->nlmsg_len);
  const auto family = readValue<Family>(bytes.subspan(MNL_NLMSG_HDRLEN));
  return NetlinkMessage<Family>{header->nlmsg_type, *family, bytes.subspan(kAttributesAt)};
}

// Calls visit(type, payload) for each attribute. False when visit says so, or when an attribute
// does not fit into what is left.
template <class Visit>
bool eachAttribute(Bytes bytes, Visit visit) {
  while (!bytes.empty()) {
    const auto* attribute = reinterpret_cast<const nlattr*>(bytes.data());
    if (!mnl_attr_ok(attribute, static_cast<int>(bytes.size()))) return false;
    const std::size_t length = mnl_attr_get_len(attribute);
    if (!visit(mnl_attr_get_type(attribute), bytes.first(length).subspan(MNL_ATTR_HDRLEN))) {
      return false;
    }
    bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), MNL_ALIGN(length)));
  }
  return true;
}

}  // namespace hvnet
