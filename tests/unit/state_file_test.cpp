#include "state/state_file.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace hvnet {
namespace {

const std::filesystem::path kPath = "state/fruit.saved";

class StateFileTest : public testing::Test {
 protected:
  test::MemoryLog log_;
  test::MemoryFiles files_;
  StateFile file_{kPath, "there will be none", log_, files_};
};

TEST_F(StateFileTest, LoadsNothingWhenThereIsNoneAndThenWhatWasSaved) {
  EXPECT_EQ(file_.load().value(), std::nullopt);
  ASSERT_TRUE(file_.save("apple"));
  EXPECT_EQ(file_.load().value(), "apple");
  EXPECT_EQ(files_.files.size(), 1U) << "no temporary file stays";
}

TEST_F(StateFileTest, SaysAFailureOnceAndWhenItIsOver) {
  files_.refusing = true;
  EXPECT_FALSE(file_.save("apple"));
  EXPECT_FALSE(file_.save("apple"));
  EXPECT_TRUE(file_.failing());
  EXPECT_EQ(log_.count("No space left on device; there will be none"), 1U);
  file_.sayAgain();
  EXPECT_FALSE(file_.save("apple"));
  EXPECT_EQ(log_.count("No space left on device; there will be none"), 2U);
  files_.refusing = false;
  EXPECT_TRUE(file_.save("apple"));
  EXPECT_TRUE(file_.save("pear"));
  EXPECT_FALSE(file_.failing());
  EXPECT_EQ(log_.count("state/fruit.saved is saved again"), 1U);
  files_.refusing = true;
  EXPECT_FALSE(file_.save("apple"));
  EXPECT_EQ(log_.count("No space left on device"), 3U) << "a new failure";
}

TEST_F(StateFileTest, MovesTheFileToAFreeNameWhateverIsInIt) {
  EXPECT_EQ(setAsideFile(kPath, files_).value(), std::nullopt);
  files_.files[kPath] = "rotten";
  files_.files["state/fruit.saved.old-1"] = "older";
  EXPECT_EQ(setAsideFile(kPath, files_).value(), "state/fruit.saved.old-2");
  EXPECT_EQ(files_.files["state/fruit.saved.old-1"], "older");
  EXPECT_EQ(files_.files["state/fruit.saved.old-2"], "rotten");
  EXPECT_EQ(files_.synced, std::vector<std::filesystem::path>{"state"});
  EXPECT_EQ(setAsideFile(kPath, files_).value(), std::nullopt) << "there is none any more";
}

TEST_F(StateFileTest, TakesNoNameOfAFileThatCannotBeRead) {
  files_.files[kPath] = "rotten";
  files_.files["state/fruit.saved.old-1"] = "older";
  files_.unreadable = "state/fruit.saved.old-1";
  EXPECT_EQ(setAsideFile(kPath, files_).value(), "state/fruit.saved.old-2");
  EXPECT_EQ(files_.files["state/fruit.saved.old-1"], "older");
}

TEST_F(StateFileTest, MovesEvenAFileThatCannotBeRead) {
  files_.files[kPath] = "rotten";
  files_.unreadable = kPath;
  EXPECT_EQ(setAsideFile(kPath, files_).value(), "state/fruit.saved.old-1");
}

}  // namespace
}  // namespace hvnet
