#include "snapshot/settings_file.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "base/file_layer.h"

namespace hvnet {
namespace {

// The file with this one line behind its header.
Result<Settings> parsed(const std::string& line) {
  return parseSettings("hvnet-settings 1\n" + line + "\nend\n", "settings.saved");
}

Settings everything() {
  Settings out;
  out[IfIndex{1}].alias = "50 % of\nall \xff";
  out[IfIndex{1}].trap_enable = TrapEnable::kEnabled;
  out[IfIndex{1}].rising = 4294967295U;
  out[IfIndex{1}].falling = 0;
  out[IfIndex{1}].ratio = 0;
  out[IfIndex{2}].trap_enable = TrapEnable::kDisabled;
  out[IfIndex{256}].alias = std::string(64, 'x');
  return out;
}

TEST(SettingsFile, ReadsBackWhatItWrote) {
  EXPECT_EQ(parseSettings(formatSettings(everything()), "f"), everything());
  EXPECT_EQ(parseSettings(formatSettings({}), "f"), Settings{});
}

TEST(SettingsFile, ReadsTheSettingsOfVersion010) {
  const std::filesystem::path file =
      std::filesystem::path(HVNET_FIXTURES) / "state-0.1.0/settings.saved";
  const auto text = realFiles().read(file);
  ASSERT_TRUE(text && *text) << file;
  Settings expected;
  expected[IfIndex{1}].alias = "uplink north";
  expected[IfIndex{2}].trap_enable = TrapEnable::kDisabled;
  expected[IfIndex{2}].rising = 700;
  EXPECT_EQ(parseSettings(**text, "settings.saved"), expected);
}

TEST(SettingsFile, HasOneReadableLineForEachRow) {
  const std::string text = formatSettings(everything());
  EXPECT_NE(text.find("\nifIndex 1 alias 50%20%25%20of%0aall%20%ff trapEnable enabled "
                      "rising 4294967295 falling 0 ratio 0\nifIndex 2 trapEnable disabled\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.starts_with("hvnet-settings 1\n#"));
  EXPECT_TRUE(text.ends_with("\nend\n"));
}

TEST(SettingsFile, LeavesOutARowWithNothingInIt) {
  Settings nothing;
  nothing[IfIndex{1}].alias = "";
  nothing[IfIndex{2}] = {};
  EXPECT_EQ(formatSettings(nothing), formatSettings({}));
}

TEST(SettingsFile, TakesCommentsEmptyLinesAndAnyOrder) {
  const auto read = parsed("# mine\n\n \t# too\nifIndex 9 ratio 3 falling 1\nifIndex 2 alias a");
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->at(IfIndex{9}).ratio, 3U);
  EXPECT_EQ(read->at(IfIndex{9}).falling, 1U);
  EXPECT_EQ(read->at(IfIndex{2}).alias, "a");
}

struct Bad {
  const char* line;
  const char* reason;
};
constexpr std::array kBad = {
    Bad{"ifIndex 3", "there is no setting after the ifIndex"},
    Bad{"ifIndex 3 alias", "alias \"\" is not escaped text"},
    Bad{"ifIndex 3 alias %", "alias \"%25\" is not escaped text"},
    Bad{"ifIndex 3 alias %4", "is not escaped text"},
    Bad{"ifIndex 3 alias a alias b", "alias is given twice"},
    Bad{"ifIndex 3 trapEnable yes", "trapEnable \"yes\" is neither enabled nor disabled"},
    Bad{"ifIndex 3 trapEnable enabled trapEnable enabled", "trapEnable is given twice"},
    Bad{"ifIndex 3 rising 0", "rising is 0"},
    Bad{"ifIndex 3 rising ten", "rising \"ten\" is not a number"},
    Bad{"ifIndex 3 rising 4294967296", "is not a number of 32 bits"},
    Bad{"ifIndex 3 ratio -1", "ratio \"-1\" is not a number"},
    Bad{"ifIndex 3 ratio", "ratio \"\" is not a number"},
    Bad{"ifIndex 3 ratio 1 ratio 1", "ratio is given twice"},
    Bad{"ifIndex 3 falling 11 rising 10", "falling is above rising"},
    Bad{"ifIndex 3 colour red", "\"colour\" is not a setting"},
    Bad{"ifIndex 0 ratio 1", "\"0\" is not an ifIndex"},
    Bad{"ifIndex 2147483648 ratio 1", "is not an ifIndex"},
    Bad{"ifIndex x ratio 1", "\"x\" is not an ifIndex"},
    Bad{"ifindex 3 ratio 1", "\"ifindex\" is unexpected here"},
    Bad{"end of it", "there is something after \"end\""},
};

TEST(SettingsFile, RefusesEverythingElseAndSaysWhere) {
  for (const Bad& bad : kBad) {
    const auto read = parsed(bad.line);
    ASSERT_FALSE(read) << bad.line;
    EXPECT_TRUE(read.error().text.starts_with("settings.saved:2: ")) << read.error().text;
    EXPECT_NE(read.error().text.find(bad.reason), std::string::npos) << read.error().text;
    EXPECT_TRUE(read.error().text.ends_with("; correct or remove the line")) << read.error().text;
  }
  EXPECT_FALSE(parsed("ifIndex 3 alias " + std::string(65, 'x')));
  EXPECT_EQ(parsed("end").error().text,
            "settings.saved:3: there is something after the \"end\" line; restore the file from a "
            "backup or remove it");
}

TEST(SettingsFile, NamesTheLineOfASecondRowForOneNumber) {
  const auto read = parsed("ifIndex 3 ratio 1\nifIndex 3 alias b");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text,
            "settings.saved:3: ifIndex 3 already has a line; correct or remove the line");
}

TEST(SettingsFile, RefusesATornOneAndWhatIsNone) {
  const std::string whole = formatSettings(everything());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parseSettings(whole.substr(0, length), "f")) << length;
  }
  EXPECT_FALSE(parseSettings("hvnet-settings 2\nend\n", "f"));
  EXPECT_FALSE(parseSettings("hvnet-ifindex-map 1\nend 0\n", "f"));
}

}  // namespace
}  // namespace hvnet
