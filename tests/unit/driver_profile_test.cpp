#include "counters/driver_profile.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "document_examples.h"

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
  EXPECT_EQ(profileOfDriver("pcnet32"), nullptr);
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

TEST(DriverProfile, EachRowNamesItsSourceInTheKernelUnlessItHasNone) {
  for (const DriverProfile& profile : driverProfiles()) {
    const bool of_the_kernel = profile.name != "hvnet" && profile.name != "nominal";
    EXPECT_EQ(profile.source.ends_with(".c"), of_the_kernel) << profile.name;
  }
}

TEST(DriverProfile, WhatTheDriverRefusedToSendIsAnErrorAndWhatItsVfRefusedIsNot) {
  EXPECT_EQ(listed(findProfile("hv_netvsc")->tx_losses),
            (Names{"tx_no_memory", "tx_no_space", "tx_too_big", "vlan_error"}));
}

TEST(DriverProfile, AVfWithoutARegisterForOverrunsKnowsNoDrops) {
  const std::set<std::string_view> blind = {"ixgbevf", "igbvf", "mlx4_en"};
  for (const DriverProfile& profile : driverProfiles()) {
    EXPECT_EQ(profile.knows_drops, !blind.contains(profile.name)) << profile.name;
  }
}

TEST(DriverProfile, BroadcastIsAmongTheMulticastsOfOneDriverAndOneHasNoFilter) {
  for (const DriverProfile& profile : driverProfiles()) {
    const bool both = profile.multicast == DriverProfile::Multicast::kWithBroadcast;
    EXPECT_EQ(both, profile.name == "hv_netvsc") << profile.name;
    EXPECT_EQ(profile.always_promiscuous, profile.name == "hvnet") << profile.name;
  }
}

TEST(DriverProfile, TheDevicesOfMellanoxAndGoogleAreBoundUnderOtherNames) {
  EXPECT_EQ(profileOfDriver("mlx4_core")->name, "mlx4_en");
  EXPECT_EQ(profileOfDriver("gve")->own_drops.told, OwnDrops::Told::kNone);
  EXPECT_EQ(profileOfDriver("gvnic")->own_drops.told, OwnDrops::Told::kNone);
}

// The cells of a driver's row in docs/object-support.md.
std::vector<std::string> documentedRow(const DriverProfile& profile) {
  const std::string document = test::textOf(HVNET_TESTS "/../docs/object-support.md");
  const auto start = document.find("\n| `" + std::string(profile.name) + "` |");
  std::vector<std::string> cells;
  if (start == std::string::npos) return cells;
  std::istringstream row(document.substr(start + 3, document.find('\n', start + 1) - start - 3));
  for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
  return cells;
}

TEST(DriverProfile, OfEachTheDocumentSaysWhetherDropsAndTheStacksShareHaveInstances) {
  for (const DriverProfile& profile : driverProfiles()) {
    const std::vector<std::string> cells = documentedRow(profile);
    ASSERT_EQ(cells.size(), 12U) << profile.name;
    const bool drops = profile.knows_drops && !profile.drops_of_its_parts;
    EXPECT_EQ(cells[1], drops ? " yes " : " – ") << profile.name;
    EXPECT_EQ(cells[2], cells[1]) << profile.name;
    const bool told = profile.own_drops.told != OwnDrops::Told::kNo;
    EXPECT_EQ(cells[3], told ? " yes " : " – ") << profile.name;
    EXPECT_EQ(cells[4], cells[3]) << profile.name;
    if (profile.name == "hvnet") continue;  // a report's
    EXPECT_EQ(cells[11].starts_with(" not told"), !told) << profile.name;
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
