#include "ifmap/map_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>

#include "fakes.h"
#include "ifmap/map_text.h"

namespace hvnet {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr IfIndex kMark{256};

std::vector<MapEntry> sample() {
  const auto saved = parseMap(
      "hvnet-ifindex-map 1\n"
      "1 guid 6f1d9b1c-0102-0304-0506-0708090a0b0c mac 00:15:5d:01:02:03 position vmbus 12 name "
      "lan0\n"
      "2 mac 52:54:00:12:34:10 position pci 768 name eth0 gone 1732233600\n"
      "256 link loopback lo\n"
      "end 3\n",
      "ifindex.map");
  EXPECT_TRUE(saved) << saved.error().text;
  return saved ? saved->entries : std::vector<MapEntry>{};
}

// Files in memory. What is not synced is lost or torn when the power fails; `fail_at` makes the
// n-th call fail, a write after half of it.
class FakeFiles final : public FileLayer {
 public:
  int calls = 0;
  int fail_at = -1;
  std::map<fs::path, std::string> files;

  Result<void> makeDirectory(const fs::path&) override { return step("mkdir"); }
  Result<std::optional<std::string>> read(const fs::path& path) override {
    if (auto ok = step("read"); !ok) return tl::unexpected(ok.error());
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return std::optional(found->second);
  }
  Result<void> writeSynced(const fs::path& path, std::string_view text) override {
    auto ok = step("write");
    files[path] = ok ? text : text.substr(0, text.size() / 2);
    return ok;
  }
  Result<void> rename(const fs::path& from, const fs::path& to) override {
    if (auto ok = step("rename"); !ok) return ok;
    files[to] = files[from];
    files.erase(from);
    return {};
  }
  Result<void> syncDirectory(const fs::path&) override { return step("sync"); }

 private:
  Result<void> step(const char* what) {
    if (calls++ == fail_at) return fail(std::string(what) + ": No space left on device");
    return {};
  }
};

TEST(MapStore, LoadsAnEmptyMapWhenThereIsNone) {
  FakeFiles files;
  test::MemoryLog log;
  EXPECT_TRUE(MapStore("/state", log, files).load().value().entries.empty());
}

TEST(MapStore, LoadsWhatItSaved) {
  FakeFiles files;
  test::MemoryLog log;
  MapStore store("/state", log, files);
  ASSERT_TRUE(store.save(sample(), kMark));
  EXPECT_EQ(store.load().value().entries, sample());
  EXPECT_EQ(files.files.size(), 1U) << "the temporary file is gone";
}

TEST(MapStore, LoadsTheOldMapOrTheNewOneWhicheverCallFails) {
  auto fresh = sample();
  fresh.pop_back();
  int failures = 0;
  for (int fail_at = 0;; ++fail_at) {
    FakeFiles files;
    test::MemoryLog log;
    MapStore store("/state", log, files);
    ASSERT_TRUE(store.save(sample(), kMark));
    files.calls = 0;
    files.fail_at = fail_at;
    const auto saved = store.save(fresh, kMark);
    files.fail_at = -1;
    const auto loaded = store.load();
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_TRUE(loaded->entries == sample() || loaded->entries == fresh);
    if (saved) {
      EXPECT_EQ(loaded->entries, fresh);
      break;
    }
    ++failures;
    EXPECT_TRUE(store.save(fresh, kMark)) << "the next try works";
    EXPECT_EQ(store.load().value().entries, fresh);
  }
  EXPECT_EQ(failures, 4) << "folder, write, rename, sync";
}

TEST(MapStore, DoesNotTakeTheTemporaryFileForAMap) {
  FakeFiles files;
  test::MemoryLog log;
  files.files["/state/ifindex.map.new"] = formatMap(sample(), kMark);
  EXPECT_TRUE(MapStore("/state", log, files).load().value().entries.empty());
}

TEST(MapStore, NamesTheFileAndTheLineOfAMapThatItCannotRead) {
  FakeFiles files;
  test::MemoryLog log;
  files.files["/state/ifindex.map"] = "hvnet-ifindex-map 1\nrubbish\nend 1\n";
  const auto loaded = MapStore("/state", log, files).load();
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().text.starts_with("/state/ifindex.map:2: ")) << loaded.error().text;
}

class RealDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hvnet-map-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path folder;
  test::MemoryLog log;
};

TEST_F(RealDisk, KeepsTheMapInAFolderThatItMakes) {
  MapStore store(folder / "a" / "b", log);
  EXPECT_TRUE(store.load().value().entries.empty());
  const auto saved = store.save(sample(), kMark);
  ASSERT_TRUE(saved) << saved.error().text;
  ASSERT_TRUE(store.save(sample(), kMark)) << "and over itself";
  EXPECT_EQ(store.load().value().entries, sample());
  EXPECT_FALSE(fs::exists(folder / "a" / "b" / "ifindex.map.new"));
}

TEST_F(RealDisk, SaysWhichPathAndWhyWhenItCannotSave) {
  std::ofstream(folder / "file") << "x";
  const auto saved = MapStore(folder / "file", log).save(sample(), kMark);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().text,
            "creating the folder " + (folder / "file").string() + ": Not a directory");
}

// The kernel itself cuts every write short at the limit: the disk is full there.
class LimitedFileSize {
 public:
  explicit LimitedFileSize(rlim_t octets) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{octets, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~LimitedFileSize() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  LimitedFileSize(const LimitedFileSize&) = delete;
  LimitedFileSize& operator=(const LimitedFileSize&) = delete;

 private:
  rlimit before_{};
};

TEST_F(RealDisk, KeepsTheOldMapWhereverTheDiskFillsUp) {
  MapStore store(folder, log);
  ASSERT_TRUE(store.save(sample(), kMark));
  auto fresh = sample();
  fresh.front().name = "renamed";
  const std::size_t size = formatMap(fresh, kMark).size();
  for (std::size_t room = 0; room < size; ++room) {
    const Result<void> saved = [&] {
      const LimitedFileSize limit(room);
      return store.save(fresh, kMark);
    }();
    ASSERT_FALSE(saved) << room;
    ASSERT_EQ(store.load().value().entries, sample()) << room;
  }
  ASSERT_TRUE(store.save(fresh, kMark)) << "as soon as there is room";
  EXPECT_EQ(store.load().value().entries, fresh);
}

TEST_F(RealDisk, DoesNotTakeAnUnreadableMapForNone) {
  fs::create_directories(folder / "ifindex.map");
  const auto loaded = MapStore(folder, log).load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text,
            "reading " + (folder / "ifindex.map").string() + ": Is a directory");
}

// --- MapKeeper --------------------------------------------------------------------------------

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
  static Candidate veth(int number) {
    Candidate out;
    out.kernel_index = KernelIndex{1000 + number};
    out.kind = "veth";
    out.name = "veth" + std::to_string(number);
    return out;
  }
  std::uint32_t markOnDisk() {
    const std::string& text = files_.files[MapStore::fileIn("state")];
    return static_cast<std::uint32_t>(std::stoul(text.substr(text.find("\ngiven ") + 7)));
  }
  std::size_t entriesOnDisk() { return MapStore("state", log_, files_).load()->entries.size(); }

  TimePoint start_ = Clock::now();
  test::MemoryFiles files_;
  test::MemoryLog log_;
  MapKeeper keeper_{*IndexMap::create({}, {}), MapStore("state", log_, files_), log_};
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

TEST_F(MapKeeperTest, AsksADiskThatRefusesNotAtEachNewName) {
  files_.refusing = true;
  for (int n = 0; n < 100; ++n) keeper_.assign(std::vector{veth(n)}, start_, 0);
  EXPECT_EQ(files_.writes, 1);
}

// A writer that makes up names must not cost the disk a whole file for each of them.
TEST_F(MapKeeperTest, WritesABurstOfNewNamesInFewFilesAndGivesNoNumberTwiceAfterACrash) {
  constexpr int kNames = 3000;
  std::uint32_t last = 0;
  for (int n = 0; n < kNames; ++n) {
    const auto numbers = keeper_.assign(std::vector{veth(n)}, start_, 0);
    last = static_cast<std::uint32_t>(numbers.at(0).index);
    ASSERT_EQ(last, 256U + static_cast<std::uint32_t>(n));
    ASSERT_GE(markOnDisk(), last) << "what a crash would leave";
  }
  EXPECT_LE(files_.writes, MapKeeper::kSavesAtOnce + kNames / 1024 + 1);
  MapKeeper restarted(*IndexMap::create(*MapStore("state", log_, files_).load(), {}),
                      MapStore("state", log_, files_), log_);
  const auto next = restarted.assign(std::vector{veth(kNames)}, start_, 0);
  EXPECT_GT(static_cast<std::uint32_t>(next.at(0).index), last);
}

TEST_F(MapKeeperTest, HasTheExactMarkOnDiskAgainWhenTheBurstIsOver) {
  for (int n = 0; n < 100; ++n) keeper_.assign(std::vector{veth(n)}, start_, 0);
  EXPECT_GT(MapStore("state", log_, files_).load()->given_up_to, IfIndex{355});
  for (int second = 1; second < 20; ++second) keeper_.retry(start_ + seconds(second));
  const auto saved = MapStore("state", log_, files_).load();
  EXPECT_EQ(saved->given_up_to, IfIndex{355});
  EXPECT_EQ(saved->entries.size(), 100U);
  const int writes = files_.writes;
  for (int second = 20; second < 60; ++second) keeper_.retry(start_ + seconds(second));
  EXPECT_EQ(files_.writes, writes);
}

TEST_F(MapKeeperTest, SavesAnAdaptersNumberFirstAlsoInABurst) {
  for (int n = 0; n < 100; ++n) keeper_.assign(std::vector{veth(n)}, start_, 0);
  keeper_.assign(std::vector{lan(5)}, start_, 0);
  const auto saved = MapStore("state", log_, files_).load();
  EXPECT_EQ(saved->entries.front().index, IfIndex{1});
}

TEST_F(MapKeeperTest, SaysWhatIsForgottenOnceAMinute) {
  for (int n = 0; n < 4096 + 50; ++n) keeper_.assign(std::vector{veth(n)}, start_, n);
  EXPECT_EQ(log_.count("has forgotten"), 1U);
  keeper_.retry(start_ + seconds(59));
  EXPECT_EQ(log_.count("has forgotten"), 1U);
  keeper_.retry(start_ + seconds(60));
  EXPECT_EQ(log_.count("the index map has forgotten 48 interfaces that were gone the longest: "
                       "ifIndex 257 (veth veth1), ifIndex 258 (veth veth2), ifIndex 259 (veth "
                       "veth3) and others; their numbers are not given again"),
            1U);
}

TEST_F(MapKeeperTest, SaysThatNoNumberIsLeftOnce) {
  MapKeeper last(*IndexMap::create({.given_up_to = kLastIndex}, {}),
                 MapStore("state", log_, files_), log_);
  EXPECT_TRUE(last.assign(std::vector{veth(1)}, start_, 0).empty());
  EXPECT_TRUE(last.assign(std::vector{veth(1)}, start_, 0).empty());
  EXPECT_EQ(log_.count("no ifIndex is left for \"veth1\""), 1U);
}

TEST_F(MapKeeperTest, SavesWhatIsLeftAtTheEnd) {
  keeper_.assign(std::vector{lan(5)}, start_, 0);
  keeper_.assign({}, start_ + seconds(1), 1234);
  keeper_.flush(start_ + seconds(1));
  const auto entries = MapStore("state", log_, files_).load();
  ASSERT_EQ(entries->entries.size(), 1U);
  EXPECT_EQ(entries->entries.at(0).gone_s, 1234);
}

TEST_F(MapKeeperTest, HasTheExactMarkOnDiskWhereverABurstEnds) {
  for (int names = 1; names <= 40; ++names) {
    test::MemoryFiles files;
    MapKeeper keeper(*IndexMap::create({}, {}), MapStore("state", log_, files), log_);
    for (int n = 0; n < names; ++n) keeper.assign(std::vector{veth(n)}, start_, 0);
    keeper.flush(start_);
    const auto last = IfIndex{static_cast<std::uint32_t>(255 + names)};
    EXPECT_EQ(MapStore("state", log_, files).load()->given_up_to, last);
  }
}

TEST_F(MapKeeperTest, WithoutAStoreNothingIsWritten) {
  MapKeeper shows(*IndexMap::create({}, {}), std::nullopt, log_);
  EXPECT_EQ(shows.assign(std::vector{lan(5)}, start_, 0).at(0).index, IfIndex{1});
  shows.flush(start_);
  EXPECT_TRUE(log_.lines.empty());
}

}  // namespace
}  // namespace hvnet
