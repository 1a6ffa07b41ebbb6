#include "options.h"

#include <gtest/gtest.h>

#include <vector>

namespace hvnet {
namespace {

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hvnet-subagent");
  return parseOptions(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, JoinAMasterByDefault) {
  const ParsedOptions parsed = parse({});
  EXPECT_FALSE(parsed.exit_status);
  EXPECT_FALSE(parsed.options.standalone);
  EXPECT_FALSE(parsed.options.agentx);
  EXPECT_EQ(parsed.options.action, Action::kServe);
  EXPECT_EQ(parsed.options.state_folder, "/var/lib/hvnet-subagent");
}

TEST(Options, ListenOnLoopbackUnlessToldWhere) {
  EXPECT_EQ(parse({"--standalone"}).options.standalone, "udp:127.0.0.1:1161");
  EXPECT_EQ(parse({"--standalone", "udp:127.0.0.1:9"}).options.standalone, "udp:127.0.0.1:9");
  EXPECT_EQ(parse({"--standalone", "--log", "debug"}).options.standalone, "udp:127.0.0.1:1161");
}

TEST(Options, TakeWhatTheyAreGiven) {
  const Options options =
      parse({"-c", "a.conf", "--state", "s", "--agentx", "unix:/x", "--log", "error"}).options;
  EXPECT_EQ(options.config_file, "a.conf");
  EXPECT_EQ(options.state_folder, std::filesystem::current_path() / "s");
  EXPECT_EQ(options.agentx, "unix:/x");
  EXPECT_EQ(options.log_level, LogLevel::kError);
}

TEST(Options, NameTheStateFolderFromTheRootOn) {
  const std::filesystem::path here = std::filesystem::current_path();
  EXPECT_EQ(parse({"--state", "a/../b"}).options.state_folder, here / "b");
  EXPECT_EQ(parse({"--state", "./b"}).options.state_folder, here / "b");
  EXPECT_EQ(parse({"--state", "/var/lib/x"}).options.state_folder, "/var/lib/x");
}

TEST(Options, ReadLinuxUnlessToldOfAReport) {
  EXPECT_EQ(parse({}).options.source.kind->word, "linux");
  EXPECT_EQ(parse({"--source", "linux"}).options.source.kind->word, "linux");
  const SourceChoice report = parse({"--source", "report:/run/a:b"}).options.source;
  EXPECT_EQ(report.kind->word, "report");
  EXPECT_EQ(report.argument, "/run/a:b");
}

TEST(Options, RefuseASourceThatIsNone) {
  for (const auto* bad : {"", "Linux", "linux:", "linux:a", "report", "report:", "file:/run/a"}) {
    EXPECT_NE(parse({"--source", bad}).exit_status.value_or(0), 0) << bad;
  }
}

TEST(Options, RefuseWhatDoesNotGoTogether) {
  EXPECT_NE(parse({"--standalone", "--agentx", "x"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--json"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--show", "--check"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--check", "everything"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--show", "--rebuild-map"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--nonsense"}).exit_status.value_or(0), 0);
  EXPECT_NE(parse({"--log", "loud"}).exit_status.value_or(0), 0);
}

TEST(Options, ShowAndCheckAreActions) {
  EXPECT_EQ(parse({"--show", "--json"}).options.action, Action::kShow);
  EXPECT_TRUE(parse({"--show", "--json"}).options.json);
  EXPECT_EQ(parse({"--check"}).options.action, Action::kCheck);
  EXPECT_TRUE(parse({"--check"}).options.check_all);
  EXPECT_EQ(parse({"--check", "config"}).options.action, Action::kCheck);
  EXPECT_FALSE(parse({"--check", "config"}).options.check_all);
}

TEST(Options, HelpNamesEveryDirectiveAndEndsWell) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_status, 0);
  const std::string text = testing::internal::GetCapturedStdout();
  for (const auto* word : {"indexOrder", "ifIndex", "adapterDriver", "media", "nameFormat",
                           "exclude", "sampleInterval", "bootLog", "report:FILE",
                           "HVNET_SYSFS_ROOT", "HVNET_ETHTOOL_ROOT", "--rebuild-map"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace hvnet
