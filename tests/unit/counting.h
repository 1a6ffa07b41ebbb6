// An interface that is looked at each second, for tests of what is counted.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "counters/interface_totals.h"

namespace hvnet::test {

struct Counting {
  InterfaceTotals totals;
  TimePoint now = TimePoint{} + std::chrono::hours(1);
  Count backlog_drops{};  // so far; empty: nobody knows
  BacklogPool backlog{};

  CounterUpdate look(const Components& raw, const DriverReading& driver = {}) {
    now += std::chrono::seconds(1);
    backlog.add(backlog_drops);
    return totals.update(raw, now, driver, &backlog);
  }
};

// What an interface has carried, in packets and octets each way.
inline Components carried(std::uint64_t rx_packets, std::uint64_t tx_packets,
                          std::uint64_t rx_octets, std::uint64_t tx_octets) {
  Components out;
  out.link.rx_packets = rx_packets;
  out.link.tx_packets = tx_packets;
  out.link.rx_bytes = rx_octets;
  out.link.tx_bytes = tx_octets;
  return out;
}

inline void expectNoDecrease(const Counters& before, const Counters& after) {
  EXPECT_GE(after.in_packets, before.in_packets);
  EXPECT_GE(after.in_unicast, before.in_unicast);
  EXPECT_GE(after.out_unicast, before.out_unicast);
  EXPECT_GE(after.in_errors, before.in_errors);
  EXPECT_GE(after.out_packets, before.out_packets);
  EXPECT_GE(after.out_errors, before.out_errors);
  EXPECT_GE(after.in_octets, before.in_octets);
  EXPECT_GE(after.out_octets, before.out_octets);
  EXPECT_GE(after.in_drops, before.in_drops);
  EXPECT_GE(after.out_discards, before.out_discards);
  EXPECT_GE(after.in_multicast, before.in_multicast);
}

}  // namespace hvnet::test
