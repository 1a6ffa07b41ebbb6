// The running kernel, as any user sees it: there is always a loopback.
#include "sources/linux/linux_source.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/unique_fd.h"
#include "counters/interface_totals.h"
#include "netdev_kernel.h"
#include "sysfs_fixture.h"

namespace hvnet {
namespace {

constexpr const char* kGuid = "6f1d9b1c-0c3f-4f7e-9f5a-1d2c3b4a5f60";
constexpr const char* kOtherGuid = "2dd1ce17-079e-403c-b352-a1921ee207ee";

std::unique_ptr<Source> openSource(const LinuxSourceOptions& options = {}) {
  auto source = LinuxSource::open(options);
  EXPECT_TRUE(source) << source.error().text;
  return source ? std::move(*source) : nullptr;
}

const SourceInterface* loopback(const Source& source) {
  const auto interface = std::ranges::find(
      source.interfaces(), "lo", [](const SourceInterface& each) { return each.link.name; });
  return interface == source.interfaces().end() ? nullptr : &*interface;
}

// An interface's line of /proc/net/dev: 8 receive columns, then 8 of transmit.
std::array<std::uint64_t, 16> procNetDev(const std::string& ifname = "lo") {
  std::array<std::uint64_t, 16> columns{};
  std::ifstream file("/proc/net/dev");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    const auto name = line.find_first_not_of(' ');
    if (line.substr(0, colon).substr(std::min(name, colon)) != ifname) continue;
    std::istringstream numbers(line.substr(colon + 1));
    for (auto& column : columns) numbers >> column;
  }
  return columns;
}

TEST(LinuxSource, FindsTheLoopback) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  const SourceInterface* lo = loopback(*source);
  ASSERT_NE(lo, nullptr);
  EXPECT_EQ(lo->link.index, KernelIndex{1});
  EXPECT_EQ(lo->device, std::nullopt);
  EXPECT_EQ(lo->speed_mbps, std::nullopt);
}

TEST(LinuxSource, PortsAreSortedByKernelIndex) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  EXPECT_TRUE(std::ranges::is_sorted(
      source->interfaces(), {},
      [](const SourceInterface& interface) { return interface.link.index; }));
}

TEST(LinuxSource, SamplesEveryPortInOrder) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  std::vector<Sample> samples{Sample{}};
  const auto sampled = source->sample(samples, Clock::now());
  ASSERT_TRUE(sampled) << sampled.error().text;
  ASSERT_EQ(samples.size(), source->interfaces().size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].index, source->interfaces()[i].link.index);
  }
}

TEST(LinuxSource, TheLoopbacksCountersAreTheKernels) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  std::vector<Sample> samples;
  const auto before = procNetDev();
  ASSERT_TRUE(source->sample(samples, Clock::now()));
  const auto after = procNetDev();
  const auto lo = std::ranges::find(samples, KernelIndex{1}, &Sample::index);
  ASSERT_NE(lo, samples.end());
  const LinkStats& link = lo->raw.link;
  const auto between = [&](std::size_t column, std::uint64_t value) {
    return before[column] <= value && value <= after[column];
  };
  EXPECT_TRUE(between(0, *link.rx_bytes));
  EXPECT_TRUE(between(1, *link.rx_packets));
  EXPECT_TRUE(between(2, *link.rx_errors));
  EXPECT_TRUE(between(3, *link.rx_dropped + *link.rx_missed_errors));
  EXPECT_TRUE(between(8, *link.tx_bytes));
  EXPECT_TRUE(between(9, *link.tx_packets));
  EXPECT_TRUE(between(10, *link.tx_errors));
  EXPECT_TRUE(between(11, *link.tx_dropped));
}

TEST(LinuxSource, TakesBusAndSpeedFromTheGivenSysfs) {
  test::SysfsFixture sysfs;
  sysfs.interface("lo", "devices/vif-5", "xen", "vif").file("class/net/lo/speed", "2500");
  LinuxSourceOptions options;
  options.sysfs_root = sysfs.root();
  const auto source = openSource(options);
  ASSERT_TRUE(source);
  const SourceInterface* lo = loopback(*source);
  ASSERT_NE(lo, nullptr);
  ASSERT_TRUE(lo->device);
  EXPECT_EQ(lo->device->position, (BusPosition{Bus::kXen, 5}));
  EXPECT_EQ(lo->device->driver, "vif");
  EXPECT_EQ(lo->speed_mbps, 2500U);
}

TEST(LinuxSource, TakesDuplexChannelsAndVmbusDevicesFromTheGivenSysfs) {
  test::SysfsFixture sysfs;
  sysfs.vmbusAdapter("lo", {.guid = kGuid, .relid = "12", .channels = {"12", "19"}})
      .vmbusDevice({.guid = kOtherGuid, .relid = "3", .class_id = test::kHeartbeatClass})
      .file("class/net/lo/duplex", "full");
  LinuxSourceOptions options;
  options.sysfs_root = sysfs.root();
  const auto source = openSource(options);
  ASSERT_TRUE(source);
  const SourceInterface* lo = loopback(*source);
  ASSERT_TRUE(lo != nullptr && lo->device);
  EXPECT_EQ(lo->duplex, Duplex::kFull);
  EXPECT_EQ(lo->device->address, kGuid);
  EXPECT_EQ(lo->device->channels, (std::vector<std::uint32_t>{12, 19}));
  ASSERT_EQ(source->vmbusDevices().size(), 2U);
  EXPECT_EQ(vmbusClassName(source->vmbusDevices()[0].device_class), "heartbeat");
  EXPECT_EQ(source->vmbusDevices()[0].driver, "") << "not configured";
  EXPECT_EQ(source->vmbusDevices()[1].driver, "hv_netvsc");
}

// Between two looks nothing is read: what changed meanwhile is not seen.
TEST(LinuxSource, LooksAroundASecondAfterAChangeAndThenEveryNineSeconds) {
  using std::chrono::seconds;
  test::SysfsFixture sysfs;
  LinuxSourceOptions options;
  options.sysfs_root = sysfs.root();
  const TimePoint before_opening = Clock::now();
  const auto source = openSource(options);
  ASSERT_TRUE(source);
  const auto devices_at = [&source](TimePoint now) {
    const auto before = source->vmbusDevices().size();
    const auto changed = source->readEvents(now);
    const auto after = source->vmbusDevices().size();
    EXPECT_TRUE(changed && (*changed || before == after)) << "a change that is not told";
    return after;
  };
  const TimePoint settled = Clock::now() + seconds(1);
  sysfs.vmbusDevice({.guid = kGuid, .relid = "3"});
  EXPECT_EQ(devices_at(before_opening + seconds(1) - std::chrono::nanoseconds(1)), 0U);
  EXPECT_EQ(devices_at(settled), 1U);
  sysfs.vmbusDevice({.guid = kOtherGuid, .relid = "4"});
  std::vector<Sample> samples;
  EXPECT_TRUE(source->sample(samples, settled + seconds(60)));
  EXPECT_EQ(devices_at(settled + seconds(8)), 1U);
  EXPECT_EQ(devices_at(settled + seconds(9)), 2U);
  std::filesystem::remove_all(sysfs.root() / "bus");
  EXPECT_EQ(devices_at(settled + seconds(17)), 2U);
  EXPECT_EQ(devices_at(settled + seconds(18)), 0U);
}

TEST(LinuxSource, ReadsEverySpeedAgainWithinNineSecondsAndAPartOfThemBefore) {
  using std::chrono::seconds;
  test::SysfsFixture sysfs;
  sysfs.file("class/net/lo/speed", "100");
  LinuxSourceOptions options;
  options.sysfs_root = sysfs.root();
  const auto source = openSource(options);
  ASSERT_TRUE(source);
  const TimePoint opened = Clock::now();
  EXPECT_EQ(loopback(*source)->speed_mbps, 100U);
  EXPECT_TRUE(source->readEvents(opened));
  sysfs.file("class/net/lo/speed", "200");
  EXPECT_TRUE(source->readEvents(opened));
  EXPECT_EQ(loopback(*source)->speed_mbps, 100U) << "no time has passed";
  const auto changed = source->readEvents(opened + seconds(10));
  EXPECT_TRUE(changed && *changed) << "a change that is told as an event's";
  EXPECT_EQ(loopback(*source)->speed_mbps, 200U);
}

TEST(LinuxSource, ReadsWhichMulticastAddressesAPortReceives) {
  test::SysfsFixture folder;
  folder.file("dev_mcast", "1 lo 1 0 333300000001\n1 lo 2 0 01005e000001");
  LinuxSourceOptions options;
  options.multicast_list = folder.root() / "dev_mcast";
  const auto source = openSource(options);
  ASSERT_TRUE(source);
  const std::vector both = {*parseMac("01:00:5e:00:00:01"), *parseMac("33:33:00:00:00:01")};
  EXPECT_EQ(loopback(*source)->groups, both);

  std::filesystem::remove(options.multicast_list);
  const auto changed = source->readEvents(Clock::now() + std::chrono::seconds(10));
  EXPECT_TRUE(changed && *changed);
  EXPECT_TRUE(loopback(*source)->groups.empty()) << "an unreadable list is no groups";
}

TEST(LinuxSource, TheKernelsOwnListCanBeRead) {
  std::ifstream list(LinuxSourceOptions().multicast_list);
  EXPECT_TRUE(list) << "of the thread's own network namespace";
}

// Each driver: the loopback's kernel counters with the driver's bus and statistics. The sums are
// done by hand from tests/fixtures/<statistics>.
struct DriverRow {
  const char* statistics;
  void (*plug)(test::SysfsFixture&);
  const char* profile;
  std::uint64_t hidden_in_drops;
  std::uint64_t out_errors;                     // of the driver's statistics
  std::optional<std::uint64_t> in_multicast{};  // empty: not counted apart
  std::optional<std::uint64_t> in_broadcast{};
  std::optional<std::uint64_t> out_multicast{};
  std::optional<std::uint64_t> out_broadcast{};
};

void plugHyperV(test::SysfsFixture& sysfs) {
  sysfs.vmbusAdapter("lo", {.guid = kGuid, .relid = "12", .channels = {"12", "19"}});
}
void plugVmware(test::SysfsFixture& sysfs) {
  sysfs.interface("lo", "devices/pci0000:00/0000:00:03.0", "pci", "vmxnet3");
}
void plugKvm(test::SysfsFixture& sysfs) {
  sysfs.interface("lo", "devices/pci0000:00/0000:00:03.0/virtio0", "virtio", "virtio_net");
}
void plugGoogle(test::SysfsFixture& sysfs) {
  sysfs.interface("lo", "devices/pci0000:00/0000:00:04.0", "pci", "gve");
}
void plugXen(test::SysfsFixture& sysfs) {
  sysfs.interface("lo", "devices/vif-0", "xen", "vif");
}

constexpr std::array kDriverRows = {
    // rx_no_memory 7; tx_no_memory 3 + tx_no_space 5 + tx_too_big 2 + vf_tx_dropped 0
    DriverRow{"hv_netvsc", plugHyperV, "hv_netvsc", 7, 10},
    // rx_no_memory 4; tx_no_space 1
    DriverRow{"hv_netvsc-vf", plugHyperV, "hv_netvsc", 4, 1},
    // pkts rx OOB 0 + 3 + 0 + 9; multicast and broadcast of four queues
    DriverRow{"vmxnet3-queues", plugVmware, "vmxnet3", 12, 0, 2222, 0, 8888, 1111},
    DriverRow{"virtio_net", plugKvm, "virtio_net", 0, 0},
    DriverRow{"xen_netfront", plugXen, "xen_netfront", 0, 0},
    // rx_skb_alloc_fail 9 + rx_desc_err_dropped_pkt 3 + rx_queue_drop_cnt[0] 100; tx_dropped 6
    DriverRow{"gve-6.12", plugGoogle, "gve", 112, 6},
};

std::string statisticsOf(const std::string& fixture) {
  std::ifstream in(std::filesystem::path(HVNET_FIXTURES) / fixture / "statistics");
  EXPECT_TRUE(in) << fixture;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The statistics with this in the place of each count above zero.
std::string countsOf(const std::string& statistics, const std::string& each) {
  return std::regex_replace(statistics, std::regex("([^#]: )[1-9][0-9]*"), "$01" + each);
}

// What the driver shows right after it has rebuilt its device.
std::string afterReset(const std::string& statistics) {
  return countsOf(statistics, "0");
}

struct DriverRun {
  explicit DriverRun(const DriverRow& row) {
    row.plug(sysfs);
    options.sysfs_root = sysfs.root();
    options.ethtool_root = sysfs.root() / "ethtool";
  }
  // The loopback's counters once the driver shows this.
  Counters show(Source& source, const std::string& statistics) {
    sysfs.file("ethtool/lo/statistics", statistics);
    std::vector<Sample> samples;
    EXPECT_TRUE(source.sample(samples, Clock::now()));
    const auto lo = std::ranges::find(samples, KernelIndex{1}, &Sample::index);
    if (lo == samples.end()) return {};
    raw = lo->raw;
    return totals.update(raw, Clock::now()).counters;
  }

  test::SysfsFixture sysfs;
  LinuxSourceOptions options;
  InterfaceTotals totals;
  Components raw;
};

TEST(LinuxSource, EachDriversCountersAreTheKernelsAndTheDriversAddedUpByHand) {
  for (const DriverRow& row : kDriverRows) {
    SCOPED_TRACE(row.statistics);
    DriverRun run(row);
    const auto source = openSource(run.options);
    ASSERT_TRUE(source && loopback(*source)->profile != nullptr);
    EXPECT_EQ(loopback(*source)->profile->name, row.profile);
    const Counters counters = run.show(*source, statisticsOf(row.statistics));
    const LinkStats& kernel = run.raw.link;
    EXPECT_EQ(counters.in_packets, kernel.rx_packets);
    EXPECT_EQ(counters.in_errors, kernel.rx_errors);
    EXPECT_EQ(counters.out_packets, kernel.tx_packets);
    EXPECT_EQ(counters.out_errors, *kernel.tx_errors + row.out_errors);
    EXPECT_EQ(counters.in_octets, kernel.rx_bytes);
    EXPECT_EQ(counters.out_octets, kernel.tx_bytes);
    EXPECT_EQ(counters.in_drops, *kernel.rx_missed_errors + row.hidden_in_drops)
        << "the loopback's rx_dropped is the stack's";
    EXPECT_EQ(counters.in_multicast, row.in_multicast);
    EXPECT_EQ(counters.in_broadcast, row.in_broadcast);
    EXPECT_EQ(counters.out_multicast, row.out_multicast);
    EXPECT_EQ(counters.out_broadcast, row.out_broadcast);
  }
}

// The loopback as an adapter of virtio_net or of Hyper-V, and a kernel that tells its queues.
struct QueueRun {
  QueueRun(void (*plug)(test::SysfsFixture&), std::deque<test::netdev::FakeKernel::Dump> dumps)
      : kernel(test::netdev::kernelWith(std::move(dumps))) {
    plug(sysfs);
    options.sysfs_root = sysfs.root();
    options.ethtool_root = sysfs.root() / "ethtool";
    options.generic_netlink = kernel.connect();
    source = openSource(options);
  }
  // The loopback's sample.
  Sample sample() {
    std::vector<Sample> samples;
    EXPECT_TRUE(source->sample(samples, Clock::now()));
    const auto lo = std::ranges::find(samples, KernelIndex{1}, &Sample::index);
    EXPECT_NE(lo, samples.end());
    return lo == samples.end() ? Sample{} : *lo;
  }

  test::netdev::FakeKernel kernel;
  test::SysfsFixture sysfs;
  LinuxSourceOptions options;
  std::unique_ptr<Source> source;
};

test::netdev::FakeKernel::Dump twoQueuesThatLose(std::uint32_t overruns) {
  using namespace test::netdev;
  return {.messages = {Queue(1, kTx, 1).with(kTxPackets, 7U).with(kTxHwDrops, 5U),
                       Queue(1, kRx, 0).with(kRxPackets, 3U).with(kRxHwOverruns, overruns),
                       Queue(1, kTx, 0).with(kTxHwDrops, 4U).with(kTxHwErrors, 3U),
                       Queue(1, kRx, 1).with(kRxBytes, 9U).with(kRxHwDrops, 20U),
                       Queue(77, kRx, 0).with(kRxPackets, 1000U)}};
}

TEST(LinuxSource, AnAdaptersQueuesAndWhatItsHardwareLostAreTheKernels) {
  QueueRun run(plugKvm, {twoQueuesThatLose(100), twoQueuesThatLose(108)});
  const Sample first = run.sample();
  EXPECT_EQ(first.queues, (std::vector<QueueStats>{{0, 3, std::nullopt, std::nullopt, std::nullopt},
                                                   {1, std::nullopt, 7, 9, std::nullopt}}));
  EXPECT_EQ(first.raw.hardware, (HardwareLosses{120, 3, 6}));
  EXPECT_EQ(run.sample().raw.hardware, (HardwareLosses{128, 3, 6}));
  EXPECT_EQ(run.source->partialError(), "");
}

TEST(LinuxSource, HardwareDropsOfAnUnknownDriverAreNotAddedToItsLosses) {
  QueueRun run(plugHyperV, {twoQueuesThatLose(100)});
  const Sample sample = run.sample();
  EXPECT_EQ(sample.queues.size(), 2U);
  EXPECT_EQ(sample.raw.hardware, HardwareLosses{});
}

TEST(LinuxSource, NobodyIsAskedForQueuesWhereThereIsNoAdapter) {
  QueueRun run([](test::SysfsFixture&) {}, {});
  EXPECT_TRUE(run.sample().queues.empty());
  EXPECT_EQ(run.kernel.requests.size(), 1U) << "the one for the families";
  EXPECT_EQ(run.source->partialError(), "");
}

TEST(LinuxSource, QueuesThatCouldNotBeReadAreTold) {
  QueueRun run(plugKvm, {{.messages = {}, .verdict = -ENOMEM}, twoQueuesThatLose(1)});
  const Sample sample = run.sample();
  EXPECT_TRUE(sample.queues.empty());
  EXPECT_EQ(sample.raw.hardware, HardwareLosses{});
  EXPECT_EQ(run.source->partialError(), "reading the queues: netlink dump: Cannot allocate memory");
  EXPECT_EQ(run.sample().queues.size(), 2U);
  EXPECT_EQ(run.source->partialError(), "");
}

// virtnet_stats() in drivers/net/virtio_net.c: the link's packets and octets are the sums over its
// queues.
TEST(LinuxSource, TheQueuesOfThisMachinesVirtioAdapterAddUpToItsTotals) {
  if (!NetdevQueues::open().available()) GTEST_SKIP() << "no queue statistics before Linux 6.9";
  const auto source = openSource();
  ASSERT_TRUE(source);
  const auto virtio = std::ranges::find_if(source->interfaces(), [](const SourceInterface& each) {
    return each.profile != nullptr && each.profile->name == "virtio_net" && each.link.admin_up;
  });
  if (virtio == source->interfaces().end()) GTEST_SKIP() << "no virtio_net adapter here is up";
  const auto before = procNetDev(virtio->link.name);
  std::vector<Sample> samples;
  ASSERT_TRUE(source->sample(samples, Clock::now()));
  const auto after = procNetDev(virtio->link.name);
  const auto sample = std::ranges::find(samples, virtio->link.index, &Sample::index);
  ASSERT_NE(sample, samples.end());
  if (sample->queues.empty()) GTEST_SKIP() << "virtio_net tells no queues before Linux 6.10";
  QueueStats sum{0, 0, 0, 0, 0};
  for (const QueueStats& queue : sample->queues) {
    *sum.rx_packets += queue.rx_packets.value_or(0);
    *sum.tx_packets += queue.tx_packets.value_or(0);
    *sum.rx_octets += queue.rx_octets.value_or(0);
    *sum.tx_octets += queue.tx_octets.value_or(0);
  }
  const auto between = [&](std::size_t column, std::uint64_t value) {
    return before[column] <= value && value <= after[column];
  };
  EXPECT_TRUE(between(0, *sum.rx_octets)) << *sum.rx_octets;
  EXPECT_TRUE(between(1, *sum.rx_packets)) << *sum.rx_packets;
  EXPECT_TRUE(between(8, *sum.tx_octets)) << *sum.tx_octets;
  EXPECT_TRUE(between(9, *sum.tx_packets)) << *sum.tx_packets;
}

TEST(LinuxSource, AResetInTheMiddleTakesNothingBackFromAnyDriver) {
  for (const DriverRow& row : kDriverRows) {
    SCOPED_TRACE(row.statistics);
    DriverRun run(row);
    const auto source = openSource(run.options);
    ASSERT_TRUE(source);
    const std::string statistics = statisticsOf(row.statistics);
    const std::string reset = afterReset(statistics);
    ASSERT_EQ(parseStatisticsText(reset, "reset")->size(),
              parseStatisticsText(statistics, "as it was")->size());
    const Counters before = run.show(*source, statistics);
    const Counters after = run.show(*source, reset);
    EXPECT_EQ(run.raw.driver.hidden_rx_drops.value_or(0), 0U)
        << "the driver's own count is back at zero";
    EXPECT_EQ(after.in_drops, before.in_drops);
    EXPECT_EQ(after.out_errors, before.out_errors);
    EXPECT_EQ(after.out_multicast, before.out_multicast);
    run.show(*source, countsOf(statistics, "1"));  // it has begun to count again
    const Counters again = run.show(*source, statistics);
    EXPECT_EQ(again.in_drops, *before.in_drops + row.hidden_in_drops);
    EXPECT_EQ(again.out_errors, *before.out_errors + row.out_errors);
    EXPECT_EQ(again.out_multicast.value_or(0), 2 * row.out_multicast.value_or(0));
  }
}

TEST(LinuxSource, WhatADriverCouldNotTellIsOverWhenItTellsAgain) {
  DriverRun run(kDriverRows[0]);
  const auto source = openSource(run.options);
  ASSERT_TRUE(source);
  run.show(*source, "nonsense");
  EXPECT_NE(source->partialError(), "");
  run.show(*source, statisticsOf(kDriverRows[0].statistics));
  EXPECT_EQ(source->partialError(), "");
}

TEST(LinuxSource, ASampleTellsThatADriverCouldNotTell) {
  DriverRun run(kDriverRows[0]);
  const auto source = openSource(run.options);
  ASSERT_TRUE(source);
  run.show(*source, "nonsense");
  EXPECT_TRUE(run.raw.driver_unread);
  run.show(*source, statisticsOf(kDriverRows[0].statistics));
  EXPECT_FALSE(run.raw.driver_unread);
}

TEST(LinuxSource, ASampleAgreesWithTheOneAfterIt) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  std::vector<Sample> first;
  std::vector<Sample> second;
  ASSERT_TRUE(source->sample(first, Clock::now()));
  ASSERT_TRUE(source->sample(second, Clock::now()));
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_LE(first[i].raw.link.rx_bytes, second[i].raw.link.rx_bytes);
  }
}

TEST(LinuxSource, ReadingEventsWithoutAnyIsNoError) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  EXPECT_GE(source->eventFd(), 0);
  const auto changed = source->readEvents(Clock::now());
  EXPECT_TRUE(changed) << changed.error().text;
  EXPECT_EQ(source->overruns(), 0U);
}

// In a network namespace of its own: flips the loopback's state until the kernel has dropped events
// of the small queue, and changes its MTU when no event of that can be queued any more.
// Says what went wrong, or nothing.
std::string overrunInANamespace() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return "no network namespace of our own";
  }
  const UniqueFd control{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  LinuxSourceOptions options;
  options.event_buffer_bytes = 4096;
  const auto source = LinuxSource::open(options);
  if (!source) return source.error().text;
  for (int i = 0; i < 400; ++i) {
    loopback.ifr_flags = static_cast<short>(i % 2 == 0 ? IFF_UP : 0);
    if (::ioctl(control.get(), SIOCSIFFLAGS, &loopback) != 0) return "cannot turn the loopback";
  }
  loopback.ifr_mtu = 1234;
  if (::ioctl(control.get(), SIOCSIFMTU, &loopback) != 0) return "cannot set the MTU";
  const auto changed = (*source)->readEvents(Clock::now());
  if (!changed) return changed.error().text;
  if (!*changed) return "no change was told";
  if ((*source)->overruns() != 1) {
    return std::to_string((*source)->overruns()) + " overruns were counted";
  }
  if ((*source)->interfaces().at(0).link.mtu != 1234) return "there was no fresh dump";
  if ((*source)->readEvents(Clock::now()).value_or(true)) return "the overrun did not end";
  return (*source)->overruns() == 1 ? "" : "one overrun was counted twice";
}

TEST(LinuxSource, AnOverrunOfTheEventQueueIsAnsweredWithAFreshDumpAndCounted) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string trouble = overrunInANamespace();
    const bool told = ::write(pipe[1], trouble.data(), trouble.size()) >= 0;
    ::_exit(told ? 0 : 1);
  }
  ::close(pipe[1]);
  std::array<char, 512> text{};
  const auto length = ::read(pipe[0], text.data(), text.size());
  ::close(pipe[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0 && length >= 0) << "it died";
  const std::string trouble(text.data(), static_cast<std::size_t>(length));
  if (trouble.starts_with("no network namespace")) GTEST_SKIP() << trouble;
  EXPECT_EQ(trouble, "");
}

}  // namespace
}  // namespace hvnet
