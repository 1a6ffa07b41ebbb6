#include "snapshot/describe/relations.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using test::interfaceOf;
using test::macOf;

// Interfaces whose published number is their kernel index.
class Relations : public testing::Test {
 protected:
  SourceInterface& add(int kernel_index, const std::string& name) {
    interfaces_.push_back(interfaceOf(kernel_index, name));
    return interfaces_.back();
  }
  [[nodiscard]] std::vector<NumberedInterface> numbered() const {
    std::vector<NumberedInterface> out;
    for (const SourceInterface& interface : interfaces_) {
      const auto index = static_cast<IfIndex>(static_cast<int>(interface.link.index));
      out.push_back({&interface, {interface.link.index, index, IndexOrigin::kKernel}});
    }
    return out;
  }
  // "0/1 2/1 1/0": higher over lower.
  [[nodiscard]] std::string stack() const {
    std::string out;
    for (const StackEntry& entry : stackOf(numbered())) {
      if (!out.empty()) out += " ";
      out += std::to_string(static_cast<std::uint32_t>(entry.higher)) + "/" +
             std::to_string(static_cast<std::uint32_t>(entry.lower));
    }
    return out;
  }

  std::vector<SourceInterface> interfaces_;
};

TEST_F(Relations, AnInterfaceAloneHasNothingAboveAndNothingBelow) {
  add(1, "lan0");
  EXPECT_EQ(stack(), "0/1 1/0");
}

TEST_F(Relations, AVfStandsUnderItsAdapterAndAMemberUnderItsBridge) {
  add(1, "br0");
  add(2, "lan0").link.master = KernelIndex{1};
  add(3, "vf0").link.master = KernelIndex{2};
  EXPECT_EQ(stack(), "0/1 1/2 2/3 3/0");
}

TEST_F(Relations, AVlanStandsOverItsDevice) {
  add(1, "lan0");
  SourceInterface& vlan = add(2, "lan0.7");
  vlan.link.kind = "vlan";
  vlan.link.lower = KernelIndex{1};
  EXPECT_EQ(stack(), "0/2 1/0 2/1");
}

TEST_F(Relations, TheTwoEndsOfAVethDoNotStandOnEachOther) {
  add(1, "a").link.lower = KernelIndex{2};
  add(2, "b").link.lower = KernelIndex{1};
  EXPECT_EQ(stack(), "0/1 0/2 1/0 2/0");
}

TEST_F(Relations, WhatIsNotPublishedHasNoPlaceInTheStack) {
  SourceInterface& interface = add(1, "lan0");
  interface.link.master = KernelIndex{77};
  interface.link.lower = KernelIndex{78};
  EXPECT_EQ(stack(), "0/1 1/0");
}

TEST_F(Relations, AnEthernetLinkReceivesItsOwnAddressBroadcastAndItsGroups) {
  const HwAddress group = {0x01, 0x00, 0x5e, 0, 0, 1};
  add(7, "lan0").groups = {group};
  const auto rows = receiveAddressesOf(numbered());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].address, macOf(7));
  EXPECT_EQ(rows[0].type, ReceiveAddressType::kNonVolatile);
  EXPECT_EQ(rows[1].address, group);
  EXPECT_EQ(rows[1].type, ReceiveAddressType::kVolatile);
  EXPECT_EQ(rows[2].address, HwAddress(6, 0xff));
  for (const ReceiveAddress& row : rows) EXPECT_EQ(row.index, IfIndex{7});
}

TEST_F(Relations, ReceiveAddressesAreOrderedAsTheTablesOidsAre) {
  add(2, "lan1");
  add(1, "lan0");
  const auto rows = receiveAddressesOf(numbered());
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].index, IfIndex{1});
  EXPECT_EQ(rows[3].index, IfIndex{2});
}

TEST_F(Relations, NoAddressIsInventedForALinkWithoutOne) {
  add(1, "lo").link.hardware_type = HardwareType::kLoopback;
  add(2, "tun0").link.address.clear();
  EXPECT_TRUE(receiveAddressesOf(numbered()).empty());
}

}  // namespace
}  // namespace hvnet
