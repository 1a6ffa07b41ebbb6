#include "ifmap/map_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <map>
#include <random>

namespace hvnet {
namespace {

namespace fs = std::filesystem;

const char* const kMap =
    "hvnet-ifindex-map 1\n"
    "# a comment, and a blank line\n"
    "\n"
    "1 guid 6f1d9b1c-0102-0304-0506-0708090a0b0c mac 00:15:5d:01:02:03 position vmbus 12 name "
    "lan0\n"
    "2 mac 52:54:00:12:34:10 position pci 768 name eth0 gone 1732233600\n"
    "256 link loopback lo\n"
    "257 link veth a%20b gone 1732233601\n"
    "258 retired\n"
    "end 5\n";

std::vector<MapEntry> sample() {
  const auto entries = parseMap(kMap, "ifindex.map");
  EXPECT_TRUE(entries) << entries.error().text;
  return entries.value_or(std::vector<MapEntry>{});
}

// The error of a map whose lines after the header are these.
std::string errorOf(const std::string& lines) {
  const auto entries = parseMap("hvnet-ifindex-map 1\n" + lines, "ifindex.map");
  return entries ? "no error" : entries.error().text;
}

TEST(MapFile, ReadsEverySortOfEntry) {
  const auto entries = sample();
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_TRUE(std::holds_alternative<GuidIdentity>(entries[0].identity));
  EXPECT_EQ(toText(entries[0].mac), "00:15:5d:01:02:03");
  EXPECT_EQ(entries[0].position, (BusPosition{Bus::kVmbus, 12}));
  EXPECT_EQ(entries[0].name, "lan0");
  EXPECT_FALSE(entries[0].gone_s);
  EXPECT_EQ(entries[1].identity, Identity(MacIdentity{entries[1].mac}));
  EXPECT_EQ(entries[1].gone_s, 1732233600);
  EXPECT_EQ(entries[2].identity, Identity(NameIdentity{"loopback", "lo"}));
  EXPECT_EQ(entries[3].identity, Identity(NameIdentity{"veth", "a b"}));
  EXPECT_EQ(entries[3].name, "a b");
  EXPECT_EQ(entries[4].index, IfIndex{258});
  EXPECT_EQ(entries[4].identity, Identity(RetiredIdentity{}));
}

TEST(MapFile, WritesOneReadableLineAnEntryBetweenHeaderAndEnd) {
  const std::string text = formatMap(sample());
  EXPECT_TRUE(text.starts_with("hvnet-ifindex-map 1\n# "));
  EXPECT_NE(text.find("\n2 mac 52:54:00:12:34:10 position pci 768 name eth0 gone 1732233600\n"
                      "256 link loopback lo\n257 link veth a%20b gone 1732233601\n258 retired\n"),
            std::string::npos);
  EXPECT_TRUE(text.ends_with("\nend 5\n"));
}

TEST(MapFile, ReadsBackExactlyWhatItWrote) {
  auto entries = sample();
  MapEntry odd;
  odd.index = IfIndex{2147483647};
  odd.identity = NameIdentity{"", std::string("\0\n%\xff #", 6)};
  odd.name = std::string("\0\n%\xff #", 6);
  odd.mac = HwAddress(32, 0xfe);
  odd.position = BusPosition{Bus::kVirtioMmio, ~std::uint64_t{0}};
  odd.gone_s = -5;
  entries.push_back(odd);
  const auto again = parseMap(formatMap(entries), "ifindex.map");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(*again, entries);
}

TEST(MapFile, ReadsBackEveryBus) {
  for (const Bus bus : {Bus::kVmbus, Bus::kXen, Bus::kPci, Bus::kVirtioMmio, Bus::kOther}) {
    auto entries = sample();
    entries[1].position = BusPosition{bus, 7};
    EXPECT_EQ(parseMap(formatMap(entries), "m").value(), entries);
  }
}

TEST(MapFile, ReadsAnEmptyMap) {
  EXPECT_TRUE(parseMap(formatMap({}), "ifindex.map").value().empty());
}

TEST(MapFile, SortsLinesThatAPersonPutInAnotherOrder) {
  const auto entries = parseMap("hvnet-ifindex-map 1\n7 retired\n  3\tretired \nend 2\n", "m");
  ASSERT_TRUE(entries) << entries.error().text;
  EXPECT_EQ(entries->front().index, IfIndex{3});
}

TEST(MapFile, RejectsEveryTruncation) {
  const std::string whole = kMap;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto entries = parseMap(whole.substr(0, length), "ifindex.map");
    ASSERT_FALSE(entries) << "cut after " << length << " octets";
    EXPECT_TRUE(entries.error().text.starts_with("ifindex.map:")) << entries.error().text;
  }
}

TEST(MapFile, RejectsAFileWithALineLost) {
  EXPECT_EQ(errorOf("1 retired\nend 2\n"),
            "ifindex.map:3: the file has 1 entries but ends with 2; restore the lost lines or "
            "correct the number");
}

TEST(MapFile, RejectsAnythingAfterTheEnd) {
  EXPECT_TRUE(errorOf("end 0\n\n").starts_with("ifindex.map:3: there is something after"));
  EXPECT_TRUE(errorOf("end 0\nx").starts_with("ifindex.map:3: there is something after"));
}

TEST(MapFile, RejectsAnotherFileAndAnotherVersion) {
  const auto other = parseMap("root:x:0:0:root\n", "ifindex.map");
  ASSERT_FALSE(other);
  EXPECT_TRUE(other.error().text.starts_with("ifindex.map:1: the file is no ifIndex map"));
  const auto version = parseMap("hvnet-ifindex-map 2\nend 0\n", "ifindex.map");
  ASSERT_FALSE(version);
  EXPECT_TRUE(version.error().text.starts_with("ifindex.map:1: version \"2\""));
  EXPECT_FALSE(parseMap("hvnet-ifindex-map 1 x\nend 0\n", "ifindex.map"));
}

TEST(MapFile, RejectsANumberThatIsNoIfIndex) {
  for (const char* number : {"0", "-1", "2147483648", "99999999999999999999", "1x", "x", "+1"}) {
    EXPECT_TRUE(errorOf(std::string(number) + " retired\nend 1\n").starts_with("ifindex.map:2: \""))
        << number;
  }
}

TEST(MapFile, NamesBothWhenANumberIsGivenTwice) {
  EXPECT_EQ(
      errorOf("3 mac 00:15:5d:01:02:03 name lan0\n3 mac 00:15:5d:01:02:04 name lan2\nend 2\n"),
      "ifindex.map:3: index 3 given twice (lan0, lan2); remove one line or start with "
      "--rebuild-map");
}

TEST(MapFile, RejectsAnIdentityWithTwoNumbers) {
  EXPECT_EQ(errorOf("256 link veth a\n257 link veth a\nend 2\n"),
            "ifindex.map:3: veth a has two numbers (256, 257); remove one line or start with "
            "--rebuild-map");
  EXPECT_NE(errorOf("1 guid 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
                    "2 guid 6f1d9b1c-0102-0304-0506-0708090a0b0c\nend 2\n"),
            "no error");
  EXPECT_NE(errorOf("1 mac 00:15:5d:01:02:03 name a\n2 mac 00:15:5d:01:02:03 name a\nend 2\n"),
            "no error");
}

TEST(MapFile, LetsOneMacStandTwiceWhenSomethingTellsThemApart) {
  EXPECT_EQ(errorOf("1 mac 00:15:5d:01:02:03 position pci 1 name a\n"
                    "2 mac 00:15:5d:01:02:03 position pci 2 name a\nend 2\n"),
            "no error");
  EXPECT_EQ(errorOf("1 mac 00:15:5d:01:02:03 name a\n2 mac 00:15:5d:01:02:03 name b\nend 2\n"),
            "no error");
  EXPECT_EQ(errorOf("1 mac 00:15:5d:01:02:03 name a gone 5\n2 mac 00:15:5d:01:02:03 name a\n"
                    "end 2\n"),
            "no error");
}

TEST(MapFile, RejectsUnknownMissingAndExtraWords) {
  for (const char* line : {"1",
                           "1 gid x",
                           "1 guid",
                           "1 guid 6f1d",
                           "1 mac",
                           "1 mac 00:15:5d:01:02:0",
                           "1 mac 00:",
                           "1 mac 0015",
                           "1 mac 00:15:5d:01:02:03 mac 00:15:5d:01:02:03",
                           "1 link",
                           "1 link veth",
                           "1 link veth a%2",
                           "1 link veth a%zz",
                           "1 link veth \xc3\xa4",
                           "1 link veth a name b",
                           "1 link veth a position",
                           "1 link veth a position vmbus",
                           "1 link veth a position usb 1",
                           "1 link veth a position pci -1",
                           "1 link veth a gone",
                           "1 link veth a gone 1.5",
                           "1 link veth a gone 1 gone 2",
                           "1 link veth a gone 1 position pci 1",
                           "1 retired gone 1",
                           "1 link veth a\r",
                           "end",
                           "end x",
                           "end 0 0",
                           "End 0"}) {
    EXPECT_TRUE(errorOf(std::string(line) + "\nend 1\n").starts_with("ifindex.map:2: ")) << line;
  }
}

TEST(MapFile, RejectsNulOctetsAndEndlessLines) {
  EXPECT_TRUE(errorOf(std::string("# \0\nend 0\n", 10)).starts_with("ifindex.map:2: the line has"));
  EXPECT_TRUE(errorOf("#" + std::string(4096, 'x') + "\nend 0\n")
                  .starts_with("ifindex.map:2: the line is longer"));
}

TEST(MapFile, KeepsMessagesToOneShortLineOfPlainLetters) {
  const std::string error = errorOf("1 link \x1b[31m" + std::string(3000, '\x07') + "\nend 1\n");
  EXPECT_LT(error.size(), 400U);
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
}

std::string mutate(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (std::size_t n = 1 + below(4); n > 0 && !text.empty(); --n) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, 1 + below(20));
        break;
      case 2:
        text.insert(at, 1 + below(3), static_cast<char>(below(256)));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(60)));
        break;
      default:
        text[at] = "0123456789 %:\n#"[below(15)];
        break;
    }
  }
  return text;
}

TEST(MapFile, SurvivesAnyMutation) {
  std::mt19937 random(20241122);
  std::size_t parsed = 0;
  for (int n = 0; n < 20000; ++n) {
    const std::string text = mutate(kMap, random);
    const auto entries = parseMap(text, "ifindex.map");
    if (!entries) {
      ASSERT_TRUE(entries.error().text.starts_with("ifindex.map:")) << entries.error().text;
      ASSERT_EQ(entries.error().text.find('\n'), std::string::npos);
      continue;
    }
    ++parsed;
    const auto again = parseMap(formatMap(*entries), "ifindex.map");
    ASSERT_TRUE(again) << again.error().text << "\n" << text;
    ASSERT_EQ(*again, *entries) << text;
  }
  EXPECT_GT(parsed, 0U);
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
  EXPECT_TRUE(MapStore("/state", files).load().value().empty());
}

TEST(MapStore, LoadsWhatItSaved) {
  FakeFiles files;
  MapStore store("/state", files);
  ASSERT_TRUE(store.save(sample()));
  EXPECT_EQ(store.load().value(), sample());
  EXPECT_EQ(files.files.size(), 1U) << "the temporary file is gone";
}

TEST(MapStore, LoadsTheOldMapOrTheNewOneWhicheverCallFails) {
  auto fresh = sample();
  fresh.pop_back();
  int failures = 0;
  for (int fail_at = 0;; ++fail_at) {
    FakeFiles files;
    MapStore store("/state", files);
    ASSERT_TRUE(store.save(sample()));
    files.calls = 0;
    files.fail_at = fail_at;
    const auto saved = store.save(fresh);
    files.fail_at = -1;
    const auto loaded = store.load();
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_TRUE(*loaded == sample() || *loaded == fresh);
    if (saved) {
      EXPECT_EQ(*loaded, fresh);
      break;
    }
    ++failures;
    EXPECT_TRUE(store.save(fresh)) << "the next try works";
    EXPECT_EQ(store.load().value(), fresh);
  }
  EXPECT_EQ(failures, 4) << "folder, write, rename, sync";
}

TEST(MapStore, DoesNotTakeTheTemporaryFileForAMap) {
  FakeFiles files;
  files.files["/state/ifindex.map.new"] = formatMap(sample());
  EXPECT_TRUE(MapStore("/state", files).load().value().empty());
}

TEST(MapStore, NamesTheFileAndTheLineOfAMapThatItCannotRead) {
  FakeFiles files;
  files.files["/state/ifindex.map"] = "hvnet-ifindex-map 1\nrubbish\nend 1\n";
  const auto loaded = MapStore("/state", files).load();
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().text.starts_with("/state/ifindex.map:2: ")) << loaded.error().text;
}

TEST(MapStore, SetsTheMapAsideUnderTheFirstFreeName) {
  FakeFiles files;
  files.files["/state/ifindex.map"] = "rubbish";
  files.files["/state/ifindex.map.old-1"] = "older rubbish";
  MapStore store("/state", files);
  EXPECT_EQ(store.setAside().value(), fs::path("/state/ifindex.map.old-2"));
  EXPECT_EQ(files.files["/state/ifindex.map.old-1"], "older rubbish");
  EXPECT_EQ(files.files["/state/ifindex.map.old-2"], "rubbish");
  EXPECT_TRUE(store.load().value().empty());
  EXPECT_EQ(store.setAside().value(), std::nullopt) << "there is none any more";
}

TEST(MapStore, SetsAsideEvenAMapThatCannotBeRead) {
  FakeFiles files;
  files.files["/state/ifindex.map"] = "rubbish";
  files.fail_at = 0;
  EXPECT_EQ(MapStore("/state", files).setAside().value(), fs::path("/state/ifindex.map.old-1"));
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
};

TEST_F(RealDisk, KeepsTheMapInAFolderThatItMakes) {
  MapStore store(folder / "a" / "b");
  EXPECT_TRUE(store.load().value().empty());
  const auto saved = store.save(sample());
  ASSERT_TRUE(saved) << saved.error().text;
  ASSERT_TRUE(store.save(sample())) << "and over itself";
  EXPECT_EQ(store.load().value(), sample());
  EXPECT_FALSE(fs::exists(folder / "a" / "b" / "ifindex.map.new"));
  EXPECT_EQ(store.setAside().value(), folder / "a" / "b" / "ifindex.map.old-1");
  EXPECT_TRUE(store.load().value().empty());
}

TEST_F(RealDisk, SaysWhichPathAndWhyWhenItCannotSave) {
  std::ofstream(folder / "file") << "x";
  const auto saved = MapStore(folder / "file").save(sample());
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
  MapStore store(folder);
  ASSERT_TRUE(store.save(sample()));
  auto fresh = sample();
  fresh.front().name = "renamed";
  const std::size_t size = formatMap(fresh).size();
  for (std::size_t room = 0; room < size; ++room) {
    const Result<void> saved = [&] {
      const LimitedFileSize limit(room);
      return store.save(fresh);
    }();
    ASSERT_FALSE(saved) << room;
    ASSERT_EQ(store.load().value(), sample()) << room;
  }
  ASSERT_TRUE(store.save(fresh)) << "as soon as there is room";
  EXPECT_EQ(store.load().value(), fresh);
}

TEST_F(RealDisk, DoesNotTakeAnUnreadableMapForNone) {
  fs::create_directories(folder / "ifindex.map");
  const auto loaded = MapStore(folder).load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text,
            "reading " + (folder / "ifindex.map").string() + ": Is a directory");
}

}  // namespace
}  // namespace hvnet
