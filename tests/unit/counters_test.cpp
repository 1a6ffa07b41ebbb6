#include "counters/counters.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

// One power of ten each, so that a sum shows what went into it.
constexpr LinkStats kStats{.rx_packets = 1,
                           .tx_packets = 10,
                           .rx_bytes = 100,
                           .tx_bytes = 1'000,
                           .rx_errors = 10'000,
                           .tx_errors = 100'000,
                           .rx_dropped = 1'000'000,
                           .tx_dropped = 10'000'000,
                           .multicast = 100'000'000,
                           .rx_missed_errors = 1'000'000'000};

TEST(Normalise, GivesEachStandardCounterItsHvnetName) {
  const Counters counters = normalise(kStats);
  EXPECT_EQ(counters.in_packets, 1U);
  EXPECT_EQ(counters.out_packets, 10U);
  EXPECT_EQ(counters.in_octets, 100U);
  EXPECT_EQ(counters.out_octets, 1'000U);
  EXPECT_EQ(counters.in_errors, 10'000U);
  EXPECT_EQ(counters.out_errors, 100'000U);
  EXPECT_EQ(counters.out_discards, 10'000'000U);
  EXPECT_EQ(counters.in_multicast, 100'000'000U);
}

TEST(Normalise, CountsBothKindsOfReceiveDrop) {
  EXPECT_EQ(normalise(kStats).in_drops, 1'001'000'000U);
}

TEST(Normalise, WhatTheKernelDoesNotSplitIsAbsentNotZero) {
  const Counters counters = normalise(LinkStats{});
  EXPECT_EQ(counters.in_packets, 0U);
  EXPECT_EQ(counters.in_broadcast, std::nullopt);
  EXPECT_EQ(counters.out_multicast, std::nullopt);
  EXPECT_EQ(counters.out_broadcast, std::nullopt);
}

}  // namespace
}  // namespace hvnet
