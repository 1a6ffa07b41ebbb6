// Small snapshots for the tests of all code that reads snapshots.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "snapshot/snapshot.h"

namespace hvnet::test {

inline Interface interfaceAt(std::uint32_t index, const std::string& name = "lan") {
  Interface out;
  out.index = IfIndex{index};
  out.kernel_index = KernelIndex{static_cast<int>(index) + 100};
  out.name = name + std::to_string(index);
  out.descr = "Hyper-V hvnet adapter " + out.name;
  out.type = 6;
  out.mtu = 1500;
  out.speed_mbps = 1000;
  out.admin_status = AdminStatus::kUp;
  out.oper_status = OperStatus::kUp;
  return out;
}

// The same, as a paravirtual NIC that is connected to a network.
inline Interface adapterAt(std::uint32_t index) {
  Interface out = interfaceAt(index);
  out.adapter = true;
  out.driver = "hv_netvsc";
  out.duplex = Duplex::kFull;
  out.facts.hypervisor = "Hyper-V";
  out.facts.place = index;
  out.facts.network_assigned = true;
  return out;
}

inline Counters countersOf(std::uint64_t base) {
  Counters out;
  out.in_packets = base + 1;
  out.in_errors = base + 2;
  out.out_packets = base + 3;
  out.out_errors = base + 4;
  out.in_octets = base + 5;
  out.out_octets = base + 6;
  out.in_drops = base + 7;
  out.in_discards = base + 7;
  out.out_discards = base + 8;
  out.in_unicast = base;
  out.out_unicast = base + 3;
  out.in_multicast = 1;
  out.in_non_unicast = 1;
  return out;
}

// A snapshot of these interfaces, sorted by index. The counters of each row are different.
inline Snapshot snapshotWith(Interfaces interfaces) {
  Snapshot out;
  for (const Interface& row : interfaces.rows) {
    out.counters.push_back(countersOf(static_cast<std::uint64_t>(row.index) * 1000));
    out.rates.emplace_back();
  }
  out.interfaces = std::make_shared<const Interfaces>(std::move(interfaces));
  return out;
}

// A snapshot of interfaces that are not adapters.
inline Snapshot snapshotOf(const std::vector<std::uint32_t>& indexes) {
  Interfaces interfaces;
  for (const std::uint32_t index : indexes) interfaces.rows.push_back(interfaceAt(index));
  return snapshotWith(std::move(interfaces));
}

}  // namespace hvnet::test
