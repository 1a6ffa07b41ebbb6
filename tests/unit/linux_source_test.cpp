// The running kernel, as any user sees it: there is always a loopback.
#include "counters/linux/linux_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

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

const Port* loopback(const Source& source) {
  const auto port =
      std::ranges::find(source.ports(), "lo", [](const Port& each) { return each.link.name; });
  return port == source.ports().end() ? nullptr : &*port;
}

// The loopback's line of /proc/net/dev: 8 receive columns, then 8 of transmit.
std::array<std::uint64_t, 16> procNetDev() {
  std::array<std::uint64_t, 16> columns{};
  std::ifstream file("/proc/net/dev");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    if (line.find("lo:") == std::string::npos) continue;
    std::istringstream numbers(line.substr(colon + 1));
    for (auto& column : columns) numbers >> column;
  }
  return columns;
}

TEST(LinuxSource, FindsTheLoopback) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  const Port* lo = loopback(*source);
  ASSERT_NE(lo, nullptr);
  EXPECT_EQ(lo->link.index, KernelIndex{1});
  EXPECT_EQ(lo->device, std::nullopt);
  EXPECT_EQ(lo->speed_mbps, std::nullopt);
}

TEST(LinuxSource, PortsAreSortedByKernelIndex) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  EXPECT_TRUE(std::ranges::is_sorted(source->ports(), {},
                                     [](const Port& port) { return port.link.index; }));
}

TEST(LinuxSource, SamplesEveryPortInOrder) {
  const auto source = openSource();
  ASSERT_TRUE(source);
  std::vector<Sample> samples{Sample{}};
  const auto sampled = source->sample(samples, Clock::now());
  ASSERT_TRUE(sampled) << sampled.error().text;
  ASSERT_EQ(samples.size(), source->ports().size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].index, source->ports()[i].link.index);
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
  const Port* lo = loopback(*source);
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
  const Port* lo = loopback(*source);
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
TEST(LinuxSource, LooksAroundASecondAfterAChangeAndThenEveryTenSeconds) {
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
  EXPECT_EQ(devices_at(settled + seconds(9)), 1U);
  EXPECT_EQ(devices_at(settled + seconds(10)), 2U);
  std::filesystem::remove_all(sysfs.root() / "bus");
  EXPECT_EQ(devices_at(settled + seconds(19)), 2U);
  EXPECT_EQ(devices_at(settled + seconds(20)), 0U);
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
  std::uint64_t tx_losses;
  std::optional<std::uint64_t> in_multicast{};  // empty: the kernel's count
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
void plugXen(test::SysfsFixture& sysfs) {
  sysfs.interface("lo", "devices/vif-0", "xen", "vif");
}

constexpr std::array kDriverRows = {
    // rx_no_memory 7; tx_no_memory 3 + tx_no_space 5 + tx_too_big 2 + vf_tx_dropped 0
    DriverRow{"hv_netvsc", plugHyperV, "hv_netvsc", 7, 10},
    // rx_no_memory 4; tx_no_space 1 + vf_tx_dropped 11
    DriverRow{"hv_netvsc-vf", plugHyperV, "hv_netvsc", 4, 12},
    // pkts rx OOB 0 + 3 + 0 + 9; multicast and broadcast of four queues
    DriverRow{"vmxnet3-queues", plugVmware, "vmxnet3", 12, 0, 2222, 0, 8888, 1111},
    DriverRow{"virtio_net", plugKvm, "virtio_net", 0, 0},
    DriverRow{"xen_netfront", plugXen, "xen_netfront", 0, 0},
};

std::string statisticsOf(const std::string& fixture) {
  std::ifstream in(std::filesystem::path(HVNET_FIXTURES) / fixture / "statistics");
  EXPECT_TRUE(in) << fixture;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What the driver shows right after it has rebuilt its device.
std::string afterReset(const std::string& statistics) {
  return std::regex_replace(statistics, std::regex("([^#]: )[0-9]+"), "$010");
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
    return book.update(lo->index, raw).counters;
  }

  test::SysfsFixture sysfs;
  LinuxSourceOptions options;
  CounterBook book;
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
    EXPECT_EQ(counters.out_errors, *kernel.tx_errors + row.tx_losses);
    EXPECT_EQ(counters.in_octets, kernel.rx_bytes);
    EXPECT_EQ(counters.out_octets, kernel.tx_bytes);
    EXPECT_EQ(counters.in_drops,
              *kernel.rx_dropped + *kernel.rx_missed_errors + row.hidden_in_drops);
    EXPECT_EQ(counters.in_multicast, row.in_multicast ? row.in_multicast : kernel.multicast);
    EXPECT_EQ(counters.in_broadcast, row.in_broadcast);
    EXPECT_EQ(counters.out_multicast, row.out_multicast);
    EXPECT_EQ(counters.out_broadcast, row.out_broadcast);
  }
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
    EXPECT_EQ(run.raw.hidden_in_drops.value_or(0), 0U) << "the driver's own count is back at zero";
    EXPECT_EQ(after.in_drops, before.in_drops);
    EXPECT_EQ(after.out_errors, before.out_errors);
    EXPECT_EQ(after.out_multicast, before.out_multicast);
    const Counters again = run.show(*source, statistics);
    EXPECT_EQ(again.in_drops, *before.in_drops + row.hidden_in_drops);
    EXPECT_EQ(again.out_errors, *before.out_errors + row.tx_losses);
    EXPECT_EQ(again.out_multicast.value_or(0), 2 * row.out_multicast.value_or(0));
  }
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

}  // namespace
}  // namespace hvnet
