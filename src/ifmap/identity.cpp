#include "ifmap/identity.h"

#include <algorithm>
#include <tuple>

#include "base/escape.h"

namespace hvnet {
namespace {

struct ToText {
  std::string operator()(const GuidIdentity& who) const { return "guid " + toText(who.guid); }
  std::string operator()(const MacIdentity& who) const { return "mac " + toText(who.mac); }
  std::string operator()(const NameIdentity& who) const {
    return escapeWord(who.kind) + " " + escapeWord(who.name);
  }
  std::string operator()(const RetiredIdentity&) const { return "nobody"; }
};

bool isFailoverPart(const Candidate& candidate) {
  return candidate.failover_role != FailoverRole::kNone && !tellingMac(candidate).empty();
}

NameIdentity nameIdentityOf(const Candidate& candidate) {
  if (isFailoverPart(candidate)) {
    const bool standby = candidate.failover_role == FailoverRole::kStandby;
    return {standby ? "standby" : "primary", toText(candidate.mac)};
  }
  return {std::string(shortName(candidate.kind)), std::string(shortName(candidate.name))};
}

}  // namespace

std::string toText(const Identity& identity) {
  return std::visit(ToText{}, identity);
}

std::string_view shortName(std::string_view name) {
  return name.substr(0, kLongestName);
}

HwAddress tellingMac(const Candidate& candidate) {
  const bool all_zero = std::ranges::all_of(candidate.mac, [](auto octet) { return octet == 0; });
  return all_zero ? HwAddress{} : candidate.mac;
}

Identity identityOf(const Candidate& candidate) {
  if (candidate.adapter && candidate.guid) return GuidIdentity{*candidate.guid};
  if (candidate.adapter) {
    if (const HwAddress mac = tellingMac(candidate); !mac.empty()) return MacIdentity{mac};
  }
  return nameIdentityOf(candidate);
}

bool isKnownAs(const Identity& identity, const Candidate& candidate) {
  if (candidate.adapter && candidate.guid) {
    const auto* known = std::get_if<GuidIdentity>(&identity);
    return known != nullptr && known->guid == *candidate.guid;
  }
  if (candidate.adapter) return identity == identityOf(candidate);
  const auto* known = std::get_if<NameIdentity>(&identity);
  if (known != nullptr && isFailoverPart(candidate)) return *known == nameIdentityOf(candidate);
  return known != nullptr && known->name == shortName(candidate.name) &&
         known->kind == shortName(candidate.kind);
}

std::string numberText(IfIndex index) {
  return "ifIndex " + std::to_string(static_cast<std::uint32_t>(index));
}

bool sortsBefore(const Candidate& a, const Candidate& b) {
  const OrderPlace a_at = orderPlaceOf(a.position, a.host_order);
  const OrderPlace b_at = orderPlaceOf(b.position, b.host_order);
  return std::tie(a_at, a.mac, a.name, a.kernel_index) <
         std::tie(b_at, b.mac, b.name, b.kernel_index);
}

}  // namespace hvnet
