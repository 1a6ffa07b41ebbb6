#include "snapshot/relations.h"

#include <net/if_arp.h>

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <optional>
#include <tuple>

namespace hvnet {
namespace {

using IndexOfKernel = boost::container::flat_map<KernelIndex, const NumberedPort*>;

const NumberedPort* lookUp(const IndexOfKernel& known, std::optional<KernelIndex> index) {
  if (!index) return nullptr;
  const auto found = known.find(*index);
  return found == known.end() ? nullptr : found->second;
}

// IFLA_LINK of a veth is its peer, which says the same of it.
bool namesItBack(const NumberedPort& lower, const NumberedPort& port) {
  return lower.port->link.lower == port.port->link.index;
}

void addEnds(std::span<const NumberedPort> ports, std::vector<StackEntry>& stack) {
  std::vector<IfIndex> below;
  std::vector<IfIndex> above;
  for (const StackEntry& entry : stack) {
    below.push_back(entry.lower);
    above.push_back(entry.higher);
  }
  std::ranges::sort(below);
  std::ranges::sort(above);
  constexpr IfIndex kNone{0};
  for (const NumberedPort& port : ports) {
    const IfIndex index = port.number.index;
    if (!std::ranges::binary_search(below, index)) stack.push_back({kNone, index});
    if (!std::ranges::binary_search(above, index)) stack.push_back({index, kNone});
  }
}

constexpr std::size_t kMacOctets = 6;

void addAddresses(const NumberedPort& numbered, std::vector<ReceiveAddress>& out) {
  const Link& link = numbered.port->link;
  if (link.hardware_type != ARPHRD_ETHER || link.address.size() != kMacOctets) return;
  const auto add = [&](const HwAddress& address, ReceiveAddressType type) {
    out.push_back({numbered.number.index, address, type});
  };
  // Both are there again after a restart; what was joined is not.
  add(link.address, ReceiveAddressType::kNonVolatile);
  add(HwAddress(kMacOctets, 0xff), ReceiveAddressType::kNonVolatile);
  for (const HwAddress& group : numbered.port->groups) add(group, ReceiveAddressType::kVolatile);
}

}  // namespace

std::vector<StackEntry> stackOf(std::span<const NumberedPort> ports) {
  IndexOfKernel known;
  known.reserve(ports.size());
  for (const NumberedPort& port : ports) known.emplace(port.port->link.index, &port);
  std::vector<StackEntry> stack;
  for (const NumberedPort& port : ports) {
    if (const auto* master = lookUp(known, port.port->link.master)) {
      stack.push_back({master->number.index, port.number.index});
    }
    const auto* lower = lookUp(known, port.port->link.lower);
    if (lower != nullptr && lower != &port && !namesItBack(*lower, port)) {
      stack.push_back({port.number.index, lower->number.index});
    }
  }
  addEnds(ports, stack);
  std::ranges::sort(stack);
  stack.erase(std::unique(stack.begin(), stack.end()), stack.end());
  return stack;
}

std::vector<ReceiveAddress> receiveAddressesOf(std::span<const NumberedPort> ports) {
  std::vector<ReceiveAddress> out;
  for (const NumberedPort& port : ports) addAddresses(port, out);
  const auto key = [](const ReceiveAddress& row) {
    return std::tuple(row.index, row.address.size(), row.address);
  };
  std::ranges::sort(out, {}, key);
  const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b); };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

}  // namespace hvnet
