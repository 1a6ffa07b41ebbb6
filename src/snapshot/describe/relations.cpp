#include "snapshot/describe/relations.h"

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <optional>
#include <tuple>

namespace hvnet {
namespace {

using IndexOfKernel = boost::container::flat_map<KernelIndex, const NumberedInterface*>;

const NumberedInterface* lookUp(const IndexOfKernel& known, std::optional<KernelIndex> index) {
  if (!index) return nullptr;
  const auto found = known.find(*index);
  return found == known.end() ? nullptr : found->second;
}

// IFLA_LINK of a veth is its peer, and the peer's IFLA_LINK is this one.
bool namesItBack(const NumberedInterface& lower, const NumberedInterface& interface) {
  return lower.source->link.lower == interface.source->link.index;
}

void addEnds(std::span<const NumberedInterface> interfaces, std::vector<StackEntry>& stack) {
  std::vector<IfIndex> below;
  std::vector<IfIndex> above;
  for (const StackEntry& entry : stack) {
    below.push_back(entry.lower);
    above.push_back(entry.higher);
  }
  std::ranges::sort(below);
  std::ranges::sort(above);
  constexpr IfIndex kNone{0};
  for (const NumberedInterface& interface : interfaces) {
    const IfIndex index = interface.number.index;
    if (!std::ranges::binary_search(below, index)) stack.push_back({kNone, index});
    if (!std::ranges::binary_search(above, index)) stack.push_back({index, kNone});
  }
}

constexpr std::size_t kMacOctets = 6;

void addAddresses(const NumberedInterface& numbered, std::vector<ReceiveAddress>& out) {
  const Link& link = numbered.source->link;
  if (link.hardware_type != HardwareType::kEthernet || link.address.size() != kMacOctets) return;
  const auto add = [&](const HwAddress& address, ReceiveAddressType type) {
    out.push_back({numbered.number.index, address, type});
  };
  // A restart keeps the own address and broadcast, but not the groups that programs joined.
  add(link.address, ReceiveAddressType::kNonVolatile);
  add(HwAddress(kMacOctets, 0xff), ReceiveAddressType::kNonVolatile);
  for (const HwAddress& group : numbered.source->groups) add(group, ReceiveAddressType::kVolatile);
}

}  // namespace

std::vector<StackEntry> stackOf(std::span<const NumberedInterface> interfaces) {
  IndexOfKernel known;
  known.reserve(interfaces.size());
  for (const NumberedInterface& interface : interfaces)
    known.emplace(interface.source->link.index, &interface);
  std::vector<StackEntry> stack;
  for (const NumberedInterface& interface : interfaces) {
    if (const auto* master = lookUp(known, interface.source->link.master)) {
      stack.push_back({master->number.index, interface.number.index});
    }
    const auto* lower = lookUp(known, interface.source->link.lower);
    if (lower != nullptr && lower != &interface && !namesItBack(*lower, interface)) {
      stack.push_back({interface.number.index, lower->number.index});
    }
  }
  addEnds(interfaces, stack);
  std::ranges::sort(stack);
  stack.erase(std::unique(stack.begin(), stack.end()), stack.end());
  return stack;
}

std::vector<ReceiveAddress> receiveAddressesOf(std::span<const NumberedInterface> interfaces) {
  std::vector<ReceiveAddress> out;
  for (const NumberedInterface& interface : interfaces) addAddresses(interface, out);
  const auto key = [](const ReceiveAddress& row) {
    return std::tuple(row.index, row.address.size(), row.address);
  };
  std::ranges::sort(out, {}, key);
  const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b); };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

}  // namespace hvnet
