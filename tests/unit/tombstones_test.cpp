#include "ifmap/tombstones.h"

#include <gtest/gtest.h>

#include "ifmap/free_numbers.h"

namespace hvnet {
namespace {

MapEntry veth(std::uint32_t index, std::optional<std::int64_t> gone_s) {
  const std::string name = "veth" + std::to_string(index);
  return {.index = IfIndex{index},
          .identity = NameIdentity{"veth", name},
          .name = name,
          .gone_s = gone_s};
}
MapEntry adapter(std::uint32_t index) {
  const HwAddress mac{2,
                      0,
                      0,
                      static_cast<std::uint8_t>(index >> 16U),
                      static_cast<std::uint8_t>(index >> 8U),
                      static_cast<std::uint8_t>(index)};
  return {.index = IfIndex{index}, .identity = MacIdentity{mac}, .mac = mac, .gone_s = 1};
}
MapEntry retired(std::uint32_t index) {
  return {.index = IfIndex{index}, .identity = RetiredIdentity{}};
}

TEST(Tombstones, AreForgottenFromTheOldestAndOfEqualAgeFromTheLowestNumber) {
  std::vector<MapEntry> entries;
  const auto kept = static_cast<std::uint32_t>(kKeptTombstones);
  for (std::uint32_t n = 0; n < kept + 2; ++n) entries.push_back(veth(256 + n, n == 9 ? 1 : 5));
  EXPECT_EQ(oldTombstones(entries, {}, kHighestMark), (std::vector{IfIndex{256}, IfIndex{265}}));
}

TEST(Tombstones, StayUpTo255AndAboveTheLastThatMayBeForgotten) {
  std::vector<MapEntry> entries;
  const auto kept = static_cast<std::uint32_t>(kKeptTombstones);
  for (std::uint32_t n = 1; n < 256; ++n) entries.push_back(veth(n, 0));
  for (std::uint32_t n = 0; n < kept; ++n) entries.push_back(veth(256 + n, 5));
  entries.push_back(veth(1U << 31U, 0));
  EXPECT_TRUE(oldTombstones(entries, {}, kHighestMark).empty());
}

TEST(Tombstones, OfAdaptersAreCountedApart) {
  std::vector<MapEntry> entries;
  const auto kept = static_cast<std::uint32_t>(kKeptAdapterTombstones);
  for (std::uint32_t n = 0; n < kept + 1; ++n) entries.push_back(adapter(256 + n));
  for (std::uint32_t n = 0; n < 10; ++n) entries.push_back(veth(100000 + n, 0));
  EXPECT_EQ(oldTombstones(entries, {}, kHighestMark), std::vector{IfIndex{256}});
}

TEST(Tombstones, AreNoneOfWhatIsPresent) {
  std::vector<MapEntry> entries;
  std::vector<IfIndex> present;
  for (std::uint32_t n = 0; n < 70000; ++n) {
    entries.push_back(n % 2 == 0 ? veth(256 + n, std::nullopt) : retired(256 + n));
    present.push_back(IfIndex{256 + n});
  }
  EXPECT_TRUE(oldTombstones(entries, present, kHighestMark).empty());
  EXPECT_EQ(oldTombstones(entries, {}, kHighestMark).size(), 70000 - kKeptRetired - kKeptUnseen);
}

}  // namespace
}  // namespace hvnet
