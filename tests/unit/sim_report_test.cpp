#include "hvnet-sim/report.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sources/report/report.h"

namespace hvnet::sim {
namespace {

class ReportFolder {
 public:
  ReportFolder() { path_ = ::mkdtemp(pattern_.data()); }
  ~ReportFolder() { std::filesystem::remove_all(path_); }
  ReportFolder(const ReportFolder&) = delete;
  ReportFolder& operator=(const ReportFolder&) = delete;

  [[nodiscard]] std::filesystem::path file() const { return path_ / "report"; }
  [[nodiscard]] std::string text() const {
    std::ifstream in(file());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(path_), {});
  }

 private:
  std::string pattern_ = std::filesystem::temp_directory_path() / "sim-XXXXXX";
  std::filesystem::path path_;
};

TEST(SimReport, HasALineForEveryDeviceAndEndsWithEnd) {
  auto scenario = parseScenario("adapter lan3 width 32 Ipkts 5\nat 0 unassign lan3\n", "s", 1);
  ASSERT_TRUE(scenario);
  World world(1, 1, *std::move(scenario));
  world.advance(Time{});
  EXPECT_EQ(formatReport(world, 1732233600123),
            "hvnet-report 1\n"
            "# written by hvnet-sim: this is a simulated router\n"
            "generated 1732233600123\n"
            "vmbus relid 2 class 57164f39-9115-4e78-ab55-382f3bd5422d instance " +
                toText(instanceOf(1000)) +
                " driver hvhb0\n"
                "vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf instance " +
                toText(instanceOf(1001)) +
                " driver hvts0\n"
                "vmbus relid 9 class f912ad6d-2b17-48ea-bd65-f927a61c7684 not configured\n"
                "adapter lan0 unit hvnet0 relid 12 instance " +
                toText(instanceOf(0)) +
                " mac 00:15:5d:01:00:00 network assigned mtu 1500 admin up\n"
                "stats lan0 Ipkts 0 Ierrs 0 Opkts 0 Oerrs 0 Colls 0 InOctets 0 OutOctets 0 "
                "InDrops 0 OutDiscards 0 InMulticast 0\n"
                "adapter lan3 unit hvnet3 relid 21 instance " +
                toText(instanceOf(3)) +
                " mac 00:15:5d:01:00:03 network unassigned mtu 1500 admin up width 32\n"
                "stats lan3 Ipkts 5 Ierrs 0 Opkts 0 Oerrs 0 Colls 0 InOctets 0 OutOctets 0 "
                "InDrops 0 OutDiscards 0 InMulticast 0\n"
                "end\n");
}

TEST(SimReport, IsOneThatTheProductTakesAndUnderstands) {
  auto scenario =
      parseScenario("adapter lan3 width 32 Ipkts 4294967295\nat 0 unassign lan1", "s", 3);
  ASSERT_TRUE(scenario);
  World world(3, 1, *std::move(scenario));
  world.advance(std::chrono::milliseconds(1));
  const auto report = parseReport(formatReport(world, 7), "report");
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(report->vmbus_devices.size(), 3U);
  ASSERT_EQ(report->adapters.size(), 4U);
  const ReportAdapter& last = report->adapters[3];
  EXPECT_EQ(last.name, "lan3");
  EXPECT_EQ(last.unit, "hvnet3");
  EXPECT_EQ(last.relid, world.adapters().at(3).relid());
  EXPECT_EQ(last.instance, instanceOf(3));
  EXPECT_EQ(last.mac, macOf(3));
  EXPECT_EQ(last.network_assigned, true);
  EXPECT_EQ(report->adapters[1].network_assigned, false);
  EXPECT_EQ(last.counters.width, Accumulator::Width::k32);
  EXPECT_EQ(last.counters.link.rx_packets, world.adapters().at(3).value(CounterKind::kIpkts));
  EXPECT_EQ(last.counters.link.rx_dropped, 0U);
  EXPECT_TRUE(last.counters.driver.in.multicast);
}

TEST(SimReport, IsRefusedWhenItIsCut) {
  const std::string whole = formatReport(World(3, 1, {}), 0);
  EXPECT_TRUE(parseReport(whole, "report"));
  EXPECT_FALSE(parseReport(cutInTheMiddle(whole), "report"));
}

TEST(SimReport, IsCutWithinALineAndWithoutItsEnd) {
  const std::string report = formatReport(World(3, 1, {}), 0);
  const std::string cut(cutInTheMiddle(report));
  EXPECT_TRUE(report.starts_with(cut));
  EXPECT_GT(cut.size(), report.size() / 3);
  EXPECT_FALSE(cut.ends_with('\n'));
  EXPECT_EQ(cut.find("\nend"), std::string::npos);
  EXPECT_EQ(cutInTheMiddle("a\nb\n"), "a");
}

TEST(SimReport, ReplacesTheFileAndLeavesNothingBesideIt) {
  const ReportFolder folder;
  ASSERT_TRUE(writeWhole(folder.file(), "the first, longer text\n"));
  ASSERT_TRUE(writeWhole(folder.file(), "the second\n"));
  EXPECT_EQ(folder.text(), "the second\n");
  EXPECT_EQ(folder.files(), 1);
}

TEST(SimReport, ReplacesByRenameSoThatAReaderKeepsWhatItOpened) {
  const ReportFolder folder;
  ASSERT_TRUE(writeWhole(folder.file(), "old\n"));
  std::ifstream reader(folder.file());
  ASSERT_TRUE(writeWhole(folder.file(), "new\n"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old\n");
  std::ifstream other(folder.file());
  ASSERT_TRUE(writeInPlace(folder.file(), "torn"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(other), {}), "torn");
}

TEST(SimReport, NamesTheFileThatCannotBeWritten) {
  const ReportFolder folder;
  const auto written = writeWhole(folder.file() / "nowhere", "x");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().text.find((folder.file() / "nowhere.new").string()), std::string::npos)
      << written.error().text;
}

}  // namespace
}  // namespace hvnet::sim
