#include "counters/bus_device.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <algorithm>
#include <utility>
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

TEST(HostLabel, IsEthernetAndANumber) {
  EXPECT_EQ(parseHostLabel("Ethernet0"), 0U);
  EXPECT_EQ(parseHostLabel("Ethernet12"), 12U);
  for (const char* text : {"", "Ethernet", "Ethernet-1", "Ethernet 1", "Ethernet1 ", "Ethernet1a",
                           "ethernet1", "Onboard LAN 1", "1", "Ethernet4294967296"}) {
    EXPECT_EQ(parseHostLabel(text), std::nullopt) << text;
  }
}

TEST(AcpiIndex, IsFrom1To16383) {
  EXPECT_EQ(parseAcpiIndex("1"), 1U);
  EXPECT_EQ(parseAcpiIndex("16383"), 16383U);
  for (const char* text : {"", "0", "16384", "16777736", "16777215", "-1", "+1", "1 ", "0x1", "one",
                           "18446744073709551615", "99999999999999999999"}) {
    EXPECT_EQ(parseAcpiIndex(text), std::nullopt) << text;
  }
}

constexpr BusPosition atPci(std::uint64_t address) {
  return {Bus::kPci, address};
}

TEST(OrderPlace, GoesByTheBusThenByWhatTheHostNamedThenByTheAddress) {
  const OrderPlace ascending[] = {
      orderPlaceOf(BusPosition{Bus::kVmbus, 7}, {}),
      orderPlaceOf(BusPosition{Bus::kXen, 7}, {}),
      orderPlaceOf(atPci(9), {.label = 2, .acpi_index = 5}),
      orderPlaceOf(atPci(8), {.label = 10, .acpi_index = 4}),
      orderPlaceOf(atPci(7), {.acpi_index = 3}),
      orderPlaceOf(atPci(6), {.acpi_index = 20}),
      orderPlaceOf(atPci(4), {}),
      orderPlaceOf(atPci(5), {}),
      orderPlaceOf(BusPosition{Bus::kVirtioMmio, 1}, {}),
      orderPlaceOf(std::nullopt, {}),
  };
  EXPECT_TRUE(std::ranges::is_sorted(ascending, std::ranges::less{}));
  EXPECT_EQ(std::ranges::adjacent_find(ascending), std::ranges::end(ascending));
}

TEST(OrderPlace, OfTheSameNumberGoesByThePortAndThenByTheAddress) {
  EXPECT_LT(orderPlaceOf(atPci(9), {.acpi_index = 3, .dev_port = 0}),
            orderPlaceOf(atPci(8), {.acpi_index = 3, .dev_port = 1}));
  EXPECT_LT(orderPlaceOf(atPci(8), {.label = 3, .dev_port = 1}),
            orderPlaceOf(atPci(9), {.label = 3, .dev_port = 1}));
  EXPECT_LT(orderPlaceOf(atPci(8), {.dev_port = 1}), orderPlaceOf(atPci(8), {.dev_port = 2}));
  EXPECT_LT(orderPlaceOf(atPci(8), {.dev_port = 1}), orderPlaceOf(atPci(9), {.dev_port = 0}));
}

TEST(OrderPlace, SaysWhichKeyDecides) {
  const auto key = [](Bus bus, HostOrder says) {
    return std::string(toText(orderPlaceOf(BusPosition{bus, 1}, says).key));
  };
  EXPECT_EQ(key(Bus::kVmbus, {.label = 1}), "relid");
  EXPECT_EQ(key(Bus::kXen, {}), "vif");
  EXPECT_EQ(key(Bus::kPci, {.label = 0, .acpi_index = 1}), "label");
  EXPECT_EQ(key(Bus::kPci, {.acpi_index = 1}), "acpiIndex");
  EXPECT_EQ(key(Bus::kPci, {}), "pciAddress");
  EXPECT_EQ(key(Bus::kVirtioMmio, {}), "mmio");
  EXPECT_EQ(key(Bus::kOther, {}), "mac");
  EXPECT_EQ(toText(orderPlaceOf(std::nullopt, {.label = 1}).key), "mac");
}

TEST(Bus, HasAWordForEach) {
  EXPECT_EQ(toText(Bus::kVmbus), "vmbus");
  EXPECT_EQ(toText(Bus::kXen), "xen");
  EXPECT_EQ(toText(Bus::kPci), "pci");
  EXPECT_EQ(toText(Bus::kVirtioMmio), "mmio");
  EXPECT_EQ(toText(Bus::kOther), "other");
}

TEST(VmbusClass, HasANameForEachThatIsWorthOne) {
  const std::vector<std::pair<const char*, const char*>> names = {
      {"f8615163-df3e-46c5-913f-f2d2f965ed0e", "network"},
      {"57164f39-9115-4e78-ab55-382f3bd5422d", "heartbeat"},
      {"9527e630-d0ae-497b-adce-e80ab0175caf", "time sync"},
      {"0e0b6031-5213-4934-818b-38d90ced39db", "shutdown"},
      {"a9a0f4e7-5a45-4d96-b827-8a841e8c03e6", "KVP"},
      {"35fa2e29-ea23-4236-96ae-3a6ebacba440", "VSS"},
      {"525074dc-8985-46e2-8057-a307dc18a502", "dynamic memory"},
      {"ba6163d9-04a1-4d29-b605-72e2ffb1dc7f", "SCSI"},
      {"32412632-86cb-44a2-9b5c-50d1417354f5", "IDE"},
      {"f912ad6d-2b17-48ea-bd65-f927a61c7684", "keyboard"},
      {"cfa8b69e-5b4a-4cc0-b98b-8ba1a1f3f95a", "mouse"},
      {"da0a7802-e377-4aac-8e77-0558eb1073f8", "video"},
      {"44c4f61d-4444-4400-9d52-802e27ede19f", "PCI pass-through"},
      {"2f9bcc4a-0069-4af3-b76b-6fd0be528cda", "synthetic Fibre Channel"},
  };
  ASSERT_EQ(names.size(), 14U);
  for (const auto& [guid, name] : names) {
    ASSERT_TRUE(parseGuid(guid)) << guid;
    EXPECT_EQ(vmbusClassName(*parseGuid(guid)), name);
  }
}

TEST(VmbusClass, AnotherOneHasNoName) {
  EXPECT_EQ(vmbusClassName(Guid{}), "");
  EXPECT_EQ(vmbusClassName(*parseGuid(kGuid)), "");
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
