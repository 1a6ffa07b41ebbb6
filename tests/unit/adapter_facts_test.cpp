#include "snapshot/adapter_facts.h"

#include <gtest/gtest.h>
#include <linux/if.h>

#include "fakes.h"

namespace hvnet {
namespace {

using test::macOf;
using test::portOf;

TEST(AdapterFacts, ComeFromTheBusAndTheDriversRow) {
  Port port = portOf(5, "eth0", 12);
  port.device->address = "11111111-…";
  port.device->channels = {12, 30};
  port.link.max_mtu = 65'521;
  const AdapterFacts facts = adapterFacts(port, true);
  EXPECT_EQ(facts.hypervisor, "Hyper-V");
  EXPECT_EQ(facts.instance, "0c0c0c0c-0c0c-0c0c-0c0c-0c0c0c0c0c0c");
  EXPECT_EQ(facts.bus_address, "11111111-…");
  EXPECT_EQ(facts.queues, 2U);
  EXPECT_EQ(facts.network_assigned, true);
  EXPECT_EQ(facts.kernel_index, 5U);
  EXPECT_EQ(facts.max_mtu, 65'521U);
  EXPECT_TRUE(facts.vlan);
}

TEST(AdapterFacts, CountReceiveQueuesWhereThereAreNoChannels) {
  Port port = portOf(5, "eth0", 12);
  port.rx_queues = 64;
  EXPECT_EQ(adapterFacts(port, true).queues, 64U);
  port.device->channels = {12};
  EXPECT_EQ(adapterFacts(port, true).queues, 1U);
}

TEST(AdapterFacts, OfHvnetAreTheVendorsWhateverTheSystemSays) {
  Port port = portOf(5, "lan0", 12);
  port.profile = findProfile("hvnet");
  port.link.max_mtu = 9000;
  const AdapterFacts facts = adapterFacts(port, false);
  EXPECT_EQ(facts.max_mtu, 1500U);
  EXPECT_FALSE(facts.vlan);
  EXPECT_EQ(facts.kernel_index, std::nullopt);
}

// Ports at their kernel index, and their rows.
class Related : public testing::Test {
 protected:
  void relate() {
    numbered_.clear();
    rows_.clear();
    for (const Port& port : ports_) {
      const auto index = static_cast<IfIndex>(static_cast<int>(port.link.index));
      numbered_.push_back({&port, {port.link.index, index, IndexOrigin::kKernel}});
      rows_.push_back(makeInterface(numbered_.back(), {}));
      if (rows_.back().adapter) rows_.back().facts = adapterFacts(port, true);
    }
    relateAdapters(numbered_, rows_);
  }
  // A VF of the first port.
  [[nodiscard]] Port vf() const {
    Port out = portOf(9, "vf0");
    out.link.kind.clear();
    out.link.address = ports_[0].link.address;
    out.link.master = ports_[0].link.index;
    return out;
  }

  std::vector<Port> ports_ = {portOf(2, "eth0", 21), portOf(3, "eth1", 12)};
  std::vector<NumberedPort> numbered_;
  std::vector<Interface> rows_;
};

TEST_F(Related, AdaptersHaveTheirPlaceInTheHypervisorsList) {
  relate();
  EXPECT_EQ(rows_[0].facts.place, 2U);
  EXPECT_EQ(rows_[1].facts.place, 1U);
}

TEST_F(Related, WithoutAVfFramesGoTheSyntheticWay) {
  relate();
  EXPECT_EQ(rows_[0].facts.vf, std::nullopt);
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic);
}

TEST_F(Related, FramesGoThroughAVfWhileItIsUp) {
  ports_.push_back(vf());
  relate();
  EXPECT_EQ(rows_[0].facts.vf, IfIndex{9});
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kVf);
  EXPECT_EQ(rows_[1].facts.vf, std::nullopt);
  ports_.back().link.flags = 0;
  relate();
  EXPECT_EQ(rows_[0].facts.vf, IfIndex{9});
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic);
}

TEST_F(Related, AMemberWithAnotherMacIsNoVf) {
  ports_.push_back(vf());
  ports_.back().link.address = macOf(99);
  relate();
  EXPECT_EQ(rows_[0].facts.vf, std::nullopt);
}

TEST_F(Related, OnlyHyperVHasTwoDataPaths) {
  ports_[0].profile = findProfile("virtio_net");
  relate();
  EXPECT_EQ(rows_[0].facts.data_path, std::nullopt);
}

TEST_F(Related, TheHypervisorIsTheAdapters) {
  relate();
  EXPECT_EQ(hypervisorOf(numbered_), "Hyper-V");
  for (Port& port : ports_) port.profile = &nominalProfile();
  relate();
  EXPECT_EQ(hypervisorOf(numbered_), "");
}

}  // namespace
}  // namespace hvnet
