#include "snapshot/describe/adapter_facts.h"

#include <gtest/gtest.h>
#include "fakes.h"

namespace hvnet {
namespace {

using test::interfaceOf;
using test::macOf;

TEST(AdapterFacts, ComeFromTheBusAndTheDriversRow) {
  SourceInterface interface = interfaceOf(5, "eth0", 12);
  interface.device->address = "11111111-…";
  interface.device->channels = {12, 30};
  interface.link.max_mtu = 65'521;
  const AdapterFacts facts = adapterFacts(interface, true);
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
  SourceInterface interface = interfaceOf(5, "eth0", 12);
  interface.rx_queues = 64;
  EXPECT_EQ(adapterFacts(interface, true).queues, 64U);
  interface.device->channels = {12};
  EXPECT_EQ(adapterFacts(interface, true).queues, 1U);
}

TEST(AdapterFacts, OfHvnetAreTheVendorsWhateverTheSystemSays) {
  SourceInterface interface = interfaceOf(5, "lan0", 12);
  interface.profile = findProfile("hvnet");
  interface.link.max_mtu = 9000;
  const AdapterFacts facts = adapterFacts(interface, false);
  EXPECT_EQ(facts.max_mtu, 1500U);
  EXPECT_FALSE(facts.vlan);
  EXPECT_EQ(facts.kernel_index, std::nullopt);
}

// Interfaces at their kernel index, and their rows.
class Related : public testing::Test {
 protected:
  void relate() {
    numbered_.clear();
    rows_.clear();
    for (const SourceInterface& interface : interfaces_) {
      const auto index = static_cast<IfIndex>(static_cast<int>(interface.link.index));
      numbered_.push_back({&interface, {interface.link.index, index, IndexOrigin::kKernel}});
      rows_.push_back(describeRow(numbered_.back(), {}, {}));
    }
    relateAdapters(numbered_, rows_);
  }
  // A VF of the first interface.
  [[nodiscard]] SourceInterface vf() const {
    SourceInterface out = interfaceOf(9, "vf0");
    out.link.kind.clear();
    out.link.address = interfaces_[0].link.address;
    out.link.master = interfaces_[0].link.index;
    return out;
  }

  std::vector<SourceInterface> interfaces_ = {interfaceOf(2, "eth0", 21),
                                              interfaceOf(3, "eth1", 12)};
  std::vector<NumberedInterface> numbered_;
  std::vector<Interface> rows_;
};

TEST_F(Related, AdaptersHaveTheirPlaceInTheHypervisorsList) {
  relate();
  EXPECT_EQ(rows_[0].facts.place, 2U);
  EXPECT_EQ(rows_[1].facts.place, 1U);
}

TEST_F(Related, AdaptersHaveTheKeyOfTheirPlace) {
  interfaces_[1].device->position = BusPosition{Bus::kPci, 24};
  relate();
  EXPECT_EQ(rows_[0].facts.order_key, OrderKey::kRelid);
  EXPECT_EQ(rows_[1].facts.order_key, OrderKey::kPciAddress);
  interfaces_[0].device->position = BusPosition{Bus::kPci, 16};
  interfaces_[1].device->host_order = HostOrder{.label = 3};
  relate();
  EXPECT_EQ(rows_[1].facts.order_key, OrderKey::kLabel);
  EXPECT_EQ(rows_[1].facts.place, 1U);
  EXPECT_EQ(rows_[0].facts.place, 2U);
}

TEST_F(Related, WithoutAVfFramesGoTheSyntheticWay) {
  relate();
  EXPECT_EQ(rows_[0].facts.vf, std::nullopt);
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic);
}

TEST_F(Related, FramesGoThroughAVfWhileItIsUp) {
  interfaces_.push_back(vf());
  relate();
  EXPECT_EQ(rows_[0].facts.vf, IfIndex{9});
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kVf);
  EXPECT_EQ(rows_[1].facts.vf, std::nullopt);
  interfaces_.back().link.admin_up = false;
  relate();
  EXPECT_EQ(rows_[0].facts.vf, IfIndex{9});
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic);
}

TEST_F(Related, AVfThatIsUpWithoutACarrierCarriesNoFrames) {
  interfaces_.push_back(vf());
  interfaces_.back().link.carrier = false;
  relate();
  EXPECT_EQ(rows_[0].facts.vf, IfIndex{9});
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic);
  interfaces_.back().link.carrier.reset();
  relate();
  EXPECT_EQ(rows_[0].facts.data_path, DataPath::kSynthetic) << "nobody says that it has one";
}

TEST_F(Related, AMemberWithAnotherMacIsNoVf) {
  interfaces_.push_back(vf());
  interfaces_.back().link.address = macOf(99);
  relate();
  EXPECT_EQ(rows_[0].facts.vf, std::nullopt);
}

TEST_F(Related, OnlyHyperVHasTwoDataPaths) {
  interfaces_[0].profile = findProfile("virtio_net");
  relate();
  EXPECT_EQ(rows_[0].facts.data_path, std::nullopt);
}

TEST_F(Related, TheHypervisorIsTheAdapters) {
  relate();
  EXPECT_EQ(hypervisorOf(numbered_), "Hyper-V");
  for (SourceInterface& interface : interfaces_) interface.profile = &nominalProfile();
  relate();
  EXPECT_EQ(hypervisorOf(numbered_), "");
}

}  // namespace
}  // namespace hvnet
