#include "counters/linux/port_table.h"

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

std::string namesOf(const PortTable& table) {
  std::string names;
  for (const Port& port : table.ports()) names += port.link.name + " ";
  return names;
}

TEST(PortTable, KeepsPortsInTheKernelsOrder) {
  PortTable table;
  table.apply({false, makeLink(7, "c")});
  table.apply({false, makeLink(1, "a")});
  table.apply({false, makeLink(3, "b")});
  EXPECT_EQ(namesOf(table), "a b c ");
  EXPECT_TRUE(table.contains(KernelIndex{3}));
  EXPECT_FALSE(table.contains(KernelIndex{2}));
}

TEST(PortTable, OnlyARealChangeIsAChange) {
  PortTable table;
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
  EXPECT_TRUE(table.ports().empty());
}

TEST(PortTable, ADumpReplacesEverythingAndKeepsWhatIsTheSame) {
  SysfsFixture sysfs;
  sysfs.link("class/net/a/device", "../../../vif-1");
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.replaceAll({makeLink(2, "b"), makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(namesOf(table), "a b ");
  EXPECT_TRUE(table.takeChanged());

  table.replaceAll({makeLink(1, "a"), makeLink(2, "b")});
  EXPECT_FALSE(table.takeChanged());

  table.replaceAll({makeLink(9, "d"), makeLink(1, "a"), makeLink(9, "d")});
  EXPECT_EQ(namesOf(table), "a d ") << "named twice, there once";
  EXPECT_TRUE(table.takeChanged());
  EXPECT_TRUE(table.ports().front().device) << "what was read of it stays";
}

TEST(PortTable, ReadsSysfsOnlyForWhatIsNewOrMoved) {
  SysfsFixture sysfs;
  sysfs.file("class/net/a/speed", "100");
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].speed_mbps, 100U);
  table.takeChanged();

  sysfs.file("class/net/a/speed", "1000");
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].speed_mbps, 100U) << "nothing said that it moved";
  EXPECT_FALSE(table.takeChanged());

  Link down = makeLink(1, "a");
  down.carrier = false;
  table.apply({false, down});
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].speed_mbps, 1000U);
  EXPECT_TRUE(table.takeChanged());
}

TEST(PortTable, ALinkThatCameAndWentIsNotLocated) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.apply({false, makeLink(1, "a")});
  table.apply({true, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_TRUE(table.ports().empty());
}

constexpr const char* kGuid = "6f1d9b1c-0c3f-4f7e-9f5a-1d2c3b4a5f60";

TEST(PortTable, ReadsTheDuplexBesideTheSpeed) {
  SysfsFixture sysfs;
  sysfs.file("class/net/a/duplex", "half");
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.apply({false, makeLink(1, "a")});
  table.apply({false, makeLink(2, "b")});
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].duplex, Duplex::kHalf);
  EXPECT_EQ(table.ports()[1].duplex, std::nullopt);
}

TEST(PortTable, TellsWhetherLinksMoved) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  PortTable table;
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

TEST(PortTable, ChannelsThatOpenLateAreSeenByARefresh) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("a", {.guid = kGuid, .relid = "14", .channels = {"14"}});
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].device->channels, (std::vector<std::uint32_t>{14}));
  table.takeChanged();

  table.refreshChannels(bus);
  EXPECT_FALSE(table.takeChanged()) << "nothing moved";
  sysfs.folder(SysfsFixture::vmbusPath(kGuid) / "channels/20");
  table.refreshChannels(bus);
  EXPECT_EQ(table.ports()[0].device->channels, (std::vector<std::uint32_t>{14, 20}));
  EXPECT_TRUE(table.takeChanged());
}

TEST(PortTable, ADeviceOnItsWayOutStaysWhoItIs) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("a", {.guid = kGuid, .relid = "14", .channels = {"14", "20"}});
  SysfsBus bus(sysfs.root());
  PortTable table;
  table.apply({false, makeLink(1, "a")});
  table.locate(bus);
  const auto device = table.ports()[0].device;
  std::filesystem::remove_all(sysfs.root() / SysfsFixture::vmbusPath(kGuid) / "channels");
  table.refreshChannels(bus);
  EXPECT_EQ(table.ports()[0].device, device) << "the channels go before the link does";
  std::filesystem::remove_all(sysfs.root() / "class/net/a");
  table.refreshChannels(bus);
  EXPECT_EQ(table.ports()[0].device, device);
}

TEST(PortTable, GroupsGoToTheirPortsAndStayWhenTheLinkMoves) {
  const HwAddress all_hosts = *parseMac("01:00:5e:00:00:01");
  const HwAddress lldp = *parseMac("01:80:c2:00:00:0e");
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  PortTable table;
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
  EXPECT_EQ(table.ports()[0].groups, (std::vector{all_hosts, lldp}));
  EXPECT_TRUE(table.ports()[1].groups.empty());
  EXPECT_EQ(table.ports()[2].groups, (std::vector{all_hosts}));
  table.setGroups(groups);
  EXPECT_FALSE(table.takeChanged()) << "the same ones";

  Link renamed = makeLink(2, "renamed");
  table.apply({false, renamed});
  table.locate(bus);
  EXPECT_EQ(table.ports()[0].groups.size(), 2U);
  table.takeChanged();

  table.setGroups({});
  EXPECT_TRUE(table.takeChanged());
  EXPECT_TRUE(table.ports()[0].groups.empty());
}

}  // namespace
}  // namespace hvnet
