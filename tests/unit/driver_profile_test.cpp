#include "counters/driver_profile.h"

#include <gtest/gtest.h>

#include <set>

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
