#include "sources/adapter_rule.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using test::interfaceOf;

TEST(AdapterRule, AParavirtualDriverNeedsNone) {
  EXPECT_EQ(adapterProfile(interfaceOf(5, "eth0", 12), {}), findProfile("hv_netvsc"));
}

TEST(AdapterRule, NothingElseIsAnAdapterByItself) {
  SourceInterface interface = interfaceOf(5, "eth0");
  EXPECT_EQ(adapterProfile(interface, {}), nullptr);
  interface.device = BusDevice{BusPosition{Bus::kPci, 4}, "pcnet32", std::nullopt};
  EXPECT_EQ(adapterProfile(interface, {}), nullptr);
}

TEST(AdapterRule, NamesALinkKindOrADriver) {
  const std::vector<AdapterRule> rules = {{"veth", findProfile("hvnet")},
                                          {"pcnet32", &nominalProfile()}};
  EXPECT_EQ(adapterProfile(interfaceOf(5, "veth7"), rules), findProfile("hvnet"));
  SourceInterface interface = interfaceOf(5, "eth0");
  interface.link.kind.clear();
  interface.device = BusDevice{BusPosition{Bus::kPci, 4}, "pcnet32", std::nullopt};
  EXPECT_EQ(adapterProfile(interface, rules), &nominalProfile());
}

TEST(AdapterRule, WinsOverTheDriversOwnProfile) {
  EXPECT_EQ(adapterProfile(interfaceOf(5, "eth0", 12), {{"hv_netvsc", &nominalProfile()}}),
            &nominalProfile());
}

// --- what is a part of an adapter ----------------------------------------------------------------

constexpr char kMac[] = "00:15:5d:01:02:03";

struct Plugged {
  const char* name;
  const char* driver;   // of its profile, by the name in sysfs
  const char* address;  // on its bus
  int master = 0;
  const char* mac = kMac;
};

// One after another, from kernel index 1 on.
std::vector<SourceInterface> interfacesOf(std::initializer_list<Plugged> all) {
  std::vector<SourceInterface> out;
  for (const Plugged& each : all) {
    SourceInterface interface;
    interface.link.index = KernelIndex{static_cast<int>(out.size()) + 1};
    interface.link.name = each.name;
    interface.link.address = *parseMac(each.mac);
    if (each.master != 0) interface.link.master = KernelIndex{each.master};
    interface.device = BusDevice{.driver = each.driver, .address = each.address};
    interface.driver_profile = adapterProfile(interface, {});
    out.push_back(std::move(interface));
  }
  separateParts(out);
  return out;
}

std::vector<std::string> adaptersAmong(const std::vector<SourceInterface>& interfaces) {
  std::vector<std::string> out;
  for (const SourceInterface& interface : interfaces) {
    if (interface.profile != nullptr) {
      out.push_back(interface.link.name + " " + std::string(interface.profile->name));
    }
  }
  return out;
}

using Adapters = std::vector<std::string>;

TEST(SeparateParts, AVfUnderASyntheticAdapterIsNoAdapterWhateverItsDriver) {
  for (const char* driver : {"mana", "mlx5_core", "mlx4_core", "ixgbevf", "iavf"}) {
    const auto interfaces =
        interfacesOf({{"eth0", "hv_netvsc", "guid-1"}, {"eth1", driver, "0002:00:02.0", 1}});
    EXPECT_EQ(adaptersAmong(interfaces), Adapters{"eth0 hv_netvsc"}) << driver;
    EXPECT_EQ(interfaces[1].driver_profile, profileOfDriver(driver)) << driver;
  }
}

TEST(SeparateParts, ARuleForTheVfsDriverMakesItNoAdapterEither) {
  auto interfaces = interfacesOf({{"eth0", "hv_netvsc", "guid-1"}, {"eth1", "cxgb4vf", "1", 1}});
  interfaces[1].driver_profile = &nominalProfile();  // adapterDriver cxgb4vf
  separateParts(interfaces);
  EXPECT_EQ(adaptersAmong(interfaces), Adapters{"eth0 hv_netvsc"});
}

TEST(SeparateParts, AVfIsKnownByItsMacBeforeItIsEnslaved) {
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "hv_netvsc", "guid-1"}, {"eth1", "mana", "p"}})),
            Adapters{"eth0 hv_netvsc"});
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "mana", "p"}, {"eth1", "hv_netvsc", "guid-1"}})),
            Adapters{"eth1 hv_netvsc"});
}

TEST(SeparateParts, TheSameDriverWithoutASyntheticAdapterIsAnAdapter) {
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "hv_netvsc", "guid-1"},
                                        {"eth1", "mana", "p", 0, "00:15:5d:01:02:04"},
                                        {"eth2", "mlx5_core", "q", 0, "00:15:5d:01:02:05"}})),
            (Adapters{"eth0 hv_netvsc", "eth1 mana", "eth2 mlx5_core"}));
}

TEST(SeparateParts, OfFailoverTheMasterIsTheAdapterInWhateverOrderTheyCome) {
  const Adapters master = {"eth0 net_failover"};
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "virtio_net", "virtio1"},
                                        {"eth0nsby", "virtio_net", "virtio1", 1},
                                        {"vf", "iavf", "0000:00:05.0", 1}})),
            master);
  EXPECT_EQ(adaptersAmong(interfacesOf({{"vf", "iavf", "0000:00:05.0", 3},
                                        {"eth0nsby", "virtio_net", "virtio1", 3},
                                        {"eth0", "virtio_net", "virtio1"}})),
            master);
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "virtio_net", "virtio1"},
                                        {"eth0nsby", "virtio_net", "virtio1", 1},
                                        {"vf", "iavf", "0000:00:05.0"}})),
            master)
      << "the primary has come, and is not enslaved yet";
}

std::vector<FailoverRole> rolesOf(std::initializer_list<Plugged> all) {
  std::vector<FailoverRole> roles;
  for (const SourceInterface& each : interfacesOf(all)) roles.push_back(each.failover_role);
  return roles;
}

TEST(SeparateParts, ThePartsOfFailoverAreToldApartByTheirDevice) {
  using enum FailoverRole;
  EXPECT_EQ(rolesOf({{"eth0", "virtio_net", "virtio1"},
                     {"eth1", "virtio_net", "virtio1", 1},
                     {"eth2", "iavf", "0000:00:05.0", 1}}),
            (std::vector{kNone, kStandby, kPrimary}));
  EXPECT_EQ(rolesOf({{"eth0", "igb", "0000:00:05.0", 3},
                     {"eth1", "virtio_net", "virtio1", 3},
                     {"eth2", "virtio_net", "virtio1"}}),
            (std::vector{kPrimary, kStandby, kNone}))
      << "a primary with a driver that nobody here knows";
  EXPECT_EQ(rolesOf({{"eth0", "virtio_net", "virtio1"},
                     {"eth1", "virtio_net", "virtio1", 1},
                     {"eth2", "iavf", "0000:00:05.0"}}),
            (std::vector{kNone, kStandby, kPrimary}))
      << "not enslaved yet";
}

TEST(SeparateParts, TheVfOfASyntheticAdapterHasNoRoleInFailover) {
  EXPECT_EQ(rolesOf({{"eth0", "hv_netvsc", "guid-1"}, {"eth1", "mana", "0002:00:02.0", 1}}),
            (std::vector{FailoverRole::kNone, FailoverRole::kNone}));
}

TEST(SeparateParts, APortOfABridgeOrABondStaysAnAdapter) {
  std::vector<SourceInterface> interfaces =
      interfacesOf({{"br0", "", ""}, {"eth0", "virtio_net", "virtio1", 1}});
  interfaces[0].device.reset();
  separateParts(interfaces);
  EXPECT_EQ(adaptersAmong(interfaces), Adapters{"eth0 virtio_net"});
}

TEST(SeparateParts, TwoAdaptersWithOneMacAreTwo) {
  EXPECT_EQ(adaptersAmong(interfacesOf({{"eth0", "virtio_net", "a"}, {"eth1", "virtio_net", "b"}})),
            (Adapters{"eth0 virtio_net", "eth1 virtio_net"}));
}

TEST(SeparateParts, SaysWhetherSomethingHasChanged) {
  auto interfaces = interfacesOf({{"eth0", "hv_netvsc", "g"}, {"eth1", "mana", "p", 1}});
  EXPECT_FALSE(separateParts(interfaces));
  interfaces[0].driver_profile = nullptr;
  EXPECT_TRUE(separateParts(interfaces));
}

}  // namespace
}  // namespace hvnet
