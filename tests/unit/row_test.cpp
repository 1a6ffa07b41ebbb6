#include "snapshot/describe/row.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using test::interfaceOf;

Interface publish(const SourceInterface& interface, const PublishOptions& options = {}) {
  return describeRow({&interface, {interface.link.index, IfIndex{1}, IndexOrigin::kHypervisor}},
                     options, {});
}

TEST(DescribeRow, DescribesAnAdapterByHypervisorDriverAndName) {
  const Interface row = publish(interfaceOf(5, "eth0", 12));
  EXPECT_EQ(row.descr, "Hyper-V hv_netvsc adapter eth0");
  EXPECT_EQ(row.name, "eth0");
  EXPECT_EQ(row.type, 6U);
  EXPECT_TRUE(row.adapter);
  EXPECT_FALSE(row.connector_present);
  EXPECT_EQ(row.trap_enable, TrapEnable::kEnabled);
}

TEST(DescribeRow, FindsAConnectorOnPassedThroughHardwareAlone) {
  SourceInterface interface = interfaceOf(5, "eth0", 12);
  interface.profile = nullptr;
  EXPECT_TRUE(publish(interface).connector_present);
  interface.link.kind = "macvtap";
  EXPECT_FALSE(publish(interface).connector_present) << "it was made, whatever it stands on";
  interface.link.kind = "";
  interface.device.reset();
  EXPECT_FALSE(publish(interface).connector_present);
}

TEST(DescribeRow, FixesTheSpeedOfHyperVAdaptersUnlessToldOtherwise) {
  SourceInterface interface = interfaceOf(5, "eth0", 12);
  interface.speed_mbps = 40'000;
  EXPECT_EQ(publish(interface).speed_mbps, 1000U);
  PublishOptions driver_media;
  driver_media.media = Media::kDriver;
  EXPECT_EQ(publish(interface, driver_media).speed_mbps, 40'000U);
}

TEST(DescribeRow, TakesTheDriversWordOfOtherAdaptersAndElse1000) {
  SourceInterface interface = interfaceOf(5, "eth0");
  interface.device = BusDevice{BusPosition{Bus::kPci, 3}, "vmxnet3", std::nullopt};
  interface.profile = findProfile("vmxnet3");
  interface.speed_mbps = 10'000;
  EXPECT_EQ(publish(interface).speed_mbps, 10'000U);
  EXPECT_EQ(publish(interface).descr, "VMware vmxnet3 adapter eth0");
  interface.speed_mbps.reset();
  EXPECT_EQ(publish(interface).speed_mbps, 1000U);
}

TEST(DescribeRow, TakesTheDriversWordForDuplexOnlyOfWhatIsNoAdapter) {
  SourceInterface interface = interfaceOf(5, "eth0", 12);
  interface.duplex = Duplex::kHalf;
  EXPECT_EQ(publish(interface).duplex, Duplex::kFull);
  interface.profile = nullptr;
  EXPECT_EQ(publish(interface).duplex, Duplex::kHalf);
}

TEST(DescribeRow, InventsNoSpeedForWhatIsNotAnAdapter) {
  const Interface row = publish(interfaceOf(5, "veth7"));
  EXPECT_EQ(row.speed_mbps, 0U);
  EXPECT_EQ(row.descr, "veth7");
  EXPECT_EQ(row.driver, "veth");
  EXPECT_FALSE(row.adapter);
  EXPECT_EQ(row.trap_enable, TrapEnable::kDisabled);
}

TEST(DescribeRow, NamesAdaptersLanInTheirOrderWhenAsked) {
  PublishOptions lan;
  lan.name_format = NameFormat::kLan;
  EXPECT_EQ(publish(interfaceOf(5, "eth0", 12), lan).name, "lan0");
  EXPECT_EQ(publish(interfaceOf(5, "veth7"), lan).name, "veth7");
}

TEST(DescribeRow, PublishesALinkThatWasMadeAnAdapterWithTheProfileGivenToIt) {
  SourceInterface interface = interfaceOf(5, "veth7");
  interface.profile = &nominalProfile();
  EXPECT_TRUE(publish(interface).adapter);
  EXPECT_EQ(publish(interface).descr, "Virtual veth adapter veth7");
  EXPECT_FALSE(publish(interface).promiscuous);
  interface.profile = findProfile("hvnet");
  EXPECT_EQ(publish(interface).descr, "Hyper-V hvnet adapter veth7");
  EXPECT_TRUE(publish(interface).promiscuous);
}

TEST(OperStatus, OfAnAdapterIsTheNetworkAssignmentAlone) {
  Link link = interfaceOf(5, "eth0", 12).link;
  link.oper_state = OperState::kLowerLayerDown;
  EXPECT_EQ(operStatus(link, true), OperStatus::kUp);
  link.carrier = false;
  link.oper_state = OperState::kUp;
  EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
  link.carrier = true;
  link.admin_up = false;
  EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
}

TEST(OperStatus, OfAnAdapterIsNeverLowerLayerDown) {
  Link link = interfaceOf(5, "eth0", 12).link;
  link.carrier.reset();
  for (const OperState state : {OperState::kLowerLayerDown, OperState::kNotPresent}) {
    link.oper_state = state;
    EXPECT_EQ(operStatus(link, true), OperStatus::kDown);
  }
  link.oper_state = OperState::kLowerLayerDown;
  EXPECT_EQ(operStatus(link, false), OperStatus::kLowerLayerDown);
}

TEST(OperStatus, UnknownIsUpWhileThereIsACarrier) {
  Link link = interfaceOf(5, "usb0").link;
  link.oper_state = OperState::kUnknown;
  EXPECT_EQ(operStatus(link, false), OperStatus::kUp);
  link.carrier = false;
  EXPECT_EQ(operStatus(link, false), OperStatus::kDown);
}

TEST(OperStatus, OfAnythingElseIsTheKernelsOwn) {
  Link link = interfaceOf(5, "eth0").link;
  const std::pair<OperState, OperStatus> states[] = {
      {OperState::kUp, OperStatus::kUp},
      {OperState::kDown, OperStatus::kDown},
      {OperState::kTesting, OperStatus::kTesting},
      {OperState::kDormant, OperStatus::kDormant},
      {OperState::kNotPresent, OperStatus::kNotPresent},
      {OperState::kLowerLayerDown, OperStatus::kLowerLayerDown}};
  for (const auto& [state, expected] : states) {
    link.oper_state = state;
    EXPECT_EQ(operStatus(link, false), expected);
  }
  link.admin_up = false;
  link.oper_state = OperState::kUp;
  EXPECT_EQ(operStatus(link, false), OperStatus::kDown);
}

}  // namespace
}  // namespace hvnet
