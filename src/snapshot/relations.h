// What stands on what (ifStackTable), and which link addresses an interface receives
// (ifRcvAddressTable), as RFC 2863 §3.1.1 and §6 have them. Pure.
#pragma once

#include <span>
#include <vector>

#include "snapshot/interfaces.h"

namespace hvnet {

// Ascending. A VF or a member stands under its master, a VLAN over its device; whatever has
// nothing above or below it has 0 there. The two ends of a veth do not stand on each other.
std::vector<StackEntry> stackOf(std::span<const NumberedPort> ports);

// By ifIndex, then by length and octets: the order of the table's OIDs. Of Ethernet links: their
// own address, broadcast, and the multicast addresses that somebody listens to.
std::vector<ReceiveAddress> receiveAddressesOf(std::span<const NumberedPort> ports);

}  // namespace hvnet
