#include "counters/port_table.h"

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

}  // namespace
}  // namespace hvnet
