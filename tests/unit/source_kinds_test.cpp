#include "source_kinds.h"

#include <gtest/gtest.h>

#include <set>

#include "fakes.h"

namespace hvnet {
namespace {

TEST(SourceKinds, EachRowCanBeNamedAndIsTheOnlyOneOfItsWord) {
  std::set<std::string_view> words;
  for (const SourceKind& kind : sourceKinds()) {
    EXPECT_TRUE(words.insert(kind.word).second) << kind.word;
    const std::string argument = kind.argument.empty() ? "" : "x:y";
    const std::string word = std::string(kind.word) + (argument.empty() ? "" : ":" + argument);
    EXPECT_EQ(parseSourceChoice(word), (SourceChoice{&kind, argument})) << word;
  }
}

TEST(SourceKinds, AreWrittenAsTheHelpShowsThem) {
  EXPECT_EQ(sourceForms("|"), "linux|report:FILE");
}

TEST(SourceKinds, OpenWhatTheyAreNamedAfter) {
  const std::string file = testing::TempDir() + "a-report-that-is-not-there";
  test::MemoryLog log;
  const auto report = parseSourceChoice("report:" + file);
  ASSERT_TRUE(report);
  const auto opened = report->kind->open(report->argument, Config{}, log);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ((*opened)->name(), "report:" + file);
  const auto kernel = SourceChoice{};
  const auto links = kernel.kind->open(kernel.argument, Config{}, log);
  ASSERT_TRUE(links) << links.error().text;
  EXPECT_EQ((*links)->name(), "linux");
  EXPECT_TRUE(log.lines.empty());
}

TEST(SourceKinds, LinuxSaysThatItReadsNoBootLog) {
  test::MemoryLog log;
  Config config;
  config.boot_log = "/nowhere";
  ASSERT_TRUE(SourceChoice{}.kind->open("", config, log));
  EXPECT_EQ(log.count("bootLog is ignored without --source report:FILE"), 1U);
}

}  // namespace
}  // namespace hvnet
