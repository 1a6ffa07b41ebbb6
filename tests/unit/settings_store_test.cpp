#include "snapshot/settings_store.h"

#include <gtest/gtest.h>

#include "fakes.h"
#include "snapshot/settings_file.h"

namespace hvnet {
namespace {

const std::filesystem::path kFile = "state/settings.saved";

Settings aliasOf(std::uint32_t index, std::string alias) {
  Settings out;
  out[IfIndex{index}].alias = std::move(alias);
  return out;
}

// A disk whose last step, after the rename, can fail.
class UnsyncedFiles final : public FileLayer {
 public:
  test::MemoryFiles disk;
  int syncs_that_fail = 0;

  Result<void> makeDirectory(const std::filesystem::path& path) override {
    return disk.makeDirectory(path);
  }
  Result<std::optional<std::string>> read(const std::filesystem::path& path) override {
    return disk.read(path);
  }
  Result<void> writeSynced(const std::filesystem::path& path, std::string_view text) override {
    return disk.writeSynced(path, text);
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return disk.rename(from, to);
  }
  Result<void> syncDirectory(const std::filesystem::path& path) override {
    if (syncs_that_fail-- > 0) return fail("syncing " + path.string() + ": Input/output error");
    return {};
  }
};

class SettingsStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SettingsStore> open() {
    return std::move(*SettingsStore::open(kFile, log_, files_));
  }

  test::MemoryLog log_;
  test::MemoryFiles files_;
};

TEST_F(SettingsStoreTest, StartsEmptyWithoutAFileAndMakesNone) {
  EXPECT_TRUE(open()->current()->empty());
  EXPECT_TRUE(files_.files.empty());
}

TEST_F(SettingsStoreTest, HasAfterARestartWhatWasReplaced) {
  ASSERT_TRUE(open()->replace(aliasOf(3, "uplink")));
  EXPECT_EQ(*open()->current(), aliasOf(3, "uplink"));
}

TEST_F(SettingsStoreTest, WritesNothingWhenNothingChanges) {
  const auto store = open();
  ASSERT_TRUE(store->replace(aliasOf(3, "uplink")));
  files_.refusing = true;
  const SettingsPtr before = store->current();
  EXPECT_TRUE(store->replace(aliasOf(3, "uplink")));
  EXPECT_EQ(store->current(), before);
}

TEST_F(SettingsStoreTest, StaysAsItWasWhenTheDiskRefusesAndSaysSoOnce) {
  const auto store = open();
  ASSERT_TRUE(store->replace(aliasOf(3, "uplink")));
  const auto on_disk = files_.files;
  files_.refusing = true;
  EXPECT_FALSE(store->replace(aliasOf(3, "other")));
  EXPECT_FALSE(store->replace(aliasOf(3, "another")));
  EXPECT_EQ(*store->current(), aliasOf(3, "uplink"));
  EXPECT_EQ(files_.files, on_disk);
  EXPECT_EQ(log_.count("No space left on device"), 1U);
  files_.refusing = false;
  EXPECT_TRUE(store->replace(aliasOf(3, "other")));
  EXPECT_EQ(*open()->current(), aliasOf(3, "other"));
}

TEST_F(SettingsStoreTest, PutsTheOldTextBackWhenOnlyTheLastStepFailed) {
  UnsyncedFiles files;
  const auto store = std::move(*SettingsStore::open(kFile, log_, files));
  ASSERT_TRUE(store->replace(aliasOf(3, "uplink")));
  files.syncs_that_fail = 1;
  EXPECT_FALSE(store->replace(aliasOf(3, "other")));
  EXPECT_EQ(files.disk.files[kFile], formatSettings(aliasOf(3, "uplink")));
  EXPECT_EQ(*store->current(), aliasOf(3, "uplink"));
}

TEST_F(SettingsStoreTest, DoesNotStartWithAFileThatCannotBeReadAndLeavesItAlone) {
  files_.files[kFile] = "hvnet-settings 1\nifIndex 3 rising x\nend\n";
  const auto before = files_.files;
  const auto store = SettingsStore::open(kFile, log_, files_);
  ASSERT_FALSE(store);
  EXPECT_TRUE(store.error().text.starts_with("state/settings.saved:2: rising"));
  EXPECT_EQ(files_.files, before);
}

TEST_F(SettingsStoreTest, ForgetsWhatWasSetOfNumbersThatTheMapHasForgotten) {
  Settings settings = aliasOf(3, "stays");
  settings[IfIndex{300}].alias = "goes";
  ASSERT_TRUE(open()->replace(settings));
  std::vector<MapEntry> known(2);
  known[0].index = IfIndex{1};
  known[1].index = IfIndex{3};
  const auto store = open();
  store->keepOnly(known);
  EXPECT_EQ(*store->current(), aliasOf(3, "stays"));
  EXPECT_EQ(*open()->current(), aliasOf(3, "stays"));
}

}  // namespace
}  // namespace hvnet
