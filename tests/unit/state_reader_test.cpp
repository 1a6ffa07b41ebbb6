#include "state/state_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hvnet {
namespace {

constexpr StateFormat kCounted{
    .name = "hvnet-fruit",
    .newest_version = 2,
    .replace_file = "restore the file",
    .replace_program = "install a newer program",
    .correct_line = "correct the line",
};
constexpr StateFormat kUncounted{
    .name = "hvnet-fruit",
    .end_has_count = false,
    .replace_file = "restore the file",
    .replace_program = "install a newer program",
    .correct_line = "correct the line",
};

// The first word of each line, with its number, behind the version; or the error.
std::string read(std::string_view text, const StateFormat& format = kCounted) {
  StateReader reader(format, text, "fruit.saved");
  const auto version = reader.readHeader();
  if (!version) return version.error().text;
  std::string found = "v" + std::to_string(*version);
  std::size_t entries = 0;
  while (true) {
    auto words = reader.next();
    if (!words) return words.error().text;
    if (!*words) break;
    found += " " + std::to_string(reader.lineNumber()) + ":" + std::string((*words)->next());
    ++entries;
  }
  const auto end = reader.readEnd(entries);
  return end ? found : end.error().text;
}

TEST(StateReader, GivesTheWordsOfEachLineBetweenHeaderAndEnd) {
  EXPECT_EQ(read("hvnet-fruit 1\n# comment\n\napple red\n \t# too\n pear\nend 2\n"),
            "v1 4:apple 6:pear");
  EXPECT_EQ(read("hvnet-fruit 2\nend 0\n"), "v2");
  EXPECT_EQ(read("hvnet-fruit 1\napple\nend\n", kUncounted), "v1 2:apple");
}

TEST(StateReader, RefusesAnotherFileAndSaysWhatToDo) {
  EXPECT_EQ(read("root:x:0:0\n"),
            "fruit.saved:1: the file does not start with \"hvnet-fruit 2\"; restore the file");
  EXPECT_EQ(read(""), "fruit.saved:1: the first line of the file is incomplete; restore the file");
}

TEST(StateReader, RefusesAVersionThatItDoesNotKnow) {
  for (const char* version : {"3", "0", "-1", "x", "", "1 x", "99999999999"}) {
    const std::string error = read("hvnet-fruit " + std::string(version) + "\nend 0\n");
    EXPECT_TRUE(error.starts_with("fruit.saved:1: version \"")) << error;
    EXPECT_TRUE(error.ends_with("is not known here; install a newer program")) << error;
  }
}

TEST(StateReader, RefusesEveryTruncation) {
  const std::string whole = "hvnet-fruit 1\napple\nend 1\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(read(whole.substr(0, length)).starts_with("fruit.saved:")) << length;
  }
}

TEST(StateReader, RefusesWrongNumbersAndWordsAtTheEnd) {
  EXPECT_EQ(read("hvnet-fruit 1\napple\nend 2\n"),
            "fruit.saved:3: the file has 1 entries but ends with 2; restore the lost lines or "
            "correct the number");
  for (const char* end : {"end", "end x", "end 1 1", "end -1"}) {
    EXPECT_EQ(read("hvnet-fruit 1\napple\n" + std::string(end) + "\n"),
              "fruit.saved:3: \"end\" is not followed by one number; correct the line");
  }
  EXPECT_EQ(read("hvnet-fruit 1\nend 0\n", kUncounted),
            "fruit.saved:2: there is something after \"end\"; correct the line");
}

TEST(StateReader, RefusesAnythingBehindTheEnd) {
  for (const char* more : {"\n", "x", "end 0\n"}) {
    EXPECT_EQ(read("hvnet-fruit 1\nend 0\n" + std::string(more)),
              "fruit.saved:3: there is something after the \"end\" line; restore the file");
  }
}

TEST(StateReader, RefusesLinesThatNoStateFileHas) {
  const auto error = [](const std::string& line) { return read("hvnet-fruit 1\n" + line); };
  EXPECT_EQ(error(std::string("a\0b\nend 1\n", 10)),
            "fruit.saved:2: the line has NUL octets; restore the file");
  EXPECT_EQ(error("apple\r\nend 1\r\n"),
            "fruit.saved:2: the line ends with CR LF; lines end with LF alone; correct the line");
  EXPECT_EQ(read("hvnet-fruit 1\r\nend 0\r\n"),
            "fruit.saved:1: the line ends with CR LF; lines end with LF alone; restore the file");
  EXPECT_EQ(error(std::string(4097, 'x') + "\nend 1\n"),
            "fruit.saved:2: the line is longer than 4096 octets; correct the line");
}

TEST(StateReader, ReadsALineOfTheGreatestLength) {
  const std::string longest(StateReader::kLongestLine, 'x');
  EXPECT_EQ(read("hvnet-fruit 1\n" + longest + "\nend 1\n"), "v1 2:" + longest);
}

TEST(StateReader, SaysWhatIsWrongInThisLineOrAnother) {
  StateReader reader(kCounted, "hvnet-fruit 1\napple\n", "f");
  ASSERT_TRUE(reader.readHeader());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.failHere("rotten").value().text, "f:2: rotten; correct the line");
  EXPECT_EQ(reader.failHere("rotten", "eat").value().text, "f:2: rotten; eat");
  EXPECT_EQ(reader.failAt(7, "rotten", "eat").value().text, "f:7: rotten; eat");
}

}  // namespace
}  // namespace hvnet
