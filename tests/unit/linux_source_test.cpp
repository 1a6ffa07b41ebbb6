// The running kernel, as any user sees it: there is always a loopback.
#include "counters/linux_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "sysfs_fixture.h"

namespace hvnet {
namespace {

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
