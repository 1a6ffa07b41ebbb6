#include "base/folder_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

namespace hvnet {
namespace {

class FolderLockTest : public testing::Test {
 protected:
  ~FolderLockTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("folder-lock-" + std::to_string(::getpid()));
};

TEST_F(FolderLockTest, IsTakenOnceAtATimeAndNamesItsHolder) {
  const auto first = FolderLock::take(folder_ / "state");
  ASSERT_TRUE(first && *first);
  const auto second = FolderLock::take(folder_ / "state");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, (folder_ / "state").string() + " is in use by process " +
                                     std::to_string(::getpid()) +
                                     "; end it, or give this one another --state");
}

TEST_F(FolderLockTest, IsFreeWhenItsHolderIsGone) {
  { ASSERT_TRUE(FolderLock::take(folder_)); }
  const auto again = FolderLock::take(folder_);
  EXPECT_TRUE(again && *again);
}

TEST_F(FolderLockTest, IsNoneWhereNothingCanBeWritten) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "file") << "no folder";
  const auto none = FolderLock::take(folder_ / "file");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

}  // namespace
}  // namespace hvnet
