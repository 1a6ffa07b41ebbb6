#include "counters/driver_profile.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace hvnet {
namespace {

TEST(DriverProfile, IsFoundByTheNameThatSysfsHas) {
  const DriverProfile* profile = profileOfDriver("hv_netvsc");
  ASSERT_NE(profile, nullptr);
  EXPECT_EQ(profile->hypervisor, "Hyper-V");
  EXPECT_TRUE(profile->fixed_1000base_t);
}

TEST(DriverProfile, XensDriverIsVifInSysfs) {
  const DriverProfile* profile = profileOfDriver("vif");
  ASSERT_NE(profile, nullptr);
  EXPECT_EQ(profile->name, "xen_netfront");
  EXPECT_EQ(profileOfDriver("xen_netfront"), nullptr);
}

TEST(DriverProfile, OnlyTheVendorsRuleFixesTheSpeed) {
  for (const char* name : {"virtio_net", "vmxnet3", "xen_netfront"}) {
    ASSERT_NE(findProfile(name), nullptr) << name;
    EXPECT_FALSE(findProfile(name)->fixed_1000base_t) << name;
  }
}

TEST(DriverProfile, AnEmulatedOrUnboundDeviceHasNone) {
  EXPECT_EQ(profileOfDriver("e1000"), nullptr);
  EXPECT_EQ(profileOfDriver(""), nullptr);
  EXPECT_EQ(findProfile("no_such"), nullptr);
}

TEST(DriverProfile, TheNominalOneIsNamedAndBindsToNoDriver) {
  EXPECT_EQ(findProfile("nominal"), &nominalProfile());
  EXPECT_TRUE(nominalProfile().bound_name.empty());
}

std::vector<std::string_view> listed(StatNames names) {
  return {names.begin(), names.end()};
}

using Names = std::vector<std::string_view>;

TEST(DriverProfile, HiddenReceiveDropsAreTheDriversOwn) {
  EXPECT_EQ(listed(findProfile("hv_netvsc")->hidden_rx_drops), Names{"rx_no_memory"});
  EXPECT_EQ(listed(findProfile("vmxnet3")->hidden_rx_drops), Names{"pkts rx OOB"});
  for (const char* name : {"hvnet", "virtio_net", "xen_netfront", "nominal"}) {
    EXPECT_TRUE(findProfile(name)->hidden_rx_drops.empty()) << name;
  }
}

TEST(DriverProfile, OnlyHvNetvscHasTransmitLossesThatAreErrors) {
  EXPECT_EQ(listed(findProfile("hv_netvsc")->tx_losses),
            (Names{"tx_no_memory", "tx_no_space", "tx_too_big", "vf_tx_dropped"}));
  for (const DriverProfile& profile : driverProfiles()) {
    EXPECT_EQ(profile.tx_losses.empty(), profile.name != "hv_netvsc") << profile.name;
  }
}

TEST(DriverProfile, OnlyVmxnet3SplitsThePacketsItself) {
  const DriverProfile& vmxnet3 = *findProfile("vmxnet3");
  EXPECT_EQ(listed(vmxnet3.in.multicast), Names{"mcast pkts rx"});
  EXPECT_EQ(listed(vmxnet3.in.broadcast), Names{"bcast pkts rx"});
  EXPECT_EQ(listed(vmxnet3.out.multicast), Names{"mcast pkts tx"});
  EXPECT_EQ(listed(vmxnet3.out.broadcast), Names{"bcast pkts tx"});
  for (const DriverProfile& profile : driverProfiles()) {
    const bool splits = !profile.in.multicast.empty() || !profile.out.multicast.empty();
    EXPECT_EQ(splits, profile.name == "vmxnet3") << profile.name;
  }
}

TEST(DriverProfile, OneDriverCountsBroadcastAsMulticastAndOneHasNoFilter) {
  for (const DriverProfile& profile : driverProfiles()) {
    EXPECT_EQ(profile.multicast_includes_broadcast, profile.name == "hv_netvsc") << profile.name;
    EXPECT_EQ(profile.always_promiscuous, profile.name == "hvnet") << profile.name;
  }
}

TEST(DriverProfile, NamesAreDistinct) {
  std::set<std::string_view> names;
  std::set<std::string_view> bound_names;
  for (const DriverProfile& profile : driverProfiles()) {
    EXPECT_TRUE(names.insert(profile.name).second) << profile.name;
    EXPECT_TRUE(bound_names.insert(profile.bound_name).second) << profile.bound_name;
  }
}

}  // namespace
}  // namespace hvnet
