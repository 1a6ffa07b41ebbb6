#include "tables/encode.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace hvnet {
namespace {

const UptimeClock kClock{TimePoint{} + std::chrono::seconds(100)};

// A Counter64 fed from a 32-bit field does not compile; neither does any other look-alike.
static_assert(Encodable<kCounter64, std::uint64_t>);
static_assert(!Encodable<kCounter64, std::uint32_t>);
static_assert(!Encodable<kCounter64, std::int64_t>);
static_assert(!Encodable<kCounter32, std::int32_t>);
static_assert(!Encodable<kInteger32, std::uint64_t>);
static_assert(Encodable<kUnsigned32, std::uint32_t>);
static_assert(!Encodable<kUnsigned32, std::uint64_t>);  // it would have to stick or to wrap
static_assert(!Encodable<kTruthValue, int>);
static_assert(!Encodable<kTimeTicks, std::uint32_t>);
static_assert(!Encodable<kOctetString, OidView>);
static_assert(Encodable<kDisplayString, std::string> && !Encodable<kDisplayString, OidView>);

TEST(Encode, Counter32IsTheLow32Bits) {
  EXPECT_EQ(encode<kCounter32>(std::uint64_t{0x1'0000'0005}, kClock)->number, 5U);
}

TEST(Encode, Counter64KeepsAll64Bits) {
  EXPECT_EQ(encode<kCounter64>(~std::uint64_t{0}, kClock)->number, ~std::uint64_t{0});
}

TEST(Encode, Gauge32SticksAtItsLargestValue) {
  EXPECT_EQ(encode<kGauge32>(std::uint64_t{10'000'000'000}, kClock)->number, 4294967295U);
  EXPECT_EQ(encode<kGauge32>(std::uint64_t{1'000'000'000}, kClock)->number, 1'000'000'000U);
}

TEST(Encode, TimeTicksCountHundredthsSinceTheAgentStarted) {
  EXPECT_EQ(encode<kTimeTicks>(kClock.started + std::chrono::milliseconds(12'349), kClock)->number,
            1234U);
}

TEST(Encode, WhatHappenedBeforeTheAgentStartedIsTimeZero) {
  EXPECT_EQ(encode<kTimeTicks>(TimePoint{}, kClock)->number, 0U);
}

TEST(Encode, WhatHappensInTheFirstHundredthOfASecondIsNotZeroWhichWouldBeNever) {
  for (const int ms : {1, 9, 10, 19}) {
    const TimePoint when = kClock.started + std::chrono::milliseconds(ms);
    EXPECT_EQ(encode<kTimeTicks>(when, kClock)->number, 1U) << ms;
  }
  EXPECT_EQ(encode<kTimeTicks>(kClock.started, kClock)->number, 0U);
}

TEST(Encode, TimeTicksWrapAfter497Days) {
  const TimePoint late = kClock.started + std::chrono::hours(24 * 498);
  EXPECT_EQ(encode<kTimeTicks>(late, kClock)->number, 498ULL * 8'640'000 - 4'294'967'296ULL);
}

TEST(Encode, AnEmptyOptionalIsNoInstance) {
  EXPECT_FALSE(encode<kCounter64>(std::optional<std::uint64_t>{}, kClock));
  EXPECT_EQ(encode<kCounter64>(std::optional<std::uint64_t>{0}, kClock)->number, 0U);
}

TEST(Encode, ATruthValueIsOneOrTwo) {
  EXPECT_EQ(encode<kTruthValue>(true, kClock)->number, 1U);
  EXPECT_EQ(encode<kTruthValue>(false, kClock)->number, 2U);
}

TEST(Encode, OctetsAreBorrowedWhole) {
  const std::string name("a\0b", 3);
  const auto value = encode<kOctetString>(name, kClock);
  EXPECT_EQ(value->octets.data(), name.data());
  EXPECT_EQ(value->octets.size(), 3U);
}

}  // namespace
}  // namespace hvnet
