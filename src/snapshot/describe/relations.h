// Computes the relations of the interfaces: which one runs on top of which (ifStackTable), and
// which link addresses each one receives (ifRcvAddressTable); see RFC 2863 §3.1.1 and §6.
//
// Threads: any; pure functions. Ownership: borrows its arguments, returns values. Errors: none.
#pragma once

#include <span>
#include <vector>

#include "snapshot/describe/row.h"

namespace hvnet {

// Returns the sorted entries. A VF or a member is below its master; a VLAN is above its device. 0
// means that nothing is above or below. The two ends of a veth are not above or below each other.
std::vector<StackEntry> stackOf(std::span<const NumberedInterface> interfaces);

// Returns the addresses in the order of the table's OIDs: by ifIndex, then by length and octets. An
// Ethernet link has its own address, broadcast, and the multicast addresses that programs joined.
std::vector<ReceiveAddress> receiveAddressesOf(std::span<const NumberedInterface> interfaces);

}  // namespace hvnet
