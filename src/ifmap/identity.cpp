#include "ifmap/identity.h"

#include <algorithm>

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
  return NameIdentity{std::string(shortName(candidate.kind)),
                      std::string(shortName(candidate.name))};
}

bool isKnownAs(const Identity& identity, const Candidate& candidate) {
  if (candidate.adapter && candidate.guid) {
    const auto* known = std::get_if<GuidIdentity>(&identity);
    return known != nullptr && known->guid == *candidate.guid;
  }
  if (candidate.adapter) return identity == identityOf(candidate);
  const auto* known = std::get_if<NameIdentity>(&identity);
  return known != nullptr && known->name == shortName(candidate.name) &&
         known->kind == shortName(candidate.kind);
}

}  // namespace hvnet
