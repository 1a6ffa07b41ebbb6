// The example of docs/adding-a-source.md, built from the document's own lines.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "fakes.h"
#include "source_kinds.h"
#include "sources/table/table_source.h"

namespace hvnet {
namespace {

#include "subagent/source_kinds.cpp.an-opener.inc"

constexpr std::array kRows = {
#include "subagent/source_kinds.cpp.a-row-of-kKinds.inc"
};

class ExampleSource : public testing::Test {
 protected:
  ~ExampleSource() override { std::filesystem::remove(file_); }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  Result<std::unique_ptr<Source>> open() { return kRows[0].open(file_, Config{}, log_); }

  std::string file_ = testing::TempDir() + "adding-a-source";
  test::MemoryLog log_;
};

TEST_F(ExampleSource, IsOpenedByItsRowAndReadsWhatTheDocumentSays) {
  write("lan0 100 7\nlan1 200 8\n");
  const auto source = open();
  ASSERT_TRUE(source) << source.error().text;
  EXPECT_EQ((*source)->name(), std::string(kRows[0].word) + ":" + file_);
  std::vector<Sample> samples;
  ASSERT_TRUE((*source)->sample(samples, Clock::now()));
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[1].raw.link.rx_bytes, 200U);
  EXPECT_EQ(samples[1].raw.link.rx_packets, std::nullopt);
}

TEST_F(ExampleSource, KeepsTheNumberOfAnAdapterThatWasAway) {
  write("lan0 1 1\nlan1 2 2\n");
  const auto source = open();
  ASSERT_TRUE(source) << source.error().text;
  const KernelIndex number = (*source)->interfaces()[1].link.index;
  write("lan0 1 1\n");
  EXPECT_EQ((*source)->readEvents(Clock::now()), true);
  write("lan1 3 3\nlan0 1 1\nlan2 1 1\n");
  EXPECT_EQ((*source)->readEvents(Clock::now()), true);
  ASSERT_EQ((*source)->interfaces().size(), 3U);
  EXPECT_EQ((*source)->interfaces()[1].link.index, number);
  EXPECT_EQ((*source)->interfaces()[1].link.name, "lan1");
}

TEST_F(ExampleSource, NamesTheLineThatItCannotRead) {
  write("lan0 1 1\nlan1 many 2\n");
  const auto source = open();
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().text, file_ + ":2: expected NAME RECEIVED SENT");
}

}  // namespace
}  // namespace hvnet
