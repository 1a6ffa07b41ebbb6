#include "counters/adapter_rule.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

using test::portOf;

TEST(AdapterRule, AParavirtualDriverNeedsNone) {
  EXPECT_EQ(adapterProfile(portOf(5, "eth0", 12), {}), findProfile("hv_netvsc"));
}

TEST(AdapterRule, NothingElseIsAnAdapterByItself) {
  Port port = portOf(5, "eth0");
  EXPECT_EQ(adapterProfile(port, {}), nullptr);
  port.device = BusDevice{BusPosition{Bus::kPci, 4}, "e1000", std::nullopt};
  EXPECT_EQ(adapterProfile(port, {}), nullptr);
}

TEST(AdapterRule, NamesALinkKindOrADriver) {
  const std::vector<AdapterRule> rules = {{"veth", findProfile("hvnet")},
                                          {"e1000", &nominalProfile()}};
  EXPECT_EQ(adapterProfile(portOf(5, "veth7"), rules), findProfile("hvnet"));
  Port port = portOf(5, "eth0");
  port.link.kind.clear();
  port.device = BusDevice{BusPosition{Bus::kPci, 4}, "e1000", std::nullopt};
  EXPECT_EQ(adapterProfile(port, rules), &nominalProfile());
}

TEST(AdapterRule, WinsOverTheDriversOwnProfile) {
  EXPECT_EQ(adapterProfile(portOf(5, "eth0", 12), {{"hv_netvsc", &nominalProfile()}}),
            &nominalProfile());
}

}  // namespace
}  // namespace hvnet
