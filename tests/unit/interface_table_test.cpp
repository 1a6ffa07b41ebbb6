#include "sources/linux/interface_table.h"

#include <gtest/gtest.h>

#include "sysfs_fixture.h"

namespace hvnet {
namespace {

using test::SysfsFixture;

Link makeLink(int index, const std::string& name) {
  Link link;
  link.index = KernelIndex{index};
  link.name = name;
  link.carrier = true;
  return link;
}

std::string namesOf(const InterfaceTable& table) {
  std::string names;
  for (const SourceInterface& interface : table.interfaces()) names += interface.link.name + " ";
  return names;
}

TEST(InterfaceTable, KeepsPortsInTheKernelsOrder) {
  InterfaceTable table;
  table.apply({false, makeLink(7, "c")});
  table.apply({false, makeLink(1, "a")});
  table.apply({false, makeLink(3, "b")});
  EXPECT_EQ(namesOf(table), "a b c ");
  EXPECT_TRUE(table.contains(KernelIndex{3}));
  EXPECT_FALSE(table.contains(KernelIndex{2}));
}

TEST(InterfaceTable, OnlyARealChangeIsAChange) {
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  EXPECT_TRUE(table.takeChanged());
  EXPECT_FALSE(table.takeChanged());
  table.apply({false, makeLink(1, "a")});
  table.apply({true, makeLink(2, "never seen")});
  EXPECT_FALSE(table.takeChanged());
  table.apply({false, makeLink(1, "renamed")});
  EXPECT_TRUE(table.takeChanged());
  table.apply({true, makeLink(1, "renamed")});
  EXPECT_TRUE(table.takeChanged());
  EXPECT_TRUE(table.interfaces().empty());
}

TEST(InterfaceTable, ADumpReplacesEverythingAndKeepsWhatIsTheSame) {
  SysfsFixture sysfs;
  sysfs.link("class/net/a/device", "../../../vif-1");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(2, "b"), makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(namesOf(table), "a b ");
  EXPECT_TRUE(table.takeChanged());

  table.replaceAll({makeLink(1, "a"), makeLink(2, "b")});
  EXPECT_FALSE(table.takeChanged());

  table.replaceAll({makeLink(9, "d"), makeLink(1, "a"), makeLink(9, "d")});
  EXPECT_EQ(namesOf(table), "a d ") << "named twice, there once";
  EXPECT_TRUE(table.takeChanged());
  EXPECT_TRUE(table.interfaces().front().device) << "what was read of it stays";
}

TEST(InterfaceTable, ReadsSysfsOnlyForWhatIsNewOrMoved) {
  SysfsFixture sysfs;
  sysfs.file("class/net/a/speed", "100");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].speed_mbps, 100U);
  table.takeChanged();

  sysfs.file("class/net/a/speed", "1000");
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].speed_mbps, 100U) << "nothing said that it moved";
  EXPECT_FALSE(table.takeChanged());

  Link down = makeLink(1, "a");
  down.carrier = false;
  table.apply({false, down});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].speed_mbps, 1000U);
  EXPECT_TRUE(table.takeChanged());
}

TEST(InterfaceTable, ALinkThatCameAndWentIsNotLocated) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  table.apply({true, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_TRUE(table.interfaces().empty());
}

constexpr const char* kGuid = "6f1d9b1c-0c3f-4f7e-9f5a-1d2c3b4a5f60";

TEST(InterfaceTable, ReadsTheDuplexBesideTheSpeed) {
  SysfsFixture sysfs;
  sysfs.file("class/net/a/duplex", "half");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  table.apply({false, makeLink(2, "b")});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].duplex, Duplex::kHalf);
  EXPECT_EQ(table.interfaces()[1].duplex, std::nullopt);
}

TEST(InterfaceTable, ReadsTheHostsOrderOfAnAdapterOnce) {
  SysfsFixture sysfs;
  const std::filesystem::path device = "devices/pci0000:00/0000:00:03.0";
  sysfs.interface("a", device, "pci", "vmxnet3").file(device / "label", "Ethernet3");
  sysfs.interface("b", "devices/pci0000:00/0000:00:04.0", "pci", "nobodys")
      .file("devices/pci0000:00/0000:00:04.0/label", "Ethernet4");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(1, "a"), makeLink(2, "b")});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].device->host_order, (HostOrder{.label = 3}));
  EXPECT_EQ(table.interfaces()[1].device->host_order, std::nullopt) << "it is no adapter";
  sysfs.file(device / "label", "Ethernet9");
  Link moved = makeLink(1, "a");
  moved.carrier = false;
  table.apply({false, moved});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].device->host_order, (HostOrder{.label = 3}));
}

TEST(InterfaceTable, ReadsTheSettingsAgainAFewAtATimeInTurn) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(1, "a"), makeLink(2, "b"), makeLink(4, "c")});
  table.locate(bus);
  table.takeChanged();
  for (const char* name : {"a", "b", "c"}) {
    const std::string folder = std::string("class/net/") + name;
    sysfs.file(folder + "/speed", "100").file(folder + "/duplex", "half");
  }
  const auto speeds = [&table] {
    std::string text;
    for (const SourceInterface& one : table.interfaces()) {
      text += std::to_string(one.speed_mbps.value_or(0)) + " ";
    }
    return text;
  };
  table.refreshSettings(bus, 0);
  EXPECT_FALSE(table.takeChanged());
  table.refreshSettings(bus, 2);
  EXPECT_TRUE(table.takeChanged());
  EXPECT_EQ(speeds(), "100 100 0 ");
  table.refreshSettings(bus, 1);
  EXPECT_TRUE(table.takeChanged());
  EXPECT_EQ(speeds(), "100 100 100 ");
  EXPECT_EQ(table.interfaces()[2].duplex, Duplex::kHalf);
  std::filesystem::remove(sysfs.root() / "class/net/a/speed");
  table.refreshSettings(bus, 1);
  EXPECT_TRUE(table.takeChanged());
  EXPECT_EQ(speeds(), "0 100 100 ") << "after the last one comes the first";
  table.refreshSettings(bus, 100);
  EXPECT_FALSE(table.takeChanged()) << "nothing changed";
}

TEST(InterfaceTable, CountsAnAdaptersQueuesAgain) {
  SysfsFixture sysfs;
  const std::filesystem::path folder = "devices/pci0000:00/0000:00:03.0/net/a/queues";
  sysfs.interface("a", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3").folder(folder / "rx-0");
  sysfs.folder("class/net/b/queues/rx-0");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(1, "a"), makeLink(2, "b")});
  table.locate(bus);
  table.takeChanged();
  EXPECT_EQ(table.interfaces()[0].rx_queues, 1U);
  sysfs.folder(folder / "rx-1").folder("class/net/b/queues/rx-1");
  table.refreshSettings(bus, 2);
  EXPECT_TRUE(table.takeChanged());
  EXPECT_EQ(table.interfaces()[0].rx_queues, 2U);
  EXPECT_EQ(table.interfaces()[1].rx_queues, 1U) << "it is no adapter: nobody asks";
  table.refreshSettings(bus, 2);
  EXPECT_FALSE(table.takeChanged());
  std::filesystem::remove_all(sysfs.root() / folder);
  table.refreshSettings(bus, 2);
  EXPECT_EQ(table.interfaces()[0].rx_queues, 2U) << "what cannot be read is what it was";
}

TEST(InterfaceTable, SettingsThatSysfsDoesNotShowStayAsTheyWere) {
  SysfsFixture sysfs;
  sysfs.file("class/net/a/speed", "100");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.refreshSettings(bus, 5);
  table.replaceAll({makeLink(1, "a")});
  table.locate(bus);
  table.takeChanged();
  sysfs.file("class/net/a/ifindex", "9");
  std::filesystem::remove(sysfs.root() / "class/net/a/speed");
  table.refreshSettings(bus, 5);
  EXPECT_FALSE(table.takeChanged());
  EXPECT_EQ(table.interfaces()[0].speed_mbps, 100U);
}

TEST(InterfaceTable, AMasterIsReadAgainWhenAPortChangesJoinsOrGoes) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  Link port = makeLink(2, "port");
  table.replaceAll({makeLink(1, "br"), port});
  table.locate(bus);
  const auto master_speed = [&](const char* text) {
    std::filesystem::create_directories(sysfs.root() / "class/net/br");
    std::filesystem::remove(sysfs.root() / "class/net/br/speed");
    sysfs.file("class/net/br/speed", text);
    table.locate(bus);
    return table.interfaces()[0].speed_mbps;
  };
  EXPECT_EQ(master_speed("100"), std::nullopt) << "nobody said anything";
  port.master = KernelIndex{1};
  table.apply({false, port});
  EXPECT_EQ(master_speed("200"), 200U);
  port.carrier = false;
  table.apply({false, port});
  EXPECT_EQ(master_speed("300"), 300U);
  port.master.reset();
  table.apply({false, port});
  EXPECT_EQ(master_speed("400"), 400U);
  port.master = KernelIndex{1};
  table.apply({false, port});
  table.apply({true, port});
  EXPECT_EQ(master_speed("500"), 500U);
}

TEST(InterfaceTable, TellsWhetherLinksMoved) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  EXPECT_FALSE(table.locate(bus));
  table.apply({false, makeLink(1, "a")});
  EXPECT_TRUE(table.locate(bus)) << "one appeared";
  EXPECT_FALSE(table.locate(bus));
  table.apply({true, makeLink(1, "a")});
  EXPECT_TRUE(table.locate(bus)) << "one went";
  EXPECT_FALSE(table.locate(bus));
  table.replaceAll({makeLink(2, "b")});
  table.locate(bus);
  table.replaceAll({});
  EXPECT_TRUE(table.locate(bus)) << "one is in the new dump no more";
}

TEST(InterfaceTable, ChannelsThatOpenLateAreSeenByARefresh) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("a", {.guid = kGuid, .relid = "14", .channels = {"14"}});
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].device->channels, (std::vector<std::uint32_t>{14}));
  table.takeChanged();

  table.refresh(bus);
  EXPECT_FALSE(table.takeChanged()) << "nothing moved";
  sysfs.folder(SysfsFixture::vmbusPath(kGuid) / "channels/20");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].device->channels, (std::vector<std::uint32_t>{14, 20}));
  EXPECT_TRUE(table.takeChanged());
}

TEST(InterfaceTable, ADeviceOnItsWayOutStaysWhoItIs) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("a", {.guid = kGuid, .relid = "14", .channels = {"14", "20"}});
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  const auto device = table.interfaces()[0].device;
  std::filesystem::remove_all(sysfs.root() / SysfsFixture::vmbusPath(kGuid) / "channels");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].device, device) << "the channels go before the link does";
  std::filesystem::remove(sysfs.root() / SysfsFixture::vmbusPath(kGuid) / "id");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].device, device) << "the relid can no longer be read";
  std::filesystem::remove_all(sysfs.root() / "class/net/a");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].device, device);
}

constexpr const char* kPciDevice = "devices/pci0000:00/0000:00:03.0/virtio0";

// A virtio adapter with the kernel index 5 that is up.
class LeavingAdapter : public testing::Test {
 protected:
  LeavingAdapter() : bus_(sysfs_.root()) {
    sysfs_.interface("eth0", kPciDevice, "virtio", "virtio_net");
    show(true);
    table_.takeChanged();
  }
  static LinkMessage message(bool up, bool removed = false) {
    Link link = makeLink(5, "eth0");
    link.admin_up = up;
    link.carrier = up;
    return {removed, link};
  }
  void show(bool up) {
    table_.apply(message(up));
    table_.locate(bus_);
  }
  void loseLinks() {
    for (const char* link : {"driver", "subsystem"}) {
      std::filesystem::remove(sysfs_.root() / kPciDevice / link);
    }
  }
  [[nodiscard]] const SourceInterface& adapter() const { return table_.interfaces().at(0); }

  SysfsFixture sysfs_;
  SysfsBus bus_;
  InterfaceTable table_;
};

TEST_F(LeavingAdapter, StaysWhoItIsWhileItsLinksVanish) {
  const SourceInterface before = adapter();
  ASSERT_EQ(before.profile, findProfile("virtio_net"));
  loseLinks();
  show(false);
  EXPECT_EQ(adapter().device, before.device);
  EXPECT_EQ(adapter().profile, before.profile);
  EXPECT_FALSE(adapter().link.admin_up);
  std::filesystem::remove_all(sysfs_.root() / "class/net/eth0");
  std::filesystem::remove_all(sysfs_.root() / "devices");
  show(true);
  table_.refresh(bus_);
  EXPECT_EQ(adapter().device, before.device);
  EXPECT_EQ(adapter().profile, before.profile);
}

TEST_F(LeavingAdapter, IsShownDownBeforeItIsGone) {
  table_.apply(message(false));
  table_.apply(message(false, true));
  table_.locate(bus_);
  EXPECT_TRUE(table_.takeChanged());
  EXPECT_TRUE(table_.hasLeaving());
  EXPECT_FALSE(adapter().link.admin_up) << "both messages came at once, and the first one is told";
  table_.removeLeaving();
  EXPECT_TRUE(table_.interfaces().empty());
  EXPECT_TRUE(table_.takeChanged());
  EXPECT_FALSE(table_.hasLeaving());
}

TEST_F(LeavingAdapter, IsGoneAtOnceWhenItWasShownDownBefore) {
  show(false);
  table_.takeChanged();
  table_.apply(message(false, true));
  EXPECT_TRUE(table_.interfaces().empty());
  EXPECT_FALSE(table_.hasLeaving());
}

TEST_F(LeavingAdapter, ADumpWithoutItDoesNotHideThatItWentDown) {
  table_.apply(message(false));
  table_.apply(message(false, true));
  table_.replaceAll({makeLink(9, "other")});
  EXPECT_EQ(namesOf(table_), "eth0 other ");
  table_.removeLeaving();
  EXPECT_EQ(namesOf(table_), "other ");
}

TEST_F(LeavingAdapter, ALinkThatTakesItsNumberIsAnother) {
  loseLinks();
  table_.apply(message(false));
  table_.apply(message(false, true));
  Link other = makeLink(5, "veth0");
  other.kind = "veth";
  table_.apply({false, other});
  EXPECT_FALSE(table_.hasLeaving());
  table_.locate(bus_);
  EXPECT_EQ(namesOf(table_), "veth0 ");
  EXPECT_EQ(adapter().profile, nullptr);
  EXPECT_FALSE(adapter().device);
}

TEST_F(LeavingAdapter, OneThatComesBackWithAnotherNumberIsLearnedAnew) {
  std::filesystem::remove(sysfs_.root() / kPciDevice / "driver");
  const Link back = makeLink(6, "eth0");
  table_.replaceAll({back});
  table_.locate(bus_);
  EXPECT_EQ(adapter().link.index, KernelIndex{6});
  EXPECT_EQ(adapter().profile, nullptr) << "no driver is bound yet";
  EXPECT_TRUE(adapter().device);
}

TEST(InterfaceTable, ADriverThatIsBoundLateIsLearned) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", kPciDevice, "virtio", "virtio_net");
  std::filesystem::remove(sysfs.root() / kPciDevice / "driver");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(5, "eth0")});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].profile, nullptr);
  table.takeChanged();
  sysfs.link(std::filesystem::path(kPciDevice) / "driver", "/sys/bus/virtio/drivers/virtio_net");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].profile, findProfile("virtio_net"));
  EXPECT_TRUE(table.takeChanged());
}

TEST(InterfaceTable, ADeviceThatAppearsLateIsLearned) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.apply({false, makeLink(5, "eth0")});
  table.locate(bus);
  sysfs.interface("eth0", kPciDevice, "virtio", "virtio_net");
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[0].profile, findProfile("virtio_net"));
}

TEST(InterfaceTable, AnotherLinksFilesTeachNothing) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", kPciDevice, "virtio", "virtio_net").file("class/net/eth0/ifindex", "2");
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(2, "eth1"), makeLink(3, "eth0")});
  table.locate(bus);
  table.refresh(bus);
  EXPECT_EQ(table.interfaces()[1].device, std::nullopt) << "the host's eth0 is number 2";
  EXPECT_EQ(table.interfaces()[1].profile, nullptr);
}

TEST(InterfaceTable, GroupsGoToTheirPortsAndStayWhenTheLinkMoves) {
  const HwAddress all_hosts = *parseMac("01:00:5e:00:00:01");
  const HwAddress lldp = *parseMac("01:80:c2:00:00:0e");
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  InterfaceTable table;
  table.replaceAll({makeLink(2, "a"), makeLink(4, "b"), makeLink(5, "c")});
  table.locate(bus);
  table.takeChanged();

  const std::vector<MulticastGroup> groups = {{KernelIndex{1}, lldp},
                                              {KernelIndex{2}, all_hosts},
                                              {KernelIndex{2}, lldp},
                                              {KernelIndex{3}, lldp},
                                              {KernelIndex{5}, all_hosts}};
  table.setGroups(groups);
  EXPECT_TRUE(table.takeChanged());
  EXPECT_EQ(table.interfaces()[0].groups, (std::vector{all_hosts, lldp}));
  EXPECT_TRUE(table.interfaces()[1].groups.empty());
  EXPECT_EQ(table.interfaces()[2].groups, (std::vector{all_hosts}));
  table.setGroups(groups);
  EXPECT_FALSE(table.takeChanged()) << "the same ones";

  Link renamed = makeLink(2, "renamed");
  table.apply({false, renamed});
  table.locate(bus);
  EXPECT_EQ(table.interfaces()[0].groups.size(), 2U);
  table.takeChanged();

  table.setGroups({});
  EXPECT_TRUE(table.takeChanged());
  EXPECT_TRUE(table.interfaces()[0].groups.empty());
}

}  // namespace
}  // namespace hvnet
