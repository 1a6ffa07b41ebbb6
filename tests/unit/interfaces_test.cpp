#include "snapshot/interfaces.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include <chrono>

#include "fakes.h"
#include "snapshots.h"

namespace hvnet {
namespace {

using test::interfaceAt;
using test::portOf;

Interface publish(const Port& port, const PublishOptions& options = {}) {
  return makeInterface({&port, {port.link.index, IfIndex{1}, IndexOrigin::kHypervisor}}, options);
}

TEST(MakeInterface, DescribesAnAdapterByHypervisorDriverAndName) {
  const Interface row = publish(portOf(5, "eth0", 12));
  EXPECT_EQ(row.descr, "Hyper-V hv_netvsc adapter eth0");
  EXPECT_EQ(row.name, "eth0");
  EXPECT_EQ(row.type, 6U);
  EXPECT_TRUE(row.adapter);
  EXPECT_FALSE(row.connector_present);
  EXPECT_EQ(row.trap_enable, TrapEnable::kEnabled);
}

TEST(MakeInterface, FixesTheSpeedOfHyperVAdaptersUnlessToldOtherwise) {
  Port port = portOf(5, "eth0", 12);
  port.speed_mbps = 40'000;
  EXPECT_EQ(publish(port).speed_mbps, 1000U);
  PublishOptions driver_media;
  driver_media.media = Media::kDriver;
  EXPECT_EQ(publish(port, driver_media).speed_mbps, 40'000U);
}

TEST(MakeInterface, TakesTheDriversWordOfOtherAdaptersAndElse1000) {
  Port port = portOf(5, "eth0");
  port.device = BusDevice{BusPosition{Bus::kPci, 3}, "vmxnet3", std::nullopt};
  port.profile = findProfile("vmxnet3");
  port.speed_mbps = 10'000;
  EXPECT_EQ(publish(port).speed_mbps, 10'000U);
  EXPECT_EQ(publish(port).descr, "VMware vmxnet3 adapter eth0");
  port.speed_mbps.reset();
  EXPECT_EQ(publish(port).speed_mbps, 1000U);
}

TEST(MakeInterface, TakesTheDriversWordForDuplexOnlyOfWhatIsNoAdapter) {
  Port port = portOf(5, "eth0", 12);
  port.duplex = Duplex::kHalf;
  EXPECT_EQ(publish(port).duplex, Duplex::kFull);
  port.profile = nullptr;
  EXPECT_EQ(publish(port).duplex, Duplex::kHalf);
}

TEST(MakeInterface, InventsNoSpeedForWhatIsNotAnAdapter) {
  const Interface row = publish(portOf(5, "veth7"));
  EXPECT_EQ(row.speed_mbps, 0U);
  EXPECT_EQ(row.descr, "veth7");
  EXPECT_EQ(row.driver, "veth");
  EXPECT_FALSE(row.adapter);
  EXPECT_EQ(row.trap_enable, TrapEnable::kDisabled);
}

TEST(MakeInterface, NamesAdaptersLanInTheirOrderWhenAsked) {
  PublishOptions lan;
  lan.name_format = NameFormat::kLan;
  EXPECT_EQ(publish(portOf(5, "eth0", 12), lan).name, "lan0");
  EXPECT_EQ(publish(portOf(5, "veth7"), lan).name, "veth7");
}

TEST(MakeInterface, PublishesALinkThatWasMadeAnAdapterWithTheProfileGivenToIt) {
  Port port = portOf(5, "veth7");
  port.profile = &nominalProfile();
  EXPECT_TRUE(publish(port).adapter);
  EXPECT_EQ(publish(port).descr, "Virtual veth adapter veth7");
  EXPECT_FALSE(publish(port).promiscuous);
  port.profile = findProfile("hvnet");
  EXPECT_EQ(publish(port).descr, "Hyper-V hvnet adapter veth7");
  EXPECT_TRUE(publish(port).promiscuous);
}

TEST(OperStatus, OfAnAdapterIsTheNetworkAssignmentAlone) {
  Link link = portOf(5, "eth0", 12).link;
  link.oper_state = OperState::kLowerLayerDown;
  EXPECT_EQ(operStatus(link, true), OperStatus::kUp);
  link.carrier = false;
  link.oper_state = OperState::kUp;
  EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
  link.carrier = true;
  link.flags = 0;
  EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
}

TEST(OperStatus, OfAnAdapterIsNeverLowerLayerDown) {
  Link link = portOf(5, "eth0", 12).link;
  link.carrier.reset();
  for (const OperState state : {OperState::kLowerLayerDown, OperState::kNotPresent}) {
    link.oper_state = state;
    EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
  }
  link.oper_state = OperState::kLowerLayerDown;
  EXPECT_EQ(operStatus(link, false), OperStatus::kLowerLayerDown);
}

TEST(OperStatus, UnknownIsUpWhileThereIsACarrier) {
  Link link = portOf(5, "usb0").link;
  link.oper_state = OperState::kUnknown;
  EXPECT_EQ(operStatus(link, false), OperStatus::kUp);
  link.carrier = false;
  EXPECT_EQ(operStatus(link, false), OperStatus::kDown);
}

TEST(IfType, FollowsTheKindAndElseTheHardware) {
  Link link;
  link.hardware_type = ARPHRD_ETHER;
  EXPECT_EQ(ifType(link), 6U);
  link.kind = "bridge";
  EXPECT_EQ(ifType(link), 209U);
  link.kind = "vlan";
  EXPECT_EQ(ifType(link), 135U);
  link.kind.clear();
  link.hardware_type = ARPHRD_LOOPBACK;
  EXPECT_EQ(ifType(link), 24U);
  link.hardware_type = 0xfffe;
  EXPECT_EQ(ifType(link), 131U);
  link.hardware_type = 12345;
  EXPECT_EQ(ifType(link), 1U);
}

class History : public testing::Test {
 protected:
  [[nodiscard]] static TimePoint at(int seconds) {
    return TimePoint{} + std::chrono::seconds(seconds);
  }
  static Interfaces with(std::vector<Interface> rows, std::vector<StackEntry> stack = {}) {
    Interfaces out;
    out.rows = std::move(rows);
    out.stack = std::move(stack);
    return out;
  }
  InterfaceHistory history_;
};

TEST_F(History, SortsRowsAndDatesNothingAtFirst) {
  const auto rows = history_.update(with({interfaceAt(3), interfaceAt(1)}), at(10));
  EXPECT_EQ(rows->rows[0].index, IfIndex{1});
  EXPECT_EQ(rows->rows[1].index, IfIndex{3});
  EXPECT_EQ(rows->last_change, TimePoint{});
  EXPECT_EQ(rows->rows[0].last_change, TimePoint{});
}

TEST_F(History, DatesAChangeOfTheOperationalState) {
  history_.update(with({interfaceAt(1), interfaceAt(2)}), at(10));
  Interface down = interfaceAt(1);
  down.oper_status = OperStatus::kDown;
  auto rows = history_.update(with({down, interfaceAt(2)}), at(20));
  EXPECT_EQ(rows->rows[0].last_change, at(20));
  EXPECT_EQ(rows->rows[1].last_change, TimePoint{});
  rows = history_.update(with({down, interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->rows[0].last_change, at(20));
  EXPECT_EQ(rows->last_change, TimePoint{});
}

TEST_F(History, DatesRowsThatComeAndGo) {
  history_.update(with({interfaceAt(1)}), at(10));
  auto rows = history_.update(with({interfaceAt(1), interfaceAt(2)}), at(20));
  EXPECT_EQ(rows->last_change, at(20));
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  rows = history_.update(with({interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->last_change, at(30));
  rows = history_.update(with({interfaceAt(2)}), at(40));
  EXPECT_EQ(rows->last_change, at(30));
}

TEST_F(History, DatesACounterDiscontinuityAndKeepsItOverAnUpdate) {
  history_.update(with({interfaceAt(1), interfaceAt(2)}), at(10));
  auto rows = history_.discontinue(std::vector<std::size_t>{1}, at(20));
  EXPECT_EQ(rows->rows[0].counter_discontinuity, TimePoint{});
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  rows = history_.update(with({interfaceAt(1), interfaceAt(2)}), at(30));
  EXPECT_EQ(rows->rows[1].counter_discontinuity, at(20));
  EXPECT_EQ(rows->last_change, TimePoint{});
}

TEST_F(History, TakesAnotherDeviceBehindANumberForANewRow) {
  history_.update(with({interfaceAt(1)}), at(10));
  Interface again = interfaceAt(1);
  again.kernel_index = KernelIndex{77};
  const auto rows = history_.update(with({again}), at(20));
  EXPECT_EQ(rows->rows[0].counter_discontinuity, at(20));
  EXPECT_EQ(rows->last_change, at(20));
}

TEST_F(History, DatesAChangeOfWhatStandsOnWhat) {
  const StackEntry alone{IfIndex{1}, IfIndex{0}};
  const StackEntry over{IfIndex{1}, IfIndex{2}};
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {alone}), at(10))->stack_last_change,
            TimePoint{});
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {over}), at(20))->stack_last_change, at(20));
  EXPECT_EQ(history_.update(with({interfaceAt(1)}, {over}), at(30))->stack_last_change, at(20));
}

}  // namespace
}  // namespace hvnet
