#include "base/file_layer.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

namespace hvnet {
namespace {

namespace fs = std::filesystem;

class FileLayerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hvnet-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

// Whoever leaves the fsync out is not noticed by a disk that keeps its power. Devices and /proc
// take everything but an fsync, so there its absence shows.
TEST(FileLayer, SyncsWhatItWrites) {
  const auto written = realFiles().writeSynced("/dev/null", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text, "syncing /dev/null: Invalid argument");
}

TEST(FileLayer, SyncsTheFolder) {
  const auto synced = realFiles().syncDirectory("/proc/self");
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().text, "syncing /proc/self: Invalid argument");
}

TEST_F(FileLayerTest, ReadsWhatItWrote) {
  const fs::path file = folder_ / "a" / "b" / "file";
  EXPECT_EQ(realFiles().read(file).value(), std::nullopt);
  ASSERT_TRUE(replaceFile(realFiles(), file, "one"));
  ASSERT_TRUE(replaceFile(realFiles(), file, "two"));
  EXPECT_EQ(realFiles().read(file).value(), "two");
  EXPECT_FALSE(fs::exists(folder_ / "a" / "b" / "file.new"));
}

// As a process that was killed in the middle of it leaves one.
TEST_F(FileLayerTest, KeepsNothingOfALongerTemporaryFile) {
  const fs::path file = folder_ / "file";
  std::ofstream(folder_ / "file.new") << "the longer text of an earlier process";
  ASSERT_TRUE(replaceFile(realFiles(), file, "short"));
  EXPECT_EQ(realFiles().read(file).value(), "short");
}

TEST_F(FileLayerTest, SaysThatTheDiskIsFullOrAFileIsInTheWay) {
  const auto full = realFiles().writeSynced("/dev/full", "text");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().text, "writing /dev/full: No space left on device");
  std::ofstream(folder_ / "file") << "no folder";
  const auto in_the_way = replaceFile(realFiles(), folder_ / "file" / "below", "text");
  ASSERT_FALSE(in_the_way);
  EXPECT_TRUE(in_the_way.error().text.ends_with(": Not a directory")) << in_the_way.error().text;
}

TEST_F(FileLayerTest, ReadsUpToTheLimitAndRefusesMore) {
  const fs::path file = folder_ / "file";
  std::ofstream(file) << std::string(1000, 'x');
  EXPECT_EQ(readLimited(file, 1000).value(), std::string(1000, 'x'));
  const auto more = readLimited(file, 999);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().text, file.string() + " is larger than 999 octets");
  EXPECT_EQ(readLimited(folder_ / "none", 1).value(), std::nullopt);
  EXPECT_EQ(readLimited(file / "below", 1).value(), std::nullopt);
}

TEST_F(FileLayerTest, ReadsFilesThatHaveNoSize) {
  const auto text = readLimited("/proc/self/stat", 65536);
  ASSERT_TRUE(text && *text) << "procfs says 0 octets";
  EXPECT_FALSE((*text)->empty());
}

TEST_F(FileLayerTest, IsNotHeldByAPipe) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto read = readLimited(pipe, 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, pipe.string() + " is no regular file");
}

}  // namespace
}  // namespace hvnet
