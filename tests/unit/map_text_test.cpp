#include "ifmap/map_text.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>

#include "base/file_layer.h"
#include "ifmap/free_numbers.h"

namespace hvnet {
namespace {

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
  const auto saved = parseMap(kMap, "ifindex.map");
  EXPECT_TRUE(saved) << saved.error().text;
  return saved ? saved->entries : std::vector<MapEntry>{};
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
  const std::string text = formatMap(sample(), IfIndex{300});
  EXPECT_TRUE(text.starts_with("hvnet-ifindex-map 2\n# "));
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
  const auto again = parseMap(formatMap(entries, IfIndex{700}), "ifindex.map");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(again->entries, entries);
  EXPECT_EQ(again->given_up_to, IfIndex{700});
}

TEST(MapFile, SaysWhichMachineWroteIt) {
  const std::string text = formatMap(sample(), IfIndex{300}, "3f0c1a");
  EXPECT_NE(text.find("\nmachine 3f0c1a\ngiven 300\n"), std::string::npos);
  EXPECT_EQ(parseMap(text, "m").value().machine, "3f0c1a");
  EXPECT_EQ(parseMap(formatMap(sample(), IfIndex{300}), "m").value().machine, "");
}

TEST(MapFile, RejectsAWrongMachine) {
  const auto refusal = [](const std::string& lines) {
    const auto map = parseMap("hvnet-ifindex-map 2\n" + lines + "given 255\nend 0\n", "m");
    return map ? "(taken)" : map.error().text;
  };
  const std::string what_to_do = "; correct the line or start with --rebuild-map";
  for (const char* line : {"machine\n", "machine a b\n", "machine %zz\n"}) {
    EXPECT_EQ(refusal(line), "m:2: \"machine\" is not followed by one machine id" + what_to_do);
  }
  EXPECT_EQ(
      refusal("machine a\nmachine a\n"),
      "m:3: there is a \"machine\" line already; remove one line or start with --rebuild-map");
}

TEST(MapFile, ReadsBackEveryBus) {
  for (const Bus bus : {Bus::kVmbus, Bus::kXen, Bus::kPci, Bus::kVirtioMmio, Bus::kOther}) {
    auto entries = sample();
    entries[1].position = BusPosition{bus, 7};
    EXPECT_EQ(parseMap(formatMap(entries, kNoneGiven), "m").value().entries, entries);
  }
}

TEST(MapFile, ReadsAnEmptyMap) {
  EXPECT_TRUE(parseMap(formatMap({}, kNoneGiven), "ifindex.map").value().entries.empty());
}

TEST(MapFile, SortsLinesThatAPersonPutInAnotherOrder) {
  const auto entries = parseMap("hvnet-ifindex-map 1\n7 retired\n  3\tretired \nend 2\n", "m");
  ASSERT_TRUE(entries) << entries.error().text;
  EXPECT_EQ(entries->entries.front().index, IfIndex{3});
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
  EXPECT_TRUE(other.error().text.starts_with("ifindex.map:1: the file does not start with"));
  const auto version = parseMap("hvnet-ifindex-map 3\nend 0\n", "ifindex.map");
  ASSERT_FALSE(version);
  EXPECT_TRUE(version.error().text.starts_with("ifindex.map:1: version \"3\""));
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

TEST(MapFile, ReadsVersion1WithoutAMarkAndVersion2WithOne) {
  EXPECT_EQ(parseMap("hvnet-ifindex-map 1\nend 0\n", "m")->given_up_to, std::nullopt);
  EXPECT_EQ(parseMap("hvnet-ifindex-map 2\ngiven 300\nend 0\n", "m")->given_up_to, IfIndex{300});
  EXPECT_EQ(parseMap("hvnet-ifindex-map 2\n256 retired\ngiven 255\nend 1\n", "m")->given_up_to,
            kNoneGiven)
      << "wherever a person moved the line";
}

TEST(MapFile, ReadsTheMapOfVersion010) {
  const std::filesystem::path file =
      std::filesystem::path(HVNET_FIXTURES) / "state-0.1.0/ifindex.map";
  const auto text = realFiles().read(file);
  ASSERT_TRUE(text && *text) << file;
  const auto map = parseMap(**text, "ifindex.map");
  ASSERT_TRUE(map) << map.error().text;
  EXPECT_EQ(map->given_up_to, std::nullopt);
  std::vector<std::string> names;
  for (const MapEntry& entry : map->entries) {
    names.push_back(numberText(entry.index) + " " + entry.name + (entry.gone_s ? " gone" : ""));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"ifIndex 1 lan0", "ifIndex 2 lan1",
                                             "ifIndex 3 lan2 gone", "ifIndex 256 lo",
                                             "ifIndex 257 mgmt0", "ifIndex 258 veth-gone gone"}));
}

TEST(MapFile, RejectsAMissingOrWrongMark) {
  const auto error = [](const std::string& lines) {
    const auto map = parseMap("hvnet-ifindex-map 2\n" + lines, "ifindex.map");
    return map ? "no error" : map.error().text;
  };
  EXPECT_EQ(
      error("end 0\n"),
      "ifindex.map:2: there is no \"given\" line; restore the file from a backup or start with "
      "--rebuild-map");
  EXPECT_TRUE(error("given 300\ngiven 300\nend 0\n").starts_with("ifindex.map:3: there is a"));
  for (const char* mark : {"254", "2147483648", "-1", "x", "", "300 301"}) {
    EXPECT_TRUE(error("given " + std::string(mark) + "\nend 0\n")
                    .starts_with("ifindex.map:2: \"given\" is not followed by one number"))
        << mark;
  }
  EXPECT_NE(errorOf("given 300\nend 0\n"), "no error") << "version 1 has none";
}

TEST(MapFile, NamesALineThatStandsTwiceBeforeTheCountThatIsWrongForIt) {
  EXPECT_TRUE(errorOf("256 link veth a\n256 link veth a\nend 1\n")
                  .starts_with("ifindex.map:3: index 256 given twice (a, a)"));
}

TEST(MapFile, NamesTheFirstLineThatSaysSomethingTwice) {
  EXPECT_TRUE(errorOf("900 link veth b\n256 link veth a\n300 link veth a\n900 retired\nend 4\n")
                  .starts_with("ifindex.map:4: veth a has two numbers (256, 300)"));
}

// As many lines as a map of 0.1.0 could have, most of them of interfaces long gone.
TEST(MapFile, ReadsTwoHundredThousandTombstonesAndKeepsTheNewest) {
  std::string text = "hvnet-ifindex-map 1\n1 mac 00:15:5d:01:02:03 name lan0 gone 1\n";
  constexpr std::uint32_t kLines = 200000;
  for (std::uint32_t n = 0; n < kLines; ++n) {
    text += std::to_string(256 + n) + " link veth veth" + std::to_string(n) + " gone " +
            std::to_string(1000 + n) + "\n";
  }
  const auto map = parseMap(text + "end 200001\n", "ifindex.map");
  ASSERT_TRUE(map) << map.error().text;
  EXPECT_EQ(map->entries.size(), kKeptTombstones + 1);
  EXPECT_EQ(map->entries.front().index, IfIndex{1}) << "the adapter";
  EXPECT_EQ(map->entries.back().index, IfIndex{255 + kLines});
  EXPECT_EQ(map->forgotten.count, kLines - kKeptTombstones);
  EXPECT_EQ(map->last_forgotten, IfIndex{255 + kLines - kKeptTombstones});
  const auto twice = parseMap(text + "256 retired\nend 200002\n", "ifindex.map");
  ASSERT_FALSE(twice) << "also of a line that is not kept";
  EXPECT_TRUE(twice.error().text.starts_with("ifindex.map:200003: index 256 given twice"));
}

// The oldest one has the highest number and is forgotten first, long before the end of the file.
TEST(MapFile, TellsTheHighestNumberThatItHasForgottenWheneverThatWas) {
  constexpr IfIndex kHighest{1'000'000};
  constexpr std::uint32_t kLines = 40000;
  std::string text = "hvnet-ifindex-map 1\n1000000 link veth oldest gone 1\n";
  for (std::uint32_t n = 0; n < kLines; ++n) {
    text += std::to_string(256 + n) + " link veth veth" + std::to_string(n) + " gone " +
            std::to_string(1000 + n) + "\n";
  }
  const auto map = parseMap(text + "end 40001\n", "ifindex.map");
  ASSERT_TRUE(map) << map.error().text;
  EXPECT_EQ(map->last_forgotten, kHighest);
}

TEST(MapFile, KeepsNoMoreLinesWithoutADateThanAnyMachineHasInterfaces) {
  std::string text = "hvnet-ifindex-map 1\n";
  constexpr std::uint32_t kLines = 200000;
  for (std::uint32_t n = 0; n < kLines; ++n) {
    text += std::to_string(256 + n) + " link veth veth" + std::to_string(n) + "\n";
  }
  const auto map = parseMap(text + "end 200000\n", "ifindex.map");
  ASSERT_TRUE(map) << map.error().text;
  EXPECT_EQ(map->entries.size(), kKeptUnseen);
  EXPECT_EQ(map->entries.back().index, IfIndex{255 + kLines});
  EXPECT_EQ(map->last_forgotten, IfIndex{255 + kLines - kKeptUnseen});
}

// Sanitizers have memory of their own.
#ifndef HVNET_SANITIZED
// Its most memory so far, in KiB.
long mostMemory() {
  rusage usage{};
  EXPECT_EQ(::getrusage(RUSAGE_SELF, &usage), 0);
  return usage.ru_maxrss;
}

TEST(MapFile, NeedsLittleMemoryForAHugeMap) {
  std::string text = "hvnet-ifindex-map 1\n";
  constexpr std::uint32_t kLines = 200'000;
  for (std::uint32_t n = 0; n < kLines; ++n) {
    text += std::to_string(256 + n) + " link veth veth" + std::to_string(n) + " gone 1\n";
  }
  text += "end 200000\n";
  const auto read_in_a_child = [&text] {
    const long before = mostMemory();
    const bool whole = parseMap(text, "ifindex.map").has_value();
    constexpr long kMost = 32L * 1024;  // the entries alone would be 60 MiB
    ::_exit(whole && mostMemory() - before < kMost ? 0 : 1);
  };
  // This process may have needed much before.
  EXPECT_EXIT(read_in_a_child(), testing::ExitedWithCode(0), "");
}
#endif

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
    const auto again = parseMap(formatMap(entries->entries, kNoneGiven), "ifindex.map");
    ASSERT_TRUE(again) << again.error().text << "\n" << text;
    ASSERT_EQ(again->entries, entries->entries) << text;
  }
  EXPECT_GT(parsed, 0U);
}

}  // namespace
}  // namespace hvnet
