#include "ifmap/map_keeper.h"

#include <gtest/gtest.h>

#include <chrono>
#include "fakes.h"

namespace hvnet {
namespace {

using std::chrono::seconds;

class MapKeeperTest : public testing::Test {
 protected:
  static Candidate lan(int kernel_index) {
    Candidate out;
    out.kernel_index = KernelIndex{kernel_index};
    out.adapter = true;
    out.mac = test::macOf(static_cast<std::uint8_t>(kernel_index));
    out.name = "lan" + std::to_string(kernel_index);
    return out;
  }
  std::size_t entriesOnDisk() { return MapStore("state", files_).load()->size(); }

  TimePoint start_ = Clock::now();
  test::MemoryFiles files_;
  test::MemoryLog log_;
  MapKeeper keeper_{*IndexMap::create({}, {}), MapStore("state", files_), log_};
};

TEST_F(MapKeeperTest, SavesANewNumberBeforeAnybodyIsTold) {
  const auto numbers = keeper_.assign(std::vector{lan(5)}, start_, 0);
  EXPECT_EQ(numbers.at(0).index, IfIndex{1});
  EXPECT_EQ(entriesOnDisk(), 1U);
}

TEST_F(MapKeeperTest, DoesNotWriteWhatDidNotChange) {
  keeper_.assign(std::vector{lan(5)}, start_, 0);
  const int writes = files_.writes;
  keeper_.assign(std::vector{lan(5)}, start_ + seconds(10), 10);
  keeper_.retry(start_ + seconds(20));
  EXPECT_EQ(files_.writes, writes);
}

TEST_F(MapKeeperTest, WritesABurstOfRemovalsOnce) {
  keeper_.assign(std::vector{lan(5), lan(6), lan(7)}, start_, 0);
  const int writes = files_.writes;
  keeper_.assign(std::vector{lan(5), lan(6)}, start_ + seconds(1), 1);
  keeper_.assign(std::vector{lan(5)}, start_ + seconds(2), 2);
  EXPECT_EQ(files_.writes, writes);
  keeper_.retry(start_ + seconds(20));
  EXPECT_EQ(files_.writes, writes + 1);
  EXPECT_EQ(entriesOnDisk(), 3U) << "tombstones stay";
}

TEST_F(MapKeeperTest, ServesOnWhenTheDiskRefusesAndSavesWhenItCan) {
  files_.refusing = true;
  EXPECT_EQ(keeper_.assign(std::vector{lan(5)}, start_, 0).at(0).index, IfIndex{1});
  EXPECT_EQ(log_.count("No space left"), 1U);
  for (int second = 1; second < 50; ++second) keeper_.retry(start_ + seconds(second));
  EXPECT_EQ(log_.count("No space left"), 1U) << "once a minute, not at every try";
  EXPECT_GT(files_.writes, 5);
  for (int second = 50; second < 80; ++second) keeper_.retry(start_ + seconds(second));
  EXPECT_EQ(log_.count("No space left"), 2U);
  files_.refusing = false;
  for (int second = 80; second < 90; ++second) keeper_.retry(start_ + seconds(second));
  EXPECT_EQ(log_.count("saved again"), 1U);
  EXPECT_EQ(entriesOnDisk(), 1U);
}

TEST_F(MapKeeperTest, SavesWhatIsLeftAtTheEnd) {
  keeper_.assign(std::vector{lan(5)}, start_, 0);
  keeper_.assign({}, start_ + seconds(1), 1234);
  keeper_.flush(start_ + seconds(1));
  const auto entries = MapStore("state", files_).load();
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->at(0).gone_s, 1234);
}

TEST_F(MapKeeperTest, WithoutAStoreNothingIsWritten) {
  MapKeeper shows(*IndexMap::create({}, {}), std::nullopt, log_);
  EXPECT_EQ(shows.assign(std::vector{lan(5)}, start_, 0).at(0).index, IfIndex{1});
  shows.flush(start_);
  EXPECT_TRUE(log_.lines.empty());
}

}  // namespace
}  // namespace hvnet
