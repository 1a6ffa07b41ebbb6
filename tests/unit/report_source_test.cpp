// On a real folder, with the time passed in by hand.
#include "sources/report/report_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace hvnet {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string reportText(int packets, const std::string& more = "") {
  return "hvnet-report 1\nadapter lan0 relid 12 network assigned\nstats lan0 Ipkts " +
         std::to_string(packets) + "\n" + more + "end\n";
}

class ReportSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "report-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    base_ = name;
    folder_ = base_ / "in";
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(base_); }

  [[nodiscard]] fs::path file() const { return folder_ / "hvnet.report"; }
  [[nodiscard]] fs::path bootLog() const { return base_ / "dmesg"; }

  static void writeInPlace(const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  void replace(const std::string& text) const {
    writeInPlace(folder_ / "hvnet.report.new", text);
    fs::rename(folder_ / "hvnet.report.new", file());
  }
  void open(bool with_boot_log = false) {
    ReportSourceOptions options{file()};
    if (with_boot_log) options.boot_log = bootLog();
    auto source = ReportSource::open(options, now_);
    ASSERT_TRUE(source) << source.error().text;
    source_ = std::move(*source);
  }
  // Whether there is something to read.
  [[nodiscard]] bool readable() const {
    pollfd fd{source_->eventFd(), POLLIN, 0};
    return ::poll(&fd, 1, 0) == 1;
  }
  bool changed() {
    const auto read = source_->readEvents(now_);
    EXPECT_TRUE(read) << read.error().text;
    return read && *read;
  }
  // The first adapter's packets, or the error.
  std::string sample() {
    const auto at = source_->sample(samples_, now_);
    if (!at) return at.error().text;
    counted_at_ = *at;
    if (samples_.empty()) return "nothing";
    return std::to_string(samples_[0].raw.link.rx_packets.value_or(0));
  }
  [[nodiscard]] std::string error(const std::string& reason) const {
    return file().string() + reason;
  }

  fs::path base_;
  fs::path folder_;
  TimePoint now_{seconds(1000)};
  TimePoint counted_at_{};
  std::unique_ptr<Source> source_;
  std::vector<Sample> samples_;
};

TEST_F(ReportSourceTest, ReadsWhatIsThereAtTheStart) {
  replace(reportText(7));
  open();
  ASSERT_EQ(source_->interfaces().size(), 1U);
  EXPECT_EQ(source_->interfaces()[0].link.name, "lan0");
  EXPECT_EQ(source_->vmbusDevices().size(), 1U);
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, now_);
  EXPECT_FALSE(changed());
  EXPECT_EQ(source_->name(), "report:" + file().string());
  EXPECT_FALSE(source_->kernelIndexed());
}

TEST_F(ReportSourceTest, TakesUpAReplacedReportAtOnce) {
  replace(reportText(7));
  open();
  EXPECT_FALSE(readable());
  now_ += milliseconds(10);
  replace(reportText(8));
  EXPECT_TRUE(readable());
  EXPECT_FALSE(changed());  // counters only
  EXPECT_FALSE(readable());
  EXPECT_EQ(sample(), "8");
  EXPECT_EQ(counted_at_, now_);
}

// A coarse clock of the file system, or a writer that keeps the times: device, inode, time and size
// are those of the report that was refused.
TEST_F(ReportSourceTest, AGoodReportThatLooksLikeTheRefusedOneBeforeItIsRead) {
  const std::string good = reportText(7);
  std::string torn = good;
  torn.replace(torn.size() - 4, 4, "dne\n");
  writeInPlace(file(), torn);
  const auto written = fs::last_write_time(file());
  open();
  EXPECT_NE(sample().find("the report is incomplete"), std::string::npos) << sample();
  now_ += seconds(1);
  writeInPlace(file(), good);
  fs::last_write_time(file(), written);
  EXPECT_TRUE(changed());
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, now_);
}

TEST_F(ReportSourceTest, AReportThatIsMovedAwayAndBackIsNoNewOne) {
  replace(reportText(7));
  open();
  fs::rename(file(), folder_ / "aside");
  now_ += seconds(1);
  changed();
  EXPECT_EQ(sample(), error(": no such file"));
  fs::rename(folder_ / "aside", file());
  now_ += seconds(1);
  changed();
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, now_ - seconds(2));
}

TEST_F(ReportSourceTest, SaysWhenAdaptersOrDevicesChange) {
  replace(reportText(7));
  open();
  replace(reportText(7, "adapter lan1 relid 13\n"));
  EXPECT_TRUE(changed());
  EXPECT_EQ(source_->interfaces().size(), 2U);
  EXPECT_FALSE(changed());
  replace(reportText(
      7,
      "adapter lan1 relid 13\nvmbus relid 9 class f912ad6d-2b17-48ea-bd65-f927a61c7684 not "
      "configured\n"));
  EXPECT_TRUE(changed());
  EXPECT_EQ(source_->vmbusDevices().size(), 3U);
}

TEST_F(ReportSourceTest, StartsWithoutAReportAndWaitsForIt) {
  open();
  EXPECT_TRUE(source_->interfaces().empty());
  EXPECT_EQ(sample(), error(": no such file"));
  replace(reportText(7));
  EXPECT_TRUE(changed());
  EXPECT_EQ(sample(), "7");
}

TEST_F(ReportSourceTest, StartsWithARefusedReport) {
  replace("hvnet-report 1\nadapter\nend\n");
  open();
  EXPECT_TRUE(source_->interfaces().empty());
  EXPECT_TRUE(sample().starts_with(error(":2: ")));
}

TEST_F(ReportSourceTest, NeedsTheFolder) {
  fs::remove_all(folder_);
  const auto source = ReportSource::open({file()}, now_);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().text,
            "the report's folder " + folder_.string() + ": No such file or directory");
}

TEST_F(ReportSourceTest, KeepsTheLastGoodOneWhenTheNewestIsTorn) {
  replace(reportText(7));
  open();
  const std::string whole = reportText(8, "adapter lan1\n");
  writeInPlace(file(), whole.substr(0, whole.size() - 4));
  EXPECT_FALSE(changed());
  EXPECT_EQ(sample(), error(":5: the report is incomplete: there is no \"end\" line"));
  EXPECT_TRUE(samples_.empty());
  EXPECT_EQ(source_->interfaces().size(), 1U);
  writeInPlace(file(), whole);
  EXPECT_TRUE(changed());
  EXPECT_EQ(sample(), "8");
}

TEST_F(ReportSourceTest, SaysThatTheReportIsGoneAndTakesItUpAgain) {
  replace(reportText(7));
  open();
  fs::remove(file());
  EXPECT_TRUE(readable());
  EXPECT_FALSE(changed());
  EXPECT_EQ(sample(), error(": no such file"));
  EXPECT_EQ(source_->interfaces().size(), 1U);
  replace(reportText(8));
  EXPECT_FALSE(changed());
  EXPECT_EQ(sample(), "8");
}

TEST_F(ReportSourceTest, FindsTheReportAgainWhenItsFolderGoesAndReturns) {
  replace(reportText(7));
  open();
  fs::remove_all(folder_);
  changed();
  EXPECT_EQ(sample(), error(": no such file"));
  fs::create_directory(folder_);
  replace(reportText(8));
  now_ += seconds(1);
  changed();
  EXPECT_EQ(sample(), "8");
  replace(reportText(9));  // and the new folder is watched
  EXPECT_TRUE(readable());
  changed();
  EXPECT_EQ(sample(), "9");
}

TEST_F(ReportSourceTest, FollowsTheFolderThatHasTheNameNow) {
  replace(reportText(7));
  open();
  fs::rename(folder_, base_ / "old");
  fs::create_directory(folder_);
  replace(reportText(8));
  now_ += seconds(1);
  EXPECT_EQ(sample(), "8");
  changed();
  writeInPlace(base_ / "old/hvnet.report", reportText(6));
  changed();
  EXPECT_EQ(sample(), "8");
  replace(reportText(9));
  changed();
  EXPECT_EQ(sample(), "9");
}

TEST_F(ReportSourceTest, LooksOnceASecondWhereNoEventTells) {
  // Behind a link into another folder nothing is watched.
  const fs::path target = base_ / "elsewhere";
  writeInPlace(target, reportText(7));
  fs::create_symlink(target, file());
  open();
  EXPECT_EQ(sample(), "7");
  writeInPlace(base_ / "new", reportText(8));
  fs::rename(base_ / "new", target);
  EXPECT_FALSE(readable());
  now_ += milliseconds(999);
  EXPECT_EQ(sample(), "7");
  now_ += milliseconds(1);
  EXPECT_EQ(sample(), "8");
}

TEST_F(ReportSourceTest, FindsTheSameFileAgainWhereNoEventTells) {
  const fs::path target = base_ / "elsewhere";
  writeInPlace(target, reportText(7));
  fs::create_symlink(target, file());
  open();
  EXPECT_EQ(sample(), "7");
  fs::rename(target, base_ / "aside");
  now_ += seconds(1);
  EXPECT_EQ(sample(), error(": no such file"));
  fs::rename(base_ / "aside", target);
  now_ += seconds(1);
  EXPECT_EQ(sample(), "7");
}

TEST_F(ReportSourceTest, SaysThatAChangeWasFoundWhileSampling) {
  const fs::path target = base_ / "elsewhere";
  writeInPlace(target, reportText(7));
  fs::create_symlink(target, file());
  open();
  EXPECT_EQ(sample(), "7");
  writeInPlace(base_ / "new", reportText(8, "adapter lan1\n"));
  fs::rename(base_ / "new", target);
  now_ += seconds(1);
  sample();
  EXPECT_TRUE(changed());
}

TEST_F(ReportSourceTest, GoesStaleWhenNoNewReportComesForFiveSeconds) {
  replace(reportText(7));
  open();
  const TimePoint read = now_;
  now_ = read + seconds(5);
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, read);
  now_ += milliseconds(1);
  EXPECT_EQ(sample(), error(": no new report for 5 s"));
  now_ += seconds(20);
  EXPECT_EQ(sample(), error(": no new report for 5 s"));  // one text, so that it is logged once
  replace(reportText(7));                                 // the same counters, but a new report
  changed();
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, now_);
}

TEST_F(ReportSourceTest, WaitsLongerForAProducerThatWritesSeldom) {
  replace(reportText(7));
  open();
  now_ += seconds(4);
  replace(reportText(8));
  changed();
  now_ += seconds(12);
  EXPECT_EQ(sample(), "8");
  now_ += milliseconds(1);
  EXPECT_EQ(sample(), error(": no new report for 12 s"));
}

TEST_F(ReportSourceTest, WaitsNoLongerThanHalfAMinuteAfterALongSilence) {
  replace(reportText(7));
  open();
  now_ += seconds(3600);
  replace(reportText(8));
  changed();
  now_ += seconds(30);
  EXPECT_EQ(sample(), "8");
  now_ += milliseconds(1);
  EXPECT_EQ(sample(), error(": no new report for 30 s"));
}

TEST_F(ReportSourceTest, TakesTheSameFileSeenTwiceForOneReport) {
  replace(reportText(7));
  open();
  const TimePoint read = now_;
  now_ += seconds(4);
  // Opened for writing and closed, but not written.
  ::close(::open(file().c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_TRUE(readable());
  changed();
  EXPECT_EQ(sample(), "7");
  EXPECT_EQ(counted_at_, read);
}

TEST_F(ReportSourceTest, IgnoresTheOtherFilesOfTheFolder) {
  replace(reportText(7));
  open();
  writeInPlace(folder_ / "hvnet.report2", "x");
  fs::rename(folder_ / "hvnet.report2", folder_ / "hvnet");
  EXPECT_FALSE(changed());
  EXPECT_EQ(sample(), "7");
}

TEST_F(ReportSourceTest, RefusesWhatIsNoRegularFileWithoutWaitingForIt) {
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  open();
  EXPECT_EQ(sample(), error(": not a regular file"));
  fs::remove(file());
  fs::create_directory(file());
  now_ += seconds(1);
  EXPECT_EQ(sample(), error(": not a regular file"));
}

TEST_F(ReportSourceTest, RefusesWhatIsTooLarge) {
  replace(reportText(7));
  fs::resize_file(file(), std::uintmax_t{1} << 40U);  // a hole, not a terabyte
  open();
  EXPECT_EQ(sample(), error(" is larger than 4194304 octets"));
}

TEST_F(ReportSourceTest, AnswersLostEventsByReadingTheFile) {
  replace(reportText(7));
  open();
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  int most = 0;
  limit >> most;
  ASSERT_GT(most, 0);
  if (most > 100'000) GTEST_SKIP() << "the queue of this kernel is too long to fill";
  // Two names in turn, for the kernel merges an event with an equal one before it.
  for (int i = 0; i <= most; ++i) writeInPlace(folder_ / (i % 2 == 0 ? "a" : "b"), "");
  replace(reportText(8));  // its event is one of those that are lost
  EXPECT_EQ(source_->overruns(), 0U);
  changed();
  EXPECT_EQ(source_->overruns(), 1U);
  EXPECT_EQ(sample(), "8");
}

TEST_F(ReportSourceTest, TakesNamesAndPlacesFromTheBootLogAndReadsItAgainWhenItChanges) {
  writeInPlace(bootLog(),
               "hvnet0 at hv0 relid 5 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
               "rename hvnet0 to lan7\n");
  replace("hvnet-report 1\nadapter hvnet0\nend\n");
  open(true);
  ASSERT_EQ(source_->interfaces().size(), 1U);
  EXPECT_EQ(source_->interfaces()[0].link.name, "lan7");
  EXPECT_EQ(source_->interfaces()[0].link.index, KernelIndex{5});
  writeInPlace(base_ / "new", "rename hvnet0 to wan0\n");
  fs::rename(base_ / "new", bootLog());
  replace("hvnet-report 1\nadapter hvnet0\nend\n");
  EXPECT_TRUE(changed());
  EXPECT_EQ(source_->interfaces()[0].link.name, "wan0");
}

TEST_F(ReportSourceTest, KeepsTheLastGoodBootLogAndComplains) {
  writeInPlace(bootLog(), "rename hvnet0 to lan7\n");
  replace("hvnet-report 1\nadapter hvnet0\nend\n");
  open(true);
  EXPECT_EQ(source_->partialError(), "");
  writeInPlace(bootLog(), "rename hvnet0 into lan8\n");
  replace("hvnet-report 1\nadapter hvnet0\nend\n");
  changed();
  EXPECT_EQ(source_->interfaces()[0].link.name, "lan7");
  EXPECT_EQ(source_->partialError(), bootLog().string() + ":1: \"into\" is in the place of \"to\"");
}

TEST_F(ReportSourceTest, NeedsTheBootLogThatItWasTold) {
  const auto missing = ReportSource::open({file(), bootLog()}, now_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text, bootLog().string() + ": no such file");
  writeInPlace(bootLog(), "\nhvnet0 at hv0 relid x\n");
  const auto bad = ReportSource::open({file(), bootLog()}, now_);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text, bootLog().string() + ":2: \"x\" is not a relid (0 to 4294967295)");
}

}  // namespace
}  // namespace hvnet
