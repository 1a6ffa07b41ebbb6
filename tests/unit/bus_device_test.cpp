#include "counters/bus_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "counters/link.h"

namespace hvnet {
namespace {

constexpr std::string_view kGuid = "2dd1ce17-079e-403c-b352-a1921ee207ee";

TEST(Guid, PrintsAsItWasRead) {
  const auto guid = parseGuid(kGuid);
  ASSERT_TRUE(guid);
  EXPECT_EQ(guid->octets[0], 0x2d);
  EXPECT_EQ(guid->octets[15], 0xee);
  EXPECT_EQ(toText(*guid), kGuid);
}

TEST(Guid, BracesAndCaseDoNotMatter) {
  EXPECT_EQ(parseGuid("{2DD1CE17-079E-403C-B352-A1921EE207EE}"), parseGuid(kGuid));
}

TEST(Guid, AnythingElseIsNone) {
  for (const char* text :
       {"", "{}", "2dd1ce17", "2dd1ce17-079e-403c-b352-a1921ee207e",
        "2dd1ce17-079e-403c-b352-a1921ee207ee0", "2dd1ce17079e-403c-b352-a1921ee207ee-",
        "{2dd1ce17-079e-403c-b352-a1921ee207ee", "2dd1ce17-079e-403c-b352-a1921ee207eg",
        "2dd1ce17-079e-403c-b352-a1921ee2-7ee", "[2dd1ce17-079e-403c-b352-a1921ee207ee]"}) {
    EXPECT_EQ(parseGuid(text), std::nullopt) << text;
  }
}

TEST(PciAddress, PrintsAsItWasRead) {
  for (const char* text : {"0000:00:03.0", "0000:ff:1f.7", "abcd:01:02.3", "10000:e1:00.0"}) {
    const auto number = parsePciAddress(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(toText(BusPosition{Bus::kPci, *number}), text);
  }
}

TEST(PciAddress, OrdersAsItReads) {
  const std::vector<const char*> in_order = {"0000:00:03.0", "0000:00:03.1", "0000:00:10.0",
                                             "0000:01:00.0", "0001:00:00.0", "10000:00:00.0"};
  EXPECT_TRUE(std::ranges::is_sorted(
      in_order, {}, [](const char* text) { return parsePciAddress(text).value_or(0); }));
}

TEST(PciAddress, AnythingElseIsNone) {
  for (const char* text :
       {"", "0000", "0000:00:03", "0000:00:03.", "0000:00:03.8", "0000:00:20.0", "0000:100:03.0",
        "0000:00:03.0 ", "pci0000:00", ":00:03.0", "-1:00:03.0", "virtio0", "1ffffffff:00:03.0"}) {
    EXPECT_EQ(parsePciAddress(text), std::nullopt) << text;
  }
}

TEST(BusPosition, PrintsInTheHostsWords) {
  EXPECT_EQ(toText(BusPosition{Bus::kVmbus, 12}), "relid 12");
  EXPECT_EQ(toText(BusPosition{Bus::kXen, 0}), "vif 0");
  EXPECT_EQ(toText(BusPosition{Bus::kPci, 3 << 3}), "0000:00:03.0");
  EXPECT_EQ(toText(BusPosition{Bus::kVirtioMmio, 0xd0000000}), "mmio d0000000");
}

TEST(BusPosition, OrdersByNumberOnOneBus) {
  EXPECT_LT((BusPosition{Bus::kVmbus, 9}), (BusPosition{Bus::kVmbus, 12}));
  EXPECT_LT((BusPosition{Bus::kVmbus, 12}), (BusPosition{Bus::kPci, 1}));
}

TEST(Bus, HasAWordForEach) {
  EXPECT_EQ(toText(Bus::kVmbus), "vmbus");
  EXPECT_EQ(toText(Bus::kXen), "xen");
  EXPECT_EQ(toText(Bus::kPci), "pci");
  EXPECT_EQ(toText(Bus::kVirtioMmio), "mmio");
  EXPECT_EQ(toText(Bus::kOther), "other");
}

TEST(Mac, PrintsAsItWasRead) {
  const auto mac = parseMac("00:15:5d:01:02:03");
  ASSERT_TRUE(mac);
  EXPECT_EQ(toText(*mac), "00:15:5d:01:02:03");
  EXPECT_EQ(parseMac("00-15-5D-01-02-03"), mac);
  EXPECT_EQ(toText(HwAddress{}), "");
}

TEST(Mac, AnythingElseIsNone) {
  for (const char* text : {"", "00:15:5d:01:02", "00:15:5d:01:02:03:04", "00:15:5d:01:02-03",
                           "0:15:5d:01:02:03", "00155d010203", "00:15:5d:01:02:0g",
                           "00.15.5d.01.02.03", "00:15:5d:01:02:+3", " 0:15:5d:01:02:03"}) {
    EXPECT_EQ(parseMac(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace hvnet
