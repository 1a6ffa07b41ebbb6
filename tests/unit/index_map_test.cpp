#include "ifmap/index_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include "ifmap/map_text.h"

namespace hvnet {
namespace {

constexpr std::int64_t kNow = 1732233600;

HwAddress mac(std::uint8_t last) {
  return HwAddress{0x00, 0x15, 0x5d, 0x01, 0x02, last};
}
Guid guid(std::uint8_t last) {
  Guid one;
  one.octets.back() = last;
  return one;
}
std::uint32_t number(IfIndex index) {
  return static_cast<std::uint32_t>(index);
}

struct Spec {
  int kernel = 0;
  std::string name;
  std::optional<BusPosition> position{};
  std::optional<Guid> guid{};
  HwAddress mac{};
};

Candidate adapter(const Spec& spec) {
  return {.kernel_index = KernelIndex{spec.kernel},
          .adapter = true,
          .position = spec.position,
          .guid = spec.guid,
          .mac = spec.mac,
          .kind = "device",
          .name = spec.name};
}
// hv_netvsc: the relid command, the GUID identifies.
Candidate netvsc(int kernel, const std::string& name, std::uint8_t relid, std::uint8_t id) {
  return adapter({kernel, name, BusPosition{Bus::kVmbus, relid}, guid(id), mac(id)});
}
// virtio_net: the PCI address command, the MAC identifies.
Candidate virtio(int kernel, const std::string& name, std::uint64_t slot, std::uint8_t id) {
  return adapter({kernel, name, BusPosition{Bus::kPci, slot}, {}, mac(id)});
}
Candidate other(int kernel, const std::string& name, const std::string& kind = "veth") {
  return {.kernel_index = KernelIndex{kernel},
          .adapter = false,
          .position = {},
          .guid = {},
          .mac = {},
          .kind = kind,
          .name = name};
}

IndexMap mapOf(std::vector<MapEntry> entries = {}, std::vector<Pin> pins = {}) {
  auto map = IndexMap::create({.entries = std::move(entries)}, std::move(pins));
  if (!map) ADD_FAILURE() << map.error().text;
  return std::move(map.value());
}

using Present = std::vector<Candidate>;

// name → ifIndex
std::map<std::string, std::uint32_t> numbers(IndexMap& map, const Present& present,
                                             std::int64_t now_s = kNow) {
  const auto outcome = map.assign(present, now_s);
  EXPECT_EQ(outcome.assignments.size(), present.size());
  std::map<std::string, std::uint32_t> found;
  for (std::size_t n = 0; n < present.size(); ++n) {
    EXPECT_EQ(outcome.assignments[n].kernel_index, present[n].kernel_index);
    found[present[n].name] = number(outcome.assignments[n].index);
  }
  return found;
}
using Numbers = std::map<std::string, std::uint32_t>;

// What the disk does to the map.
IndexMap restarted(const IndexMap& map, std::vector<Pin> pins = {}) {
  auto saved = parseMap(formatMap(map.entries(), map.givenUpTo()), "ifindex.map");
  if (!saved) ADD_FAILURE() << saved.error().text;
  EXPECT_EQ(saved->entries, map.entries());
  auto again = IndexMap::create(*std::move(saved), std::move(pins));
  if (!again) ADD_FAILURE() << again.error().text;
  return std::move(again.value());
}

const MapEntry* entryOf(const IndexMap& map, std::uint32_t index) {
  const auto found = std::ranges::find(map.entries(), IfIndex{index}, &MapEntry::index);
  return found == map.entries().end() ? nullptr : &*found;
}

Pin pin(std::uint32_t index, PinTarget target, int line = 4) {
  return {IfIndex{index}, std::move(target), "hvnet-subagent.conf:" + std::to_string(line)};
}

Candidate labelled(Candidate one, HostOrder says) {
  one.host_order = says;
  return one;
}

// --- First sight ------------------------------------------------------------------------------

TEST(IndexMap, NumbersAdaptersInTheHypervisorsOrderOnFirstSight) {
  IndexMap map = mapOf();
  EXPECT_EQ(
      numbers(map, {netvsc(2, "eth0", 14, 1), netvsc(3, "eth1", 12, 2), netvsc(4, "eth2", 13, 3)}),
      (Numbers{{"eth1", 1}, {"eth2", 2}, {"eth0", 3}}));
}

TEST(IndexMap, KnowsAnAdapterByItsGuidOrItsMacAndNothingElseByEither) {
  const std::vector<MapEntry> entries = {
      {.index = IfIndex{1}, .identity = GuidIdentity{guid(1)}, .mac = mac(1)},
      {.index = IfIndex{2}, .identity = MacIdentity{mac(2)}},
      {.index = IfIndex{256}, .identity = NameIdentity{"device", "eth9"}, .mac = mac(9)}};
  EXPECT_TRUE(knowsAnAdapter(entries, std::vector{netvsc(1, "a", 7, 5), netvsc(2, "b", 8, 1)}));
  Candidate restored = netvsc(1, "a", 7, 5);
  restored.mac = mac(1);
  EXPECT_TRUE(knowsAnAdapter(entries, std::vector{restored})) << "with a new GUID";
  EXPECT_TRUE(knowsAnAdapter(entries, std::vector{virtio(1, "a", 3, 2)}));
  EXPECT_FALSE(knowsAnAdapter(entries, std::vector{virtio(1, "a", 3, 4), other(2, "eth9")}));
  EXPECT_FALSE(knowsAnAdapter(entries, {}));
}

TEST(IndexMap, OrdersByBusThenPositionThenMacThenName) {
  IndexMap map = mapOf();
  EXPECT_EQ(numbers(map, {adapter({.kernel = 9, .name = "z"}), adapter({.kernel = 8, .name = "y"}),
                          adapter({.kernel = 7, .name = "lost", .mac = mac(1)}),
                          virtio(6, "pci-high", 1024, 9), virtio(5, "pci-low", 768, 8),
                          adapter({4, "xen", BusPosition{Bus::kXen, 99}, {}, mac(7)}),
                          netvsc(3, "vmbus", 200, 6), virtio(2, "pci-low-first-mac", 768, 2)}),
            (Numbers{{"vmbus", 1},
                     {"xen", 2},
                     {"pci-low-first-mac", 3},
                     {"pci-low", 4},
                     {"pci-high", 5},
                     {"y", 6},
                     {"z", 7},
                     {"lost", 8}}));
}

TEST(IndexMap, OnPciWhatTheHostNamedComesFirst) {
  IndexMap map = mapOf();
  EXPECT_EQ(
      numbers(map, {virtio(2, "plain", 1, 1), labelled(virtio(3, "acpi", 2, 2), {.acpi_index = 4}),
                    labelled(virtio(4, "label5", 3, 3), {.label = 5}),
                    labelled(virtio(5, "label4", 4, 4), {.label = 4})}),
      (Numbers{{"label4", 1}, {"label5", 2}, {"acpi", 3}, {"plain", 4}}));
}

TEST(IndexMap, WhatTheHostNamesLaterMovesNoNumberAndIsNoIdentity) {
  IndexMap map = mapOf();
  const Candidate a = virtio(2, "a", 8, 7);
  const Candidate b = virtio(3, "b", 16, 7);  // the same MAC: the position tells them apart
  const Numbers before = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(numbers(map, {a, b}), before);
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {labelled(a, {.label = 2}), labelled(b, {.label = 1})}), before);
}

TEST(IndexMap, NumbersEverythingElseFrom256InTheKernelsOrder) {
  IndexMap map = mapOf();
  EXPECT_EQ(numbers(map, {other(7, "br0", "bridge"), other(1, "lo", "loopback"),
                          netvsc(2, "lan0", 12, 1)}),
            (Numbers{{"lan0", 1}, {"lo", 256}, {"br0", 257}}));
}

TEST(IndexMap, GivesTheNextFreeNumberFrom256WhenAdaptersFill255) {
  IndexMap map = mapOf();
  Present present;
  for (int n = 0; n < 257; ++n) {
    present.push_back(
        adapter({n + 2,
                 "a" + std::to_string(n),
                 BusPosition{Bus::kPci, static_cast<std::uint64_t>(n)},
                 {},
                 HwAddress{2, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}}));
  }
  present.push_back(other(1, "lo", "loopback"));
  auto found = numbers(map, present);
  EXPECT_EQ(found["a254"], 255U);
  EXPECT_EQ(found["a255"], 256U);
  EXPECT_EQ(found["a256"], 257U);
  EXPECT_EQ(found["lo"], 258U);
}

TEST(IndexMap, GivesAHotAddedAdapterTheNextFreeNumberEvenIfItSortsEarlier) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), netvsc(3, "eth1", 13, 2)});
  EXPECT_EQ(
      numbers(map, {netvsc(2, "eth0", 12, 1), netvsc(3, "eth1", 13, 2), netvsc(4, "eth2", 11, 3)}),
      (Numbers{{"eth0", 1}, {"eth1", 2}, {"eth2", 3}}));
}

// --- Persistence ------------------------------------------------------------------------------

TEST(IndexMap, KeepsEveryIndexAcrossARestartWithOtherKernelIndexesNamesAndOrder) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), virtio(3, "eth1", 768, 2), other(1, "lo", "loopback")});
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {other(9, "lo", "loopback"), virtio(5, "ens3", 512, 2),
                            netvsc(6, "lan7", 3, 1)}),
            (Numbers{{"lan7", 1}, {"ens3", 2}, {"lo", 256}}));
}

TEST(IndexMap, KeepsTheIndexOfAnAdapterThatIsRemovedAndReturns) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), netvsc(3, "eth1", 13, 2)});
  numbers(map, {netvsc(3, "eth1", 13, 2)}, kNow + 5);
  ASSERT_NE(entryOf(map, 1), nullptr);
  EXPECT_EQ(entryOf(map, 1)->gone_s, kNow + 5);
  numbers(map, {netvsc(3, "eth1", 13, 2)}, kNow + 9);
  EXPECT_EQ(entryOf(map, 1)->gone_s, kNow + 5) << "the date is that of the removal";
  EXPECT_EQ(numbers(map, {netvsc(3, "eth1", 13, 2), netvsc(7, "eth5", 40, 1)}),
            (Numbers{{"eth1", 2}, {"eth5", 1}}));
  EXPECT_FALSE(entryOf(map, 1)->gone_s);
}

TEST(IndexMap, GivesTheNumberOfATombstoneToNobody) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), other(3, "veth0")});
  numbers(map, {});
  EXPECT_EQ(numbers(map, {netvsc(4, "eth0", 12, 2), other(5, "veth1")}),
            (Numbers{{"eth0", 2}, {"veth1", 257}}));
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {netvsc(4, "eth0", 12, 3), other(5, "veth2")}),
            (Numbers{{"eth0", 3}, {"veth2", 258}}));
}

TEST(IndexMap, GivesARetiredNumberToNobody) {
  IndexMap map = mapOf({{.index = IfIndex{1}, .identity = RetiredIdentity{}}});
  EXPECT_EQ(numbers(map, {netvsc(2, "eth0", 12, 1)}), (Numbers{{"eth0", 2}}));
  EXPECT_FALSE(entryOf(map, 1)->gone_s);
}

TEST(IndexMap, MakesTombstonesOfWhatIsNoLongerThereAtTheStart) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), other(3, "veth0")});
  IndexMap again = restarted(map);
  numbers(again, {}, kNow + 7);
  EXPECT_EQ(entryOf(again, 1)->gone_s, kNow + 7);
  EXPECT_EQ(entryOf(again, 256)->gone_s, kNow + 7);
}

TEST(IndexMap, ForgetsTheOldestTombstonesOfOthersAtAStartAndWhileRunning) {
  std::vector<MapEntry> entries;
  for (std::uint32_t n = 0; n < kKeptTombstones + 3; ++n) {
    const std::string name = "veth" + std::to_string(n);
    entries.push_back({.index = IfIndex{256 + n},
                       .identity = NameIdentity{"veth", name},
                       .name = name,
                       .gone_s = n == 2 ? 99 : 50});
  }
  entries.push_back(
      {.index = IfIndex{1}, .identity = GuidIdentity{guid(1)}, .name = "lan0", .gone_s = 1});
  entries.push_back(
      {.index = IfIndex{9000}, .identity = NameIdentity{"bridge", "br0"}, .name = "br0"});
  IndexMap map = mapOf(entries);
  EXPECT_EQ(map.entries().size(), kKeptTombstones + 2);
  EXPECT_TRUE(map.dirty());
  EXPECT_EQ(entryOf(map, 256), nullptr);
  EXPECT_EQ(entryOf(map, 257), nullptr);
  EXPECT_NE(entryOf(map, 258), nullptr) << "the newest";
  EXPECT_EQ(entryOf(map, 259), nullptr);
  EXPECT_NE(entryOf(map, 260), nullptr) << "of equal age the higher number";
  EXPECT_NE(entryOf(map, 1), nullptr) << "an adapter is never forgotten";
  map.assign({}, kNow);
  EXPECT_EQ(map.entries().size(), kKeptTombstones + 1) << "the bridge is one more";
  EXPECT_NE(entryOf(map, 9000), nullptr) << "the newest";
  EXPECT_EQ(entryOf(map, 260), nullptr) << "the oldest";
}

TEST(IndexMap, NeverGivesAForgottenNumberAgain) {
  IndexMap map = mapOf();
  std::uint32_t last = 255;
  for (int n = 0; n < 4400; ++n) {
    const auto found = numbers(map, {other(n + 1, "veth" + std::to_string(n))}, kNow + n);
    ASSERT_EQ(found.begin()->second, last + 1);
    last = found.begin()->second;
    if (n == 3000) map = restarted(map);
  }
  EXPECT_EQ(map.entries().size(), kKeptTombstones + 1);
  EXPECT_EQ(entryOf(map, 256), nullptr);
  EXPECT_EQ(numbers(map, {other(7001, "veth0")}), (Numbers{{"veth0", last + 1}}));
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {other(7002, "veth1")}), (Numbers{{"veth1", last + 2}}));
}

// A pin that is in the configuration no more leaves a number beyond the mark.
TEST(IndexMap, NeverGivesAForgottenNumberAgainThatIsBeyondTheMark) {
  std::vector<MapEntry> entries;
  for (std::uint32_t n = 0; n < kKeptTombstones + 1; ++n) {
    const std::string name = "veth" + std::to_string(n);
    entries.push_back({.index = IfIndex{1000 + n},
                       .identity = NameIdentity{"veth", name},
                       .name = name,
                       .gone_s = n});
  }
  auto map = IndexMap::create({.entries = std::move(entries), .given_up_to = IfIndex{998}}, {});
  ASSERT_TRUE(map) << map.error().text;
  ASSERT_EQ(entryOf(*map, 1000), nullptr) << "forgotten";
  const auto found = numbers(*map, {other(2, "a"), other(3, "b")});
  EXPECT_GT(found.at("a"), 1000U);
  EXPECT_GT(found.at("b"), 1000U);
}

TEST(IndexMap, SaysWhatItHasForgotten) {
  std::vector<MapEntry> entries;
  for (std::uint32_t n = 0; n < kKeptTombstones + 5; ++n) {
    const std::string name = "veth" + std::to_string(n);
    entries.push_back({.index = IfIndex{256 + n},
                       .identity = NameIdentity{"veth", name},
                       .name = name,
                       .gone_s = n});
  }
  IndexMap map = mapOf(entries);
  const Forgotten told = map.assign({}, kNow).forgotten;
  EXPECT_EQ(told.count, 5U);
  EXPECT_EQ(told.examples,
            (std::vector<std::string>{"ifIndex 256 (veth veth0)", "ifIndex 257 (veth veth1)",
                                      "ifIndex 258 (veth veth2)"}));
  EXPECT_EQ(map.assign({}, kNow).forgotten.count, 0U) << "once";
}

TEST(IndexMap, StartsAboveTheHighestNumberOfAMapWithoutAMarkButForPins) {
  const std::vector<MapEntry> entries{
      {.index = IfIndex{300}, .identity = NameIdentity{"veth", "a"}, .name = "a", .gone_s = 5},
      {.index = IfIndex{7000}, .identity = NameIdentity{"veth", "b"}, .name = "b", .gone_s = 5},
      {.index = kLastIndex, .identity = NameIdentity{"veth", "c"}, .name = "c", .gone_s = 5}};
  IndexMap map = mapOf(entries, {pin(7000, PinnedName{"b"})});
  EXPECT_EQ(numbers(map, {other(1, "new")}), (Numbers{{"new", 301}}));
  IndexMap unpinned = mapOf(entries);
  EXPECT_EQ(numbers(unpinned, {other(1, "new")}), (Numbers{{"new", 7001}}));
}

TEST(IndexMap, PassesOverEntriesAboveTheMark) {
  auto map = IndexMap::create(
      {.entries = {{.index = IfIndex{301}, .identity = NameIdentity{"veth", "a"}, .name = "a"}},
       .given_up_to = IfIndex{300}},
      {});
  ASSERT_TRUE(map);
  EXPECT_EQ(numbers(*map, {other(1, "new")}), (Numbers{{"new", 302}}));
}

TEST(IndexMap, GivesNoNumberTwiceWhenAllAreUsedUp) {
  auto map = IndexMap::create({.given_up_to = IfIndex{2147483646}}, {});
  ASSERT_TRUE(map);
  const Present present{other(1, "last"), other(2, "late"), netvsc(3, "lan0", 1, 1)};
  auto outcome = map->assign(present, kNow);
  ASSERT_EQ(outcome.assignments.size(), 2U);
  EXPECT_EQ(number(outcome.assignments[0].index), 2147483647U);
  EXPECT_EQ(number(outcome.assignments[1].index), 1U) << "an adapter has a number below 256";
  EXPECT_EQ(outcome.unnumbered, std::vector<std::string>{"late"});
  outcome = map->assign(std::vector{other(4, "later")}, kNow);
  EXPECT_TRUE(outcome.assignments.empty());
}

TEST(IndexMap, KeepsAnotherDeviceWithTheKernelsIndexOfALivingOneApart) {
  IndexMap map = mapOf();
  EXPECT_EQ(numbers(map, {netvsc(2, "eth0", 12, 1)}), (Numbers{{"eth0", 1}}));
  EXPECT_EQ(numbers(map, {netvsc(2, "eth0", 12, 2)}), (Numbers{{"eth0", 2}}));
  ASSERT_NE(entryOf(map, 1), nullptr);
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(GuidIdentity{guid(1)}));
  EXPECT_TRUE(entryOf(map, 1)->gone_s);
}

// --- Two with one MAC -------------------------------------------------------------------------

TEST(IndexMap, TellsTwoAdaptersWithOneMacApartByPosition) {
  IndexMap map = mapOf();
  EXPECT_EQ(numbers(map, {virtio(2, "eth0", 768, 1), virtio(3, "eth1", 512, 1)}),
            (Numbers{{"eth1", 1}, {"eth0", 2}}));
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {virtio(5, "x", 512, 1), virtio(4, "y", 768, 1)}),
            (Numbers{{"x", 1}, {"y", 2}}));
}

TEST(IndexMap, PairsTheRestOfOneMacInOrderAndNumbersLeftoversAnew) {
  IndexMap map = mapOf();
  numbers(map, {virtio(2, "a", 10, 1), virtio(3, "b", 20, 1), virtio(4, "c", 30, 1)});
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {virtio(2, "p", 50, 1), virtio(3, "q", 20, 1), virtio(4, "r", 40, 1),
                            virtio(5, "s", 60, 1)}),
            (Numbers{{"q", 2}, {"r", 1}, {"p", 3}, {"s", 4}}));
}

TEST(IndexMap, PairsEntriesWithoutAPositionLast) {
  const auto entry = [](std::uint32_t index, std::optional<BusPosition> position) {
    return MapEntry{.index = IfIndex{index},
                    .identity = MacIdentity{mac(1)},
                    .mac = mac(1),
                    .position = position,
                    .name = "lan" + std::to_string(index),
                    .gone_s = 5};
  };
  IndexMap map = mapOf({entry(1, {}), entry(2, BusPosition{Bus::kPci, 20})});
  EXPECT_EQ(numbers(map, {virtio(2, "a", 50, 1)}), (Numbers{{"a", 2}}));
}

TEST(IndexMap, RecognisesASingleMacWhateverThePosition) {
  IndexMap map = mapOf();
  numbers(map, {virtio(2, "eth0", 768, 1)});
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {virtio(2, "eth0", 4096, 1)}), (Numbers{{"eth0", 1}}));
  EXPECT_EQ(entryOf(again, 1)->position, (BusPosition{Bus::kPci, 4096}));
}

TEST(IndexMap, FallsBackToTheLastNameOfTwoThatShareMacAndPosition) {
  IndexMap map = mapOf();
  const auto veth = [](int kernel, const char* name) {
    return adapter({.kernel = kernel, .name = name, .mac = mac(1)});
  };
  numbers(map, {veth(2, "a"), veth(3, "b")});
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {veth(3, "b")}), (Numbers{{"b", 2}}));
}

// --- A VM restored elsewhere ------------------------------------------------------------------

TEST(IndexMap, LetsANewGuidTakeOverTheEntryOfItsMacAndSaysSo) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1), netvsc(3, "lan1", 13, 2)});
  IndexMap again = restarted(map);
  Candidate restored = netvsc(3, "lan1", 20, 2);
  restored.guid = guid(0x77);
  const Present present{netvsc(2, "lan0", 12, 1), restored};
  const auto outcome = again.assign(present, kNow);
  EXPECT_EQ(number(outcome.assignments[1].index), 2U);
  EXPECT_EQ(outcome.assignments[1].origin, IndexOrigin::kPersisted);
  EXPECT_TRUE(outcome.numbers_changed);
  ASSERT_EQ(outcome.notices.size(), 1U);
  EXPECT_EQ(outcome.notices[0],
            "ifIndex 2: adapter lan1 has a new instance GUID "
            "00000000-0000-0000-0000-000000000077, matched by its MAC 00:15:5d:01:02:02");
  EXPECT_EQ(entryOf(again, 2)->identity, Identity(GuidIdentity{guid(0x77)}));
  EXPECT_TRUE(again.assign(present, kNow).notices.empty()) << "said once";
}

TEST(IndexMap, DoesNotTakeOverWhileTheOldGuidIsPresent) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1)});
  Candidate twin = netvsc(3, "lan1", 13, 1);
  twin.guid = guid(9);
  EXPECT_EQ(numbers(map, {netvsc(2, "lan0", 12, 1), twin}), (Numbers{{"lan0", 1}, {"lan1", 2}}));
}

TEST(IndexMap, DoesNotTakeOverByAMacThatTheOldGuidHasNoLonger) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1)});
  Candidate changed = netvsc(2, "lan0", 12, 1);
  changed.mac = mac(9);
  numbers(map, {changed});
  numbers(map, {});
  Candidate other_device = netvsc(3, "lan1", 13, 1);
  other_device.guid = guid(0x77);
  EXPECT_EQ(numbers(map, {other_device}), (Numbers{{"lan1", 2}}));
}

TEST(IndexMap, TakesOverByPositionOrElseTheLowestIndexWhenSeveralHadTheMac) {
  const auto entry = [](std::uint32_t index, std::uint64_t relid) {
    return MapEntry{.index = IfIndex{index},
                    .identity = GuidIdentity{guid(static_cast<std::uint8_t>(index))},
                    .mac = mac(1),
                    .position = BusPosition{Bus::kVmbus, relid},
                    .name = "lan" + std::to_string(index),
                    .gone_s = 5};
  };
  Candidate restored = netvsc(3, "new", 13, 1);
  restored.guid = guid(0x77);
  IndexMap same_position = mapOf({entry(4, 12), entry(5, 13)});
  EXPECT_EQ(numbers(same_position, {restored}), (Numbers{{"new", 5}}));
  IndexMap elsewhere = mapOf({entry(4, 16), entry(5, 15)});
  EXPECT_EQ(numbers(elsewhere, {restored}), (Numbers{{"new", 4}}));
}

TEST(IndexMap, KeepsTheNumberOfAnAdapterKnownByItsMacWhenItHasAGuid) {
  IndexMap map = mapOf();
  numbers(map, {adapter({2, "lan0", BusPosition{Bus::kVmbus, 12}, {}, mac(1)})});
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {netvsc(2, "lan0", 12, 1)}), (Numbers{{"lan0", 1}}));
  EXPECT_EQ(entryOf(again, 1)->identity, Identity(GuidIdentity{guid(1)}));
  EXPECT_EQ(numbers(map, {netvsc(2, "lan0", 12, 1)}), (Numbers{{"lan0", 1}})) << "and while alive";
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(GuidIdentity{guid(1)}));
}

TEST(IndexMap, KeepsTheGuidOfALivingAdapterWhoseBusCannotBeReadForOnce) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1)});
  map.markSaved();
  EXPECT_EQ(numbers(map, {adapter({.kernel = 2, .name = "lan0"})}), (Numbers{{"lan0", 1}}));
  EXPECT_FALSE(map.dirty());
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(GuidIdentity{guid(1)}));
}

// --- While it lives ---------------------------------------------------------------------------

TEST(IndexMap, KeepsTheIndexAcrossARename) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "eth0", 12, 1), other(3, "veth0")});
  map.markSaved();
  const Present renamed{netvsc(2, "lan0", 12, 1), other(3, "uplink")};
  EXPECT_TRUE(map.assign(renamed, kNow).numbers_changed);
  EXPECT_EQ(numbers(map, renamed), (Numbers{{"lan0", 1}, {"uplink", 256}}));
  EXPECT_EQ(entryOf(map, 1)->name, "lan0");
  EXPECT_EQ(entryOf(map, 256)->identity, Identity(NameIdentity{"veth", "uplink"}));
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {other(9, "uplink")}), (Numbers{{"uplink", 256}}));
}

TEST(IndexMap, TakesTheEntryOfItsNewNameWhenThereIsOne) {
  IndexMap map = mapOf();
  numbers(map, {other(2, "a"), other(3, "b")});
  numbers(map, {other(3, "b")});
  EXPECT_EQ(numbers(map, {other(3, "a")}, kNow + 3), (Numbers{{"a", 256}}));
  EXPECT_FALSE(entryOf(map, 256)->gone_s);
  EXPECT_EQ(entryOf(map, 257)->identity, Identity(NameIdentity{"veth", "b"}));
  EXPECT_EQ(entryOf(map, 257)->gone_s, kNow + 3);
}

TEST(IndexMap, FollowsAChainOfRenamesThatEndsInAnOldName) {
  IndexMap map = mapOf();
  numbers(map, {other(2, "old"), other(3, "a"), other(4, "b")});
  numbers(map, {other(3, "a"), other(4, "b")});
  EXPECT_EQ(numbers(map, {other(4, "a"), other(3, "old")}), (Numbers{{"old", 256}, {"a", 257}}));
}

// In either direction: the first that is looked at may be the last in the chain.
TEST(IndexMap, FollowsALongChainOfRenamesFromEitherEnd) {
  const Present all{other(2, "n0"), other(3, "n1"), other(4, "n2"), other(5, "n3")};
  IndexMap down = mapOf();
  numbers(down, all);
  numbers(down, {other(3, "n1"), other(4, "n2"), other(5, "n3")});
  EXPECT_EQ(numbers(down, {other(3, "n0"), other(4, "n1"), other(5, "n2")}),
            (Numbers{{"n0", 256}, {"n1", 257}, {"n2", 258}}));
  IndexMap up = mapOf();
  numbers(up, all);
  numbers(up, {other(2, "n0"), other(3, "n1"), other(4, "n2")});
  EXPECT_EQ(numbers(up, {other(2, "n1"), other(3, "n2"), other(4, "n3")}),
            (Numbers{{"n1", 257}, {"n2", 258}, {"n3", 259}}));
}

TEST(IndexMap, KeepsBothNumbersWhenNamesAreSwappedStepByStep) {
  IndexMap map = mapOf();
  numbers(map, {other(2, "a"), other(3, "b")});
  numbers(map, {other(2, "tmp"), other(3, "b")});
  numbers(map, {other(2, "tmp"), other(3, "a")});
  EXPECT_EQ(numbers(map, {other(2, "b"), other(3, "a")}), (Numbers{{"b", 256}, {"a", 257}}));
  EXPECT_EQ(map.entries().size(), 2U);
}

TEST(IndexMap, KeepsBothNumbersWhenNamesAreSwappedInOneStep) {
  IndexMap map = mapOf();
  numbers(map, {other(2, "a"), other(3, "b"), other(4, "c")});
  EXPECT_EQ(numbers(map, {other(2, "b"), other(3, "c"), other(4, "a")}),
            (Numbers{{"b", 256}, {"c", 257}, {"a", 258}}));
  IndexMap again = restarted(map);
  EXPECT_EQ(numbers(again, {other(9, "a"), other(8, "b"), other(7, "c")}),
            (Numbers{{"b", 256}, {"c", 257}, {"a", 258}}));
}

TEST(IndexMap, LetsANewcomerHaveTheNameButNotTheNumberOfARenamedOne) {
  IndexMap map = mapOf();
  numbers(map, {other(2, "a")});
  EXPECT_EQ(numbers(map, {other(9, "a"), other(2, "b")}), (Numbers{{"a", 257}, {"b", 256}}));
}

TEST(IndexMap, KeepsTheIndexOfALivingAdapterWhoseMacChanges) {
  IndexMap map = mapOf();
  numbers(map, {virtio(2, "eth0", 768, 1), virtio(3, "eth1", 1024, 2)});
  EXPECT_EQ(numbers(map, {virtio(2, "eth0", 768, 9), virtio(3, "eth1", 1024, 2)}),
            (Numbers{{"eth0", 1}, {"eth1", 2}}));
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(MacIdentity{mac(9)}));
  EXPECT_EQ(numbers(map, {virtio(2, "eth0", 768, 2), virtio(3, "eth1", 1024, 2)}),
            (Numbers{{"eth0", 1}, {"eth1", 2}}));
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(MacIdentity{mac(9)})) << "eth1 has the other MAC";
  EXPECT_EQ(numbers(map, {virtio(2, "eth0", 768, 2), virtio(3, "eth1", 1024, 9)}),
            (Numbers{{"eth0", 1}, {"eth1", 2}}));
  EXPECT_EQ(entryOf(map, 1)->identity, Identity(MacIdentity{mac(2)})) << "swapped";
}

TEST(IndexMap, DoesNotSaveAgainAndAgainForAMacThatAnotherHas) {
  IndexMap map = mapOf();
  numbers(map, {virtio(2, "eth0", 768, 1), virtio(3, "eth1", 1024, 2)});
  const Present bonded{virtio(2, "eth0", 768, 2), virtio(3, "eth1", 1024, 2)};
  map.assign(bonded, kNow);
  map.markSaved();
  EXPECT_FALSE(map.assign(bonded, kNow).numbers_changed);
  EXPECT_FALSE(map.dirty());
}

TEST(IndexMap, TrustsTheGuidMoreThanTheKernelsIndex) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1), netvsc(3, "lan1", 13, 2)});
  EXPECT_EQ(numbers(map, {netvsc(2, "lan1", 13, 2), netvsc(3, "lan2", 14, 3)}),
            (Numbers{{"lan1", 2}, {"lan2", 3}}));
}

TEST(IndexMap, NumbersAnewWhatBecomesAnAdapter) {
  IndexMap map = mapOf();
  Candidate one = other(2, "eth0", "device");
  one.mac = mac(1);
  EXPECT_EQ(numbers(map, {one}), (Numbers{{"eth0", 256}}));
  one.adapter = true;
  EXPECT_EQ(numbers(map, {one}), (Numbers{{"eth0", 1}}));
  one.adapter = false;
  EXPECT_EQ(numbers(map, {one}), (Numbers{{"eth0", 256}}));
}

TEST(IndexMap, NeverGivesOneNumberToTwoThatNothingTellsApart) {
  IndexMap map = mapOf();
  const Present twins{other(2, "a"),        other(3, "a"),        netvsc(4, "x", 1, 1),
                      netvsc(5, "x", 1, 1), virtio(6, "y", 5, 2), virtio(7, "y", 5, 2),
                      other(2, "a")};
  for (int round = 0; round < 3; ++round) {
    const auto outcome = map.assign(twins, kNow);
    std::set<IfIndex> seen;
    for (const auto& one : outcome.assignments) EXPECT_TRUE(seen.insert(one.index).second);
    EXPECT_EQ(outcome.numbers_changed, round == 0);
  }
  restarted(map);
}

// Two adapters get one new MAC. The one that keeps its own shares it with a tombstone of that name.
TEST(IndexMap, LeavesAMacToWhoeverLivesWithItAlthoughOneThatIsGoneHadItAndTheName) {
  const auto nowhere = [](int kernel, const std::string& name, std::uint8_t id) {
    return adapter({kernel, name, {}, {}, mac(id)});
  };
  IndexMap map = mapOf();
  EXPECT_EQ(numbers(map, {nowhere(2, "a", 1), nowhere(3, "b", 1), nowhere(4, "d", 7)}),
            (Numbers{{"a", 1}, {"b", 2}, {"d", 3}}));
  numbers(map, {nowhere(3, "b", 1), nowhere(4, "d", 7)});
  numbers(map, {nowhere(3, "a", 1), nowhere(4, "d", 7)});
  EXPECT_EQ(numbers(map, {nowhere(4, "d", 9), nowhere(3, "a", 9)}), (Numbers{{"a", 2}, {"d", 3}}));
  EXPECT_EQ(entryOf(map, 3)->identity, Identity(MacIdentity{mac(9)}));
  EXPECT_EQ(entryOf(map, 2)->identity, Identity(MacIdentity{mac(1)}));
}

// --- Pins -------------------------------------------------------------------------------------

TEST(IndexMap, GivesAPinnedInterfaceItsNumberWhateverPinsIt) {
  IndexMap map = mapOf({}, {pin(7, MacIdentity{mac(1)}), pin(8, GuidIdentity{guid(2)}),
                            pin(300, PinnedName{"br0"}), pin(2, PinnedName{"lan2"})});
  const Present present{netvsc(2, "lan0", 12, 1), netvsc(3, "lan1", 13, 2),
                        netvsc(4, "lan2", 14, 3), netvsc(5, "lan3", 15, 4), other(6, "br0")};
  EXPECT_EQ(numbers(map, present),
            (Numbers{{"lan0", 7}, {"lan1", 8}, {"lan2", 2}, {"lan3", 1}, {"br0", 300}}));
  const auto outcome = map.assign(present, kNow);
  EXPECT_EQ(outcome.assignments[0].origin, IndexOrigin::kPinned);
  EXPECT_EQ(outcome.assignments[3].origin, IndexOrigin::kHypervisor);
  EXPECT_EQ(outcome.assignments[4].origin, IndexOrigin::kPinned);
  EXPECT_FALSE(outcome.numbers_changed);
}

TEST(IndexMap, KeepsAPinnedNumberFreeWhileItsOwnerIsAway) {
  IndexMap map = mapOf({}, {pin(1, MacIdentity{mac(9)}), pin(256, PinnedName{"br0"})});
  EXPECT_EQ(numbers(map, {netvsc(2, "lan0", 12, 1), other(3, "veth0")}),
            (Numbers{{"lan0", 2}, {"veth0", 257}}));
}

TEST(IndexMap, MovesAnInterfaceToItsPinAndRetiresItsOldNumber) {
  IndexMap map = mapOf();
  numbers(map, {netvsc(2, "lan0", 12, 1)});
  IndexMap pinned = restarted(map, {pin(5, GuidIdentity{guid(1)})});
  const Present present{netvsc(2, "lan0", 12, 1)};
  const auto outcome = pinned.assign(present, kNow);
  EXPECT_EQ(number(outcome.assignments[0].index), 5U);
  EXPECT_TRUE(outcome.numbers_changed);
  ASSERT_EQ(outcome.notices.size(), 1U);
  EXPECT_EQ(outcome.notices[0],
            "ifIndex 5: lan0 had ifIndex 1 until now, moved by the pin at hvnet-subagent.conf:4");
  EXPECT_EQ(entryOf(pinned, 1)->identity, Identity(RetiredIdentity{}));
  IndexMap unpinned = restarted(pinned);
  EXPECT_EQ(numbers(unpinned, present), (Numbers{{"lan0", 5}}));
}

TEST(IndexMap, LetsAPinMoveAwayAndBack) {
  IndexMap map = mapOf({}, {pin(3, MacIdentity{mac(1)})});
  numbers(map, {virtio(2, "eth0", 768, 1)});
  IndexMap away = restarted(map, {pin(4, MacIdentity{mac(1)})});
  EXPECT_EQ(numbers(away, {virtio(2, "eth0", 768, 1)}), (Numbers{{"eth0", 4}}));
  IndexMap back = restarted(away, {pin(3, MacIdentity{mac(1)})});
  EXPECT_EQ(numbers(back, {virtio(2, "eth0", 768, 1)}), (Numbers{{"eth0", 3}}));
  EXPECT_EQ(entryOf(back, 4)->identity, Identity(RetiredIdentity{}));
}

TEST(IndexMap, LetsTheFirstOfTwoPinsOnOneInterfaceWinAndSaysSoOnce) {
  IndexMap map = mapOf({}, {pin(9, PinnedName{"lan0"}, 4), pin(3, MacIdentity{mac(1)}, 5)});
  const Present present{netvsc(2, "lan0", 12, 1)};
  const auto outcome = map.assign(present, kNow);
  EXPECT_EQ(number(outcome.assignments[0].index), 9U);
  ASSERT_EQ(outcome.notices.size(), 1U);
  EXPECT_TRUE(
      outcome.notices[0].starts_with("hvnet-subagent.conf:5: mac 00:15:5d:01:02:01 is lan0"));
  EXPECT_TRUE(map.assign(present, kNow).notices.empty());
}

TEST(IndexMap, GivesAPinnedMacToTheAdapterAndNotToTheVlanOverIt) {
  Candidate vlan = other(1, "eth0.5", "vlan");
  vlan.mac = mac(1);
  IndexMap map = mapOf({}, {pin(3, MacIdentity{mac(1)})});
  EXPECT_EQ(numbers(map, {vlan, virtio(2, "eth0", 768, 1)}),
            (Numbers{{"eth0", 3}, {"eth0.5", 256}}));
  numbers(map, {});
  EXPECT_EQ(numbers(map, {vlan}), (Numbers{{"eth0.5", 256}})) << "nor while the adapter is away";
}

TEST(IndexMap, GivesThePinnedMacOfAnAdapterWithAGuidToNoVlanWhileItIsAway) {
  Candidate vlan = other(5, "lan0.5", "vlan");
  vlan.mac = mac(1);
  IndexMap map = mapOf({}, {pin(3, MacIdentity{mac(1)})});
  EXPECT_EQ(numbers(map, {netvsc(2, "lan0", 12, 1)}), (Numbers{{"lan0", 3}}));
  EXPECT_EQ(numbers(map, {vlan}), (Numbers{{"lan0.5", 256}}));
  EXPECT_EQ(numbers(map, {netvsc(7, "lan0", 12, 1), vlan}),
            (Numbers{{"lan0", 3}, {"lan0.5", 256}}));
}

TEST(IndexMap, LeavesANumberThatIsPinnedToANameWhenItIsRenamed) {
  IndexMap map = mapOf({}, {pin(300, PinnedName{"veth0"}), pin(3, PinnedName{"eth0"})});
  numbers(map, {other(2, "veth0"), netvsc(4, "eth0", 12, 1)});
  const Present renamed{other(2, "veth9"), netvsc(4, "lan0", 12, 1)};
  const auto outcome = map.assign(renamed, kNow);
  EXPECT_EQ(outcome.notices.size(), 2U);
  EXPECT_EQ(numbers(map, renamed), (Numbers{{"veth9", 256}, {"lan0", 1}}));
  EXPECT_EQ(numbers(map, {other(2, "veth9"), netvsc(4, "lan0", 12, 1), other(8, "veth0"),
                          netvsc(9, "eth0", 13, 2)}),
            (Numbers{{"veth9", 256}, {"lan0", 1}, {"veth0", 300}, {"eth0", 3}}));
  restarted(map, {pin(300, PinnedName{"veth0"}), pin(3, PinnedName{"eth0"})});
}

TEST(IndexMap, SwapsTheNumbersOfTwoAdaptersThatArePinnedByNameWithTheirNames) {
  const std::vector<Pin> pins{pin(1, PinnedName{"eth0"}), pin(2, PinnedName{"eth1"})};
  IndexMap map = mapOf({}, pins);
  numbers(map, {netvsc(2, "eth0", 12, 1), netvsc(3, "eth1", 13, 2)});
  EXPECT_EQ(numbers(map, {netvsc(2, "eth1", 12, 1), netvsc(3, "eth0", 13, 2)}),
            (Numbers{{"eth0", 1}, {"eth1", 2}}));
  IndexMap again = restarted(map, pins);
  EXPECT_EQ(numbers(again, {netvsc(2, "eth1", 12, 1), netvsc(3, "eth0", 13, 2)}),
            (Numbers{{"eth0", 1}, {"eth1", 2}}));
}

TEST(IndexMap, KeepsThePinnedNumberOfALivingAdapterWhoseMacChanges) {
  const std::vector<Pin> pins{pin(3, MacIdentity{mac(1)})};
  IndexMap map = mapOf({}, pins);
  numbers(map, {virtio(2, "eth0", 768, 1)});
  EXPECT_EQ(numbers(map, {virtio(2, "eth0", 768, 9)}), (Numbers{{"eth0", 3}}));
  EXPECT_EQ(entryOf(map, 3)->identity, Identity(MacIdentity{mac(1)}));
  IndexMap again = restarted(map, pins);
  EXPECT_EQ(numbers(again, {virtio(2, "eth0", 768, 1)}), (Numbers{{"eth0", 3}}));
}

TEST(IndexMap, DoesNotLetANewGuidTakeOverANumberPinnedToTheOldOne) {
  const std::vector<Pin> pins{pin(3, GuidIdentity{guid(1)})};
  IndexMap map = mapOf({}, pins);
  numbers(map, {netvsc(2, "lan0", 12, 1)});
  Candidate restored = netvsc(2, "lan0", 12, 1);
  restored.guid = guid(9);
  IndexMap again = restarted(map, pins);
  EXPECT_EQ(numbers(again, {restored}), (Numbers{{"lan0", 1}}));
  EXPECT_EQ(entryOf(again, 3)->identity, Identity(GuidIdentity{guid(1)}));
  restarted(again, pins);
}

std::string pinError(std::vector<MapEntry> entries, std::vector<Pin> pins) {
  const auto map = IndexMap::create({.entries = std::move(entries)}, std::move(pins));
  return map ? "no error" : map.error().text;
}

TEST(IndexMap, RefusesTwoPinsWithOneNumberOrOneTarget) {
  EXPECT_EQ(pinError({}, {pin(3, MacIdentity{mac(1)}, 4), pin(3, PinnedName{"lan0"}, 5)}),
            "hvnet-subagent.conf:5: ifIndex 3 is already pinned to mac 00:15:5d:01:02:01 "
            "(hvnet-subagent.conf:4); choose another number");
  EXPECT_EQ(pinError({}, {pin(3, PinnedName{"lan0"}, 4), pin(4, PinnedName{"lan0"}, 5)}),
            "hvnet-subagent.conf:5: name lan0 is already pinned to ifIndex 3 "
            "(hvnet-subagent.conf:4); remove one of the two lines");
}

TEST(IndexMap, RefusesAPinOnANumberThatDoesNotExist) {
  EXPECT_NE(pinError({}, {pin(0, PinnedName{"lan0"})}), "no error");
  EXPECT_NE(pinError({}, {pin(2147483648U, PinnedName{"lan0"})}), "no error");
}

TEST(IndexMap, RefusesAPinOnSomebodyElsesNumber) {
  IndexMap map = mapOf();
  numbers(map, {virtio(2, "lan0", 768, 1), netvsc(3, "lan1", 1, 2), other(4, "br0", "bridge")});
  EXPECT_EQ(pinError(map.entries(), {pin(2, MacIdentity{mac(9)})}),
            "hvnet-subagent.conf:4: ifIndex 2 is already lan0's (mac 00:15:5d:01:02:01) in "
            "ifindex.map; choose another number or rebuild the map");
  EXPECT_NE(pinError(map.entries(), {pin(256, PinnedName{"br1"})}), "no error");
  EXPECT_NE(pinError(map.entries(), {pin(1, GuidIdentity{guid(1)})}), "no error");
  EXPECT_EQ(pinError(map.entries(), {pin(2, MacIdentity{mac(1)}), pin(256, PinnedName{"br0"}),
                                     pin(1, GuidIdentity{guid(2)})}),
            "no error");
}

TEST(IndexMap, RefusesAMapWithOneNumberTwice) {
  EXPECT_NE(pinError({{.index = IfIndex{1}, .identity = RetiredIdentity{}},
                      {.index = IfIndex{1}, .identity = RetiredIdentity{}}},
                     {}),
            "no error");
}

// --- What it says about itself ----------------------------------------------------------------

TEST(IndexMap, SaysWhereEachNumberCameFrom) {
  IndexMap map = mapOf();
  const Present first{netvsc(2, "lan0", 12, 1), other(3, "veth0")};
  auto outcome = map.assign(first, kNow);
  EXPECT_EQ(outcome.assignments[0].origin, IndexOrigin::kHypervisor);
  EXPECT_EQ(outcome.assignments[1].origin, IndexOrigin::kAppended);
  const Present more{netvsc(4, "lan1", 11, 2), netvsc(2, "lan0", 12, 1)};
  outcome = map.assign(more, kNow);
  EXPECT_EQ(outcome.assignments[0].origin, IndexOrigin::kAppended);
  EXPECT_EQ(outcome.assignments[1].origin, IndexOrigin::kHypervisor);

  IndexMap again = restarted(map);
  const Present third{netvsc(5, "lan2", 10, 3), netvsc(2, "lan0", 12, 1)};
  outcome = again.assign(third, kNow);
  EXPECT_EQ(outcome.assignments[0].origin, IndexOrigin::kAppended);
  EXPECT_EQ(outcome.assignments[1].origin, IndexOrigin::kPersisted);
}

TEST(IndexMap, SaysWhenItMustBeSaved) {
  IndexMap map = mapOf();
  EXPECT_FALSE(map.dirty());
  const Present present{netvsc(2, "lan0", 12, 1), other(3, "veth0")};
  EXPECT_TRUE(map.assign(present, kNow).numbers_changed);
  EXPECT_TRUE(map.dirty());
  map.markSaved();
  EXPECT_FALSE(map.assign(present, kNow).numbers_changed);
  EXPECT_FALSE(map.dirty());

  const Present moved{netvsc(2, "lan0", 15, 1), other(3, "veth0")};
  EXPECT_FALSE(map.assign(moved, kNow).numbers_changed) << "only a position";
  EXPECT_TRUE(map.dirty());
  map.markSaved();
  EXPECT_FALSE(map.assign({}, kNow).numbers_changed) << "only dates";
  EXPECT_TRUE(map.dirty());
}

TEST(IndexMap, CanAlwaysReadTheMapOfAHostWithHugeNames) {
  IndexMap map = mapOf();
  const std::string huge(70000, '\x01');
  numbers(map, {adapter({.kernel = 2, .name = huge, .mac = mac(1)}), other(3, huge + "a", huge),
                other(4, huge + "b", huge)});
  IndexMap again = restarted(map);
  EXPECT_FALSE(again.entries().empty());
}

TEST(IndexMap, KeepsUpWithAThousandInterfacesAndTenThousandTombstones) {
  std::vector<MapEntry> entries;
  for (std::uint32_t n = 0; n < 10000; ++n) {
    HwAddress address{2, 0, 0, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
    entries.push_back({.index = IfIndex{1000 + n},
                       .identity = MacIdentity{address},
                       .mac = address,
                       .gone_s = 1});
  }
  IndexMap map = mapOf(entries);
  Present present;
  for (int n = 0; n < 1000; ++n) present.push_back(other(n + 1, "veth" + std::to_string(n)));
  map.assign(present, kNow);
  const auto start = std::chrono::steady_clock::now();
  constexpr int kCalls = 100;
  for (int n = 0; n < kCalls; ++n) map.assign(present, kNow);
  const auto each = (std::chrono::steady_clock::now() - start) / kCalls;
  // Far above what it takes, so that sanitizers and busy machines pass; quadratic would not.
  EXPECT_LT(each, std::chrono::milliseconds(50));
  RecordProperty("assign_us", static_cast<int>(each / std::chrono::microseconds(1)));
}

// --- Random histories -------------------------------------------------------------------------

// A host whose interfaces come, go, are renamed and restarted at random, and the promise that no
// number is ever two identities' and no identity's number ever moves.
class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  void step() {
    switch (below(8)) {
      case 0:
      case 1:
        add();
        break;
      case 2:
        remove();
        break;
      case 3:
        rename();
        break;
      case 4:
        swapNames();
        break;
      case 5:
        replug();
        break;
      case 6:
        returnOne();
        break;
      default:
        if (below(4) == 0) restart();
        break;
    }
    if (below(3) != 0) check();
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  void add() {
    const int id = next_id_++;
    const auto octet = static_cast<std::uint8_t>(id);
    const HwAddress address{2, 0, 0, 0, static_cast<std::uint8_t>(id >> 8), octet};
    Candidate one;
    one.kernel_index = KernelIndex{next_kernel_++};
    one.name = "n" + std::to_string(next_name_++);
    one.kind = below(2) == 0 ? "veth" : "bridge";
    one.adapter = below(2) == 0;
    if (one.adapter) {
      one.mac = address;
      one.position = BusPosition{Bus::kPci, static_cast<std::uint64_t>(below(50))};
      if (below(2) == 0) {
        one.guid = guid(octet);
        one.guid->octets[0] = static_cast<std::uint8_t>(id >> 8);
      }
    }
    host_.push_back(one);
  }
  void remove() {
    if (host_.empty()) return;
    const auto at = host_.begin() + below(static_cast<int>(host_.size()));
    away_.push_back(*at);
    host_.erase(at);
  }
  void returnOne() {
    if (away_.empty()) return;
    const auto at = away_.begin() + below(static_cast<int>(away_.size()));
    at->kernel_index = KernelIndex{next_kernel_++};
    host_.push_back(*at);
    away_.erase(at);
  }
  // To a name that nobody ever had: the interface, its number and its identity go on together.
  void rename() {
    if (host_.empty()) return;
    auto& one = host_[static_cast<std::size_t>(below(static_cast<int>(host_.size())))];
    if (one.adapter || seated_.contains(one.kernel_index)) {
      one.name = "n" + std::to_string(next_name_++);
    }
  }
  void swapNames() {
    if (host_.size() < 2) return;
    auto& a = host_[static_cast<std::size_t>(below(static_cast<int>(host_.size())))];
    auto& b = host_[static_cast<std::size_t>(below(static_cast<int>(host_.size())))];
    // Newcomers that nobody has seen yet have no number to keep, and an adapter's name is no
    // identity that could meet another's.
    if (a.adapter != b.adapter || a.kind != b.kind) return;
    if (!seated_.contains(a.kernel_index) || !seated_.contains(b.kernel_index)) return;
    // Seen in one step by a running process; if one of the two went at the same time, the other
    // would rightly take the entry of its new name.
    check();
    std::swap(a.name, b.name);
    check();
  }
  void replug() {
    if (host_.empty()) return;
    auto& one = host_[static_cast<std::size_t>(below(static_cast<int>(host_.size())))];
    if (one.adapter) one.position = BusPosition{Bus::kPci, static_cast<std::uint64_t>(below(50))};
  }
  void restart() {
    check();
    map_ = restarted(map_);
    for (auto& one : host_) one.kernel_index = KernelIndex{next_kernel_++};
    std::ranges::shuffle(host_, random_);
    seated_.clear();
    check();
  }

  // What the interface is to the person who made it: an adapter's MAC, anything else's own entry.
  static std::string ownerOf(const Candidate& one) {
    return one.adapter ? "mac " + toText(one.mac) : one.kind + " " + one.name;
  }

  void check() {
    const auto outcome = map_.assign(host_, now_s_++);
    ASSERT_EQ(outcome.assignments.size(), host_.size());
    std::map<KernelIndex, IfIndex> seated;
    std::set<IfIndex> given;
    std::map<std::string, IfIndex> owners;
    for (std::size_t n = 0; n < host_.size(); ++n) {
      const Candidate& one = host_[n];
      const IfIndex index = outcome.assignments[n].index;
      ASSERT_TRUE(given.insert(index).second) << number(index) << " given to two";
      if (const auto before = seated_.find(one.kernel_index); before != seated_.end()) {
        ASSERT_EQ(before->second, index) << one.name << " moved while it lived";
      }
      owners[ownerOf(one)] = index;
      seated.emplace(one.kernel_index, index);
    }
    checkOwners(owners);
    seated_ = std::move(seated);
    const auto again = parseMap(formatMap(map_.entries(), map_.givenUpTo()), "ifindex.map");
    ASSERT_TRUE(again) << again.error().text;
    ASSERT_EQ(again->entries, map_.entries());
  }
  void checkOwners(const std::map<std::string, IfIndex>& owners) {
    // Those present may have been renamed, which moved their identity with the number.
    std::set<IfIndex> present;
    for (const auto& [owner, index] : owners) present.insert(index);
    for (const auto& [owner, index] : owners) {
      const auto known = owners_.find(owner);
      const bool lived = seated_numbers_.contains(index);
      if (known == owners_.end() || lived) continue;
      ASSERT_EQ(known->second, index) << owner << " came back with another number";
    }
    std::erase_if(owners_, [&](const auto& old) { return present.contains(old.second); });
    for (const auto& [owner, index] : owners) owners_[owner] = index;
    std::set<IfIndex> distinct;
    for (const auto& [owner, index] : owners_) {
      ASSERT_TRUE(distinct.insert(index).second) << number(index) << " is two identities'";
    }
    seated_numbers_ = present;
  }

  std::mt19937 random_;
  IndexMap map_ = mapOf();
  Present host_;
  Present away_;
  std::map<KernelIndex, IfIndex> seated_;  // at the last check
  std::set<IfIndex> seated_numbers_;       // the same, by number
  std::map<std::string, IfIndex> owners_;  // of every number ever given
  std::int64_t now_s_ = kNow;
  int next_id_ = 1;
  int next_kernel_ = 1;
  int next_name_ = 0;
};

TEST(IndexMap, NeverMovesANumberInAnyHistory) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed);
    for (int n = 0; n < 250 && !testing::Test::HasFatalFailure(); ++n) history.step();
    if (testing::Test::HasFatalFailure()) return;
  }
}

// Anything goes here: shared MACs and GUIDs, pins, kernel indexes used again.
Present anyHost(std::mt19937& random) {
  const auto below = [&](int bound) {
    return std::uniform_int_distribution<int>(0, bound - 1)(random);
  };
  Present present;
  std::set<std::string> names;
  for (int left = below(8); left > 0; --left) {
    const int kernel = below(10);
    const std::string name = "n" + std::to_string(below(5));
    if (!names.insert(name).second) continue;  // the kernel has each name once
    Candidate one = other(kernel, name, below(2) == 0 ? "veth" : "dummy");
    one.adapter = below(2) == 0;
    if (below(2) == 0) one.mac = mac(static_cast<std::uint8_t>(below(3)));
    if (below(2) == 0) one.guid = guid(static_cast<std::uint8_t>(below(3)));
    if (below(2) == 0) one.position = BusPosition{Bus::kPci, static_cast<std::uint64_t>(below(3))};
    present.push_back(one);
  }
  return present;
}

void checkChaos(unsigned seed, const std::vector<Pin>& pins) {
  std::mt19937 random(seed);
  IndexMap map = mapOf({}, pins);
  for (int round = 0; round < 100; ++round) {
    const Present present = anyHost(random);
    const auto outcome = map.assign(present, kNow + round);
    ASSERT_EQ(outcome.assignments.size(), present.size());
    std::set<IfIndex> given;
    for (const auto& one : outcome.assignments) {
      ASSERT_TRUE(given.insert(one.index).second) << number(one.index);
      ASSERT_NE(entryOf(map, number(one.index)), nullptr);
    }
    const auto saved = parseMap(formatMap(map.entries(), map.givenUpTo()), "ifindex.map");
    ASSERT_TRUE(saved) << saved.error().text;
    ASSERT_EQ(saved->entries, map.entries());
    const auto again = IndexMap::create(*saved, pins);
    ASSERT_TRUE(again) << "a running map must never contradict its own pins: "
                       << again.error().text;
  }
}

TEST(IndexMap, NeverGivesOneNumberToTwoNorContradictsItsPinsInAnyChaos) {
  const std::vector<Pin> pins{pin(2, MacIdentity{mac(1)}), pin(3, GuidIdentity{guid(1)}),
                              pin(256, PinnedName{"n1"}), pin(4, PinnedName{"n2"})};
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    checkChaos(seed, {});
    checkChaos(seed, pins);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace hvnet
