#include "sources/linux/sysfs_bus.h"

#include <gtest/gtest.h>

#include "sysfs_fixture.h"

namespace hvnet {
namespace {

using test::kHeartbeatClass;
using test::kKeyboardClass;
using test::kNetworkClass;
using test::SysfsFixture;

constexpr const char* kGuid = "6f1d9b1c-0c3f-4f7e-9f5a-1d2c3b4a5f60";
constexpr const char* kOtherGuid = "2dd1ce17-079e-403c-b352-a1921ee207ee";

constexpr KernelIndex kIndex{7};

Link linkNamed(const std::string& name, KernelIndex index = kIndex) {
  Link link;
  link.index = index;
  link.name = name;
  return link;
}

std::optional<BusDevice> find(const SysfsFixture& sysfs, const std::string& ifname) {
  SysfsBus bus(sysfs.root());
  bus.rescan();
  return bus.device(linkNamed(ifname));
}

// What read() says of a link; settings() must say the same.
LinkSettings linkOf(const SysfsBus& bus, const std::string& ifname) {
  const LinkSettings settings = bus.read(linkNamed(ifname)).value_or(SysfsLink{}).settings;
  EXPECT_EQ(bus.settings(linkNamed(ifname)).value_or(LinkSettings{}), settings);
  return settings;
}

std::uint32_t queuesOf(const SysfsBus& bus, const std::string& ifname) {
  const std::uint32_t queues = bus.read(linkNamed(ifname)).value_or(SysfsLink{}).rx_queues;
  EXPECT_EQ(bus.receiveQueues(linkNamed(ifname)), queues);
  return queues;
}

// "0000:00:03.0 vmxnet3"; empty when there is no device, "- driver" without a position.
std::string seen(const SysfsFixture& sysfs, const std::string& ifname) {
  const auto device = find(sysfs, ifname);
  if (!device) return "";
  return (device->position ? toText(*device->position) : "-") + " " + device->driver;
}

std::filesystem::path vmbusFolder(const std::string& guid) {
  return SysfsFixture::vmbusPath(guid);
}

void addVmbusAdapter(SysfsFixture& sysfs, const std::string& ifname, const std::string& guid,
                     const std::string& relid) {
  sysfs.vmbusAdapter(ifname, {.guid = guid, .relid = relid});
}

struct DriverTree {
  const char* driver;
  void (*build)(SysfsFixture&);
  BusDevice device;  // what is found for lan0
};

TEST(SysfsBus, EachDriversAdapterIsDescribedByItsBus) {
  const DriverTree rows[] = {
      {"hv_netvsc, two channels",
       [](SysfsFixture& sysfs) {
         sysfs.vmbusAdapter("lan0", {.guid = kGuid, .relid = "14", .channels = {"21", "14"}});
       },
       {BusPosition{Bus::kVmbus, 14}, "hv_netvsc", parseGuid(kGuid), kGuid, "", {14, 21}}},
      {"vmxnet3",
       [](SysfsFixture& sysfs) {
         sysfs.interface("lan0", "devices/pci0000:00/0000:00:15.0/0000:03:00.0", "pci", "vmxnet3");
       },
       {BusPosition{Bus::kPci, parsePciAddress("0000:03:00.0").value()}, "vmxnet3", std::nullopt,
        "0000:03:00.0"}},
      {"virtio_net, over PCI",
       [](SysfsFixture& sysfs) {
         sysfs.interface("lan0", "devices/pci0000:00/0000:00:03.0/virtio7", "virtio", "virtio_net");
       },
       {BusPosition{Bus::kPci, parsePciAddress("0000:00:03.0").value()}, "virtio_net", std::nullopt,
        "0000:00:03.0"}},
      {"virtio_net, over MMIO",
       [](SysfsFixture& sysfs) {
         sysfs.interface("lan0", "devices/platform/a003e00.virtio_mmio/virtio1", "virtio",
                         "virtio_net");
       },
       {BusPosition{Bus::kVirtioMmio, 0xa003e00}, "virtio_net", std::nullopt,
        "a003e00.virtio_mmio"}},
      {"xen_netfront",
       [](SysfsFixture& sysfs) { sysfs.interface("lan0", "devices/vif-0", "xen", "vif"); },
       {BusPosition{Bus::kXen, 0}, "vif", std::nullopt, "vif-0"}},
  };
  for (const DriverTree& row : rows) {
    SysfsFixture sysfs;
    row.build(sysfs);
    const auto device = find(sysfs, "lan0");
    ASSERT_TRUE(device) << row.driver;
    EXPECT_EQ(*device, row.device) << row.driver;
  }
}

TEST(SysfsBus, AVfIsAPciDeviceOfItsOwnBesideTheSyntheticAdapter) {
  SysfsFixture sysfs;
  const auto pass_through = vmbusFolder(kOtherGuid);
  sysfs.vmbusAdapter("lan0", {.guid = kGuid, .relid = "14", .channels = {"14"}})
      .vmbusDevice({.guid = kOtherGuid,
                    .relid = "22",
                    .class_id = "{44c4f61d-4444-4400-9d52-802e27ede19f}",
                    .driver = "hv_pci",
                    .channels = {"22"}})
      .interface("enP2p0s2", pass_through / "pci0002:00/0002:00:02.0", "pci", "mlx5_core");
  EXPECT_EQ(seen(sysfs, "lan0"), "relid 14 hv_netvsc");
  EXPECT_EQ(seen(sysfs, "enP2p0s2"), "0002:00:02.0 mlx5_core");
  EXPECT_EQ(find(sysfs, "enP2p0s2")->instance, std::nullopt);
  EXPECT_EQ(find(sysfs, "enP2p0s2")->channels, std::vector<std::uint32_t>{});
}

TEST(SysfsBus, OnlyNumbersNameAChannel) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("lan0", {.guid = kGuid,
                              .relid = "9",
                              .channels = {"100", "9", "21", "0x1f", "-3", "9a", "4294967296"}});
  EXPECT_EQ(find(sysfs, "lan0")->channels, (std::vector<std::uint32_t>{9, 21, 100}));
}

TEST(SysfsBus, VirtioSitsWhereItsPciDeviceDoes) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/pci0000:00/0000:00:02.0/virtio0", "virtio", "virtio_net");
  EXPECT_EQ(seen(sysfs, "eth0"), "0000:00:02.0 virtio_net");
}

TEST(SysfsBus, VirtioOverMmioIsOrderedByItsTransport) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/platform/a003e00.virtio_mmio/virtio1", "virtio", "virtio_net")
      .interface("eth1", "devices/platform/virtio-mmio.10/virtio0", "virtio", "virtio_net")
      .interface("eth2", "devices/platform/LNRO0005:0b/virtio2", "virtio", "virtio_net");
  EXPECT_EQ(seen(sysfs, "eth0"), "mmio a003e00 virtio_net");
  EXPECT_EQ(seen(sysfs, "eth1"), "mmio a virtio_net");
  EXPECT_EQ(seen(sysfs, "eth2"), "mmio b virtio_net");
}

TEST(SysfsBus, PciAdaptersSitAtTheirOwnAddress) {
  SysfsFixture sysfs;
  sysfs.interface("eth1", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3")
      .interface("eth2", "devices/pci0000:00/0000:00:1e.0/0000:01:04.1", "pci", "e1000");
  EXPECT_EQ(seen(sysfs, "eth1"), "0000:00:03.0 vmxnet3");
  EXPECT_EQ(seen(sysfs, "eth2"), "0000:01:04.1 e1000");
}

TEST(SysfsBus, XenAdaptersHaveTheirVifNumber) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/vif-0", "xen", "vif")
      .interface("eth1", "devices/vif-12", "xen", "vif");
  EXPECT_EQ(seen(sysfs, "eth0"), "vif 0 vif");
  EXPECT_EQ(seen(sysfs, "eth1"), "vif 12 vif");
}

TEST(SysfsBus, VmbusAdaptersHaveRelidAndInstance) {
  SysfsFixture sysfs;
  addVmbusAdapter(sysfs, "lan0", kGuid, "14");
  addVmbusAdapter(sysfs, "lan1", kOtherGuid, "9");
  EXPECT_EQ(seen(sysfs, "lan0"), "relid 14 hv_netvsc");
  EXPECT_EQ(seen(sysfs, "lan1"), "relid 9 hv_netvsc") << "the host's order is not the names'";
  EXPECT_EQ(find(sysfs, "lan0")->instance, parseGuid(kGuid));
}

TEST(SysfsBus, OnlyVmbusDevicesHaveAnInstance) {
  SysfsFixture sysfs;
  sysfs.interface("eth1", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3");
  EXPECT_EQ(find(sysfs, "eth1")->instance, std::nullopt);
}

TEST(SysfsBus, ARelidMayBeHexadecimal) {
  SysfsFixture sysfs;
  addVmbusAdapter(sysfs, "lan0", kGuid, "0x1f");
  EXPECT_EQ(seen(sysfs, "lan0"), "relid 31 hv_netvsc");
}

TEST(SysfsBus, WithoutARelidTheInstanceIsStillKnown) {
  SysfsFixture sysfs;
  addVmbusAdapter(sysfs, "lan0", kGuid, "none");
  EXPECT_EQ(seen(sysfs, "lan0"), "- hv_netvsc");
  EXPECT_EQ(find(sysfs, "lan0")->instance, parseGuid(kGuid));
}

TEST(SysfsBus, TheBusSideAloneFindsAVmbusAdapter) {
  SysfsFixture sysfs;
  const std::filesystem::path device = std::string("bus/vmbus/devices/") + kGuid;
  sysfs.file(device / "id", "7")
      .file(device / "class_id", kNetworkClass)
      .folder(device / "net/lan3");
  EXPECT_EQ(seen(sysfs, "lan3"), "relid 7 hv_netvsc");
  EXPECT_EQ(find(sysfs, "lan3")->instance, parseGuid(kGuid)) << "from the folder's name";
  EXPECT_EQ(seen(sysfs, "lan4"), "");
}

TEST(SysfsBus, ABusSideThatAppearsLaterIsSeenByARescan) {
  SysfsFixture sysfs;
  SysfsBus bus(sysfs.root());
  bus.rescan();
  sysfs.folder(std::string("bus/vmbus/devices/") + kGuid + "/net/lan0");
  EXPECT_EQ(bus.device(linkNamed("lan0")), std::nullopt);
  bus.rescan();
  EXPECT_TRUE(bus.device(linkNamed("lan0")));
}

TEST(SysfsBus, AVmbusDeviceOfAnotherClassIsNoNetworkAdapter) {
  SysfsFixture sysfs;
  const std::filesystem::path device = std::string("bus/vmbus/devices/") + kGuid;
  sysfs.file(device / "class_id", "{57164f39-9115-4e78-ab55-382f3bd5422d}")
      .folder(device / "net/odd0");
  EXPECT_EQ(seen(sysfs, "odd0"), "- ");
}

TEST(SysfsBus, WithoutASubsystemLinkTheShapeTells) {
  SysfsFixture sysfs;
  sysfs.link("class/net/eth0/device", "../../../devices/0000:00:02.0/virtio0")
      .folder("devices/0000:00:02.0/virtio0")
      .link("class/net/eth1/device", "../../../devices/0000:00:03.0")
      .folder("devices/0000:00:03.0")
      .link("class/net/eth2/device", "../../../devices/vif-4")
      .folder("devices/vif-4")
      .link("class/net/eth3/device", std::string("../../../devices/") + kGuid)
      .file(std::string("devices/") + kGuid + "/id", "5");
  EXPECT_EQ(seen(sysfs, "eth0"), "0000:00:02.0 ");
  EXPECT_EQ(seen(sysfs, "eth1"), "0000:00:03.0 ");
  EXPECT_EQ(seen(sysfs, "eth2"), "vif 4 ");
  EXPECT_EQ(seen(sysfs, "eth3"), "relid 5 ");
}

TEST(SysfsBus, APlainFolderMayStandForTheDevice) {
  SysfsFixture sysfs;
  sysfs.file("class/net/lan0/device/id", "3")
      .file("class/net/lan0/device/class_id", kNetworkClass)
      .file("class/net/lan0/device/device_id", std::string("{") + kGuid + "}");
  EXPECT_EQ(seen(sysfs, "lan0"), "relid 3 hv_netvsc");
  EXPECT_EQ(find(sysfs, "lan0")->instance, parseGuid(kGuid));
}

HostOrder hostOrderOf(const SysfsFixture& sysfs, const std::string& ifname) {
  return SysfsBus(sysfs.root()).hostOrder(linkNamed(ifname)).value_or(HostOrder{77, 77, 77});
}

TEST(SysfsHostOrder, IsInTheFilesOfThePciDevice) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3")
      .file("devices/pci0000:00/0000:00:03.0/label", "Ethernet3")
      .file("devices/pci0000:00/0000:00:03.0/acpi_index", "7")
      .file("devices/pci0000:00/0000:00:03.0/net/eth0/dev_port", "2");
  EXPECT_EQ(hostOrderOf(sysfs, "eth0"), (HostOrder{3, 7, 2}));
}

TEST(SysfsHostOrder, OfAVirtioDeviceIsInTheFilesOfItsTransport) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/pci0000:00/0000:00:02.0/virtio0", "virtio", "virtio_net")
      .file("devices/pci0000:00/0000:00:02.0/acpi_index", "12")
      .file("devices/pci0000:00/0000:00:02.0/virtio0/acpi_index", "5");
  EXPECT_EQ(hostOrderOf(sysfs, "eth0"), (HostOrder{std::nullopt, 12, 0}));
}

TEST(SysfsHostOrder, OfFilesThatSayNothingIsEmpty) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3")
      .interface("eth1", "devices/pci0000:00/0000:00:04.0", "pci", "vmxnet3")
      .file("devices/pci0000:00/0000:00:04.0/label", "")
      .file("devices/pci0000:00/0000:00:04.0/acpi_index", "16777736")
      .file("devices/pci0000:00/0000:00:04.0/net/eth1/dev_port", "-1");
  EXPECT_EQ(hostOrderOf(sysfs, "eth0"), HostOrder{});
  EXPECT_EQ(hostOrderOf(sysfs, "eth1"), HostOrder{});
  EXPECT_EQ(SysfsBus(sysfs.root()).hostOrder(linkNamed("eth2")), std::nullopt);
}

TEST(SysfsBus, ADeviceOnABusWithoutOrderHasOnlyADriver) {
  SysfsFixture sysfs;
  sysfs.interface("usb0", "devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0", "usb", "cdc_ether");
  EXPECT_EQ(seen(sysfs, "usb0"), "- cdc_ether");
}

TEST(SysfsBus, ADanglingDriverLinkStillNamesTheDriver) {
  SysfsFixture sysfs;
  sysfs.folder("devices/0000:00:03.0")
      .link("devices/0000:00:03.0/driver", "/nowhere/drivers/vmxnet3")
      .link("class/net/eth0/device", "../../../devices/0000:00:03.0");
  EXPECT_EQ(seen(sysfs, "eth0"), "0000:00:03.0 vmxnet3");
}

TEST(SysfsBus, ADanglingDeviceLinkStillNamesTheDevice) {
  SysfsFixture sysfs;
  sysfs.link("class/net/eth0/device", "../../../vif-2");
  EXPECT_EQ(seen(sysfs, "eth0"), "vif 2 ");
}

TEST(SysfsBus, AbsoluteLinksStayBelowTheRoot) {
  SysfsFixture sysfs;
  sysfs.file(vmbusFolder(kGuid) / "id", "11")
      .link("class/net/lan0/device", "/sys" / vmbusFolder(kGuid))
      .link("class/net/lan1/device", sysfs.root() / vmbusFolder(kGuid))
      .link("class/net/lan2/device", "/etc")
      .link("class/net/lan3/device", "../../../../../../../../../etc/passwd");
  EXPECT_EQ(seen(sysfs, "lan0"), "relid 11 ");
  EXPECT_EQ(seen(sysfs, "lan1"), "relid 11 ");
  EXPECT_EQ(seen(sysfs, "lan2"), "");
  EXPECT_EQ(seen(sysfs, "lan3"), "- ");
}

TEST(SysfsBus, LinksThatGoInCirclesLeadNowhere) {
  SysfsFixture sysfs;
  sysfs.link("class/net/eth0/device", "device").link("class/net/eth1", "eth2");
  sysfs.link("class/net/eth2", "eth1").link("bus/vmbus/devices/a", "a");
  for (const char* ifname : {"eth0", "eth1", "eth2"}) EXPECT_EQ(seen(sysfs, ifname), "") << ifname;
}

TEST(SysfsBus, AnInterfaceWithoutADeviceHasNone) {
  SysfsFixture sysfs;
  sysfs.file("devices/virtual/net/lo/mtu", "65536")
      .link("class/net/lo", "../../devices/virtual/net/lo");
  EXPECT_EQ(find(sysfs, "lo"), std::nullopt);
  EXPECT_EQ(find(sysfs, "eth9"), std::nullopt);
}

TEST(SysfsBus, NothingAtAllIsNoTrouble) {
  SysfsBus bus("/nonexistent/sysfs");
  bus.rescan();
  EXPECT_EQ(bus.device(linkNamed("eth0")), std::nullopt);
  EXPECT_EQ(linkOf(bus, "eth0").speed_mbps, std::nullopt);
}

TEST(SysfsBus, ANameThatIsAPathIsRefused) {
  SysfsFixture sysfs;
  sysfs.file("class/net/eth0/speed", "1000").file("class/speed", "1000").file("speed", "1000");
  SysfsBus bus(sysfs.root());
  for (const std::string ifname : {"", ".", "..", "../..", "eth0/../eth0", "/etc"}) {
    EXPECT_EQ(linkOf(bus, ifname).speed_mbps, std::nullopt) << ifname;
    EXPECT_EQ(bus.device(linkNamed(ifname)), std::nullopt) << ifname;
  }
}

TEST(SysfsBus, TheRootMayEndInASlash) {
  SysfsFixture sysfs;
  sysfs.file("class/net/eth0/speed", "1000");
  EXPECT_EQ(linkOf(SysfsBus(sysfs.root().string() + "/"), "eth0").speed_mbps, 1000U);
}

constexpr const char* kThirdGuid = "0f3c7f52-4a56-43e4-8f39-5b6f50e7c7a1";

// "2 heartbeat hv_utils; 12 network hv_netvsc; "
std::string listed(const SysfsFixture& sysfs) {
  std::string text;
  for (const VmbusDevice& device : SysfsBus(sysfs.root()).vmbusDevices()) {
    text += std::to_string(device.relid) + " " + std::string(vmbusClassName(device.device_class)) +
            " " + (device.driver.empty() ? "not configured" : device.driver) + "; ";
  }
  return text;
}

TEST(VmbusDevices, AreAllThereIsBoundOrNotAscendingByRelid) {
  SysfsFixture sysfs;
  sysfs.vmbusAdapter("lan0", {.guid = kGuid, .relid = "12"})
      .vmbusDevice({.guid = kOtherGuid, .relid = "9", .class_id = kKeyboardClass})
      .vmbusDevice(
          {.guid = kThirdGuid, .relid = "2", .class_id = kHeartbeatClass, .driver = "hv_utils"});
  EXPECT_EQ(listed(sysfs),
            "2 heartbeat hv_utils; 9 keyboard not configured; 12 network hv_netvsc; ");
  const auto devices = SysfsBus(sysfs.root()).vmbusDevices();
  EXPECT_EQ(devices[2].instance, parseGuid(kGuid));
  EXPECT_EQ(devices[2].device_class, parseGuid(kNetworkClass));
}

TEST(VmbusDevices, OneWithoutARelidOrAClassIsLeftOut) {
  SysfsFixture sysfs;
  sysfs.vmbusDevice({.guid = kGuid, .relid = ""})
      .vmbusDevice({.guid = kOtherGuid, .relid = "5", .class_id = "network"})
      .vmbusDevice({.guid = kThirdGuid, .relid = "4294967296"})
      .folder("bus/vmbus/devices/empty");
  EXPECT_EQ(listed(sysfs), "");
}

TEST(VmbusDevices, WithoutADeviceIdTheFoldersNameIsTheInstance) {
  SysfsFixture sysfs;
  const std::filesystem::path named = std::string("bus/vmbus/devices/") + kGuid;
  sysfs.file(named / "id", "0x10").file(named / "class_id", kHeartbeatClass);
  sysfs.file("bus/vmbus/devices/odd/id", "17")
      .file("bus/vmbus/devices/odd/class_id", kHeartbeatClass);
  const auto devices = SysfsBus(sysfs.root()).vmbusDevices();
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].relid, 16U);
  EXPECT_EQ(devices[0].instance, parseGuid(kGuid));
  EXPECT_EQ(devices[1].instance, std::nullopt);
}

TEST(VmbusDevices, ARelidIsListedOnce) {
  SysfsFixture sysfs;
  sysfs.vmbusDevice({.guid = kGuid, .relid = "5"}).vmbusDevice({.guid = kOtherGuid, .relid = "5"});
  const auto devices = SysfsBus(sysfs.root()).vmbusDevices();
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].instance, parseGuid(kOtherGuid)) << "the same one each time: the lower GUID";
}

TEST(VmbusDevices, WithoutTheBusThereAreNone) {
  EXPECT_TRUE(SysfsBus(SysfsFixture().root()).vmbusDevices().empty());
  EXPECT_TRUE(SysfsBus("/nonexistent/sysfs").vmbusDevices().empty());
}

TEST(SysfsDuplex, IsTheDriversWord) {
  SysfsFixture sysfs;
  sysfs.file("class/net/eth0/duplex", "full").file("class/net/eth1/duplex", "half");
  const SysfsBus bus(sysfs.root());
  EXPECT_EQ(linkOf(bus, "eth0").duplex, Duplex::kFull);
  EXPECT_EQ(linkOf(bus, "eth1").duplex, Duplex::kHalf);
}

TEST(SysfsDuplex, AnythingElseIsAbsent) {
  SysfsFixture sysfs;
  const SysfsBus bus(sysfs.root());
  EXPECT_EQ(linkOf(bus, "eth0").duplex, std::nullopt) << "no file";
  for (const char* text : {"unknown", "", "Full", "full duplex", "255"}) {
    sysfs.file("class/net/eth0/duplex", text);
    EXPECT_EQ(linkOf(bus, "eth0").duplex, std::nullopt) << text;
  }
  sysfs.folder("class/net/eth1/duplex");  // read(2) fails, as it does for a link that is down
  EXPECT_EQ(linkOf(bus, "eth1").duplex, std::nullopt);
  sysfs.file("class/duplex", "full");
  EXPECT_EQ(linkOf(bus, "..").duplex, std::nullopt) << "a name that is a path";
}

TEST(SysfsSpeed, IsTheDriversWord) {
  SysfsFixture sysfs;
  sysfs.file("class/net/eth0/speed", "10000").file("class/net/eth1/speed", "100000");
  const SysfsBus bus(sysfs.root());
  EXPECT_EQ(linkOf(bus, "eth0").speed_mbps, 10'000U);
  EXPECT_EQ(linkOf(bus, "eth1").speed_mbps, 100'000U);
}

TEST(SysfsSpeed, UnknownIsAbsent) {
  SysfsFixture sysfs;
  const SysfsBus bus(sysfs.root());
  for (const char* text :
       {"-1", "0", "4294967295", "", "fast", "10 Gb/s", "99999999999999999999"}) {
    sysfs.file("class/net/eth0/speed", text);
    EXPECT_EQ(linkOf(bus, "eth0").speed_mbps, std::nullopt) << text;
  }
}

TEST(SysfsSpeed, WhatCannotBeReadIsAbsent) {
  SysfsFixture sysfs;
  sysfs.folder("class/net/eth0/speed");  // read(2) fails, as it does for a link that is down
  EXPECT_EQ(linkOf(SysfsBus(sysfs.root()), "eth0").speed_mbps, std::nullopt);
}

TEST(SysfsBus, CountsReceiveQueuesAndNothingElse) {
  test::SysfsFixture sysfs;
  sysfs.folder("class/net/eth0/queues/rx-0").folder("class/net/eth0/queues/rx-1");
  sysfs.folder("class/net/eth0/queues/tx-0").folder("class/net/eth0/queues/rx-");
  const SysfsBus bus(sysfs.root());
  EXPECT_EQ(queuesOf(bus, "eth0"), 2U);
  EXPECT_EQ(queuesOf(bus, "eth1"), 0U);
}

TEST(SysfsBus, ALinkWithAnotherKernelIndexIsNotTheOneOfThatName) {
  SysfsFixture sysfs;
  sysfs.interface("eth0", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3")
      .file("class/net/eth0/ifindex", "7")
      .file("class/net/eth0/speed", "10000");
  const SysfsBus bus(sysfs.root());
  const auto host = bus.read(linkNamed("eth0", KernelIndex{7}));
  ASSERT_TRUE(host && host->device);
  EXPECT_EQ(host->settings.speed_mbps, 10'000U);
  EXPECT_EQ(bus.read(linkNamed("eth0", KernelIndex{2})), std::nullopt);
  EXPECT_EQ(bus.device(linkNamed("eth0", KernelIndex{2})), std::nullopt);
  sysfs.file("class/net/eth0/ifindex", "");
  EXPECT_EQ(bus.read(linkNamed("eth0", KernelIndex{7})), std::nullopt) << "unreadable is not equal";
}

TEST(SysfsBus, TheBusSideToldOfAnotherKernelIndexIsNotBelieved) {
  SysfsFixture sysfs;
  const std::filesystem::path device = std::string("bus/vmbus/devices/") + kGuid;
  sysfs.file(device / "id", "7")
      .file(device / "class_id", kNetworkClass)
      .file(device / "net/lan3/ifindex", "7");
  SysfsBus bus(sysfs.root());
  bus.rescan();
  EXPECT_TRUE(bus.device(linkNamed("lan3", KernelIndex{7})));
  EXPECT_EQ(bus.device(linkNamed("lan3", KernelIndex{8})), std::nullopt);
}

// The kernel's own /sys has both attributes for every link of the network namespace that it shows.
TEST(SysfsBus, TheKernelsOwnSysfsIsBelievedOnlyWithItsIndexAndAddress) {
  const SysfsBus bus;
  if (!SysfsTree("/sys").isKernels()) GTEST_SKIP() << "no sysfs is mounted here";
  Link loopback = linkNamed("lo", KernelIndex{1});
  loopback.address.assign(6, 0);
  EXPECT_TRUE(bus.read(loopback));
  Link other = loopback;
  other.index = KernelIndex{99};
  EXPECT_EQ(bus.read(other), std::nullopt);
  other = loopback;
  other.address = *parseMac("00:15:5d:01:02:03");
  EXPECT_EQ(bus.read(other), std::nullopt) << "another link with the same name and number";
  other = loopback;
  other.name = "no-such-link0";
  EXPECT_EQ(bus.read(other), std::nullopt) << "what has no index there is not believed";
}

TEST(SysfsTree, AFolderThatStandsForSysfsIsNotTheKernels) {
  EXPECT_FALSE(SysfsTree(SysfsFixture().root()).isKernels());
  EXPECT_FALSE(SysfsTree("/nonexistent/sysfs").isKernels());
}

}  // namespace
}  // namespace hvnet
