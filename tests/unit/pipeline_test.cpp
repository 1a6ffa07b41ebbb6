#include "pipeline.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "counters/counter_file.h"
#include "fakes.h"

namespace hvnet {
namespace {

namespace fs = std::filesystem;

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hvnet-state-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    options_.state_folder = name;
    options_.source = *parseSourceChoice("report:" + name + "/none.report");
    write("ifindex.map",
          "hvnet-ifindex-map 2\ngiven 300\n1 mac 00:15:5d:01:02:03 name lan0\n"
          "256 link loopback lo\nend 2\n");
  }
  void TearDown() override { fs::remove_all(options_.state_folder); }

  void write(const char* name, const std::string& text) {
    std::ofstream(options_.state_folder / name) << text;
  }
  // What is SET when the agent has started.
  Settings settingsOf(IndexOrder order) {
    Config config;
    config.publish.index_order = order;
    auto settings = openSettings(options_, config, log_);
    EXPECT_TRUE(settings) << settings.error().text;
    const auto sampler = makeSampler(options_, config, **settings, log_);
    EXPECT_TRUE(sampler) << sampler.error().text;
    return *(*settings)->current();
  }

  Options options_;
  test::MemoryLog log_;
};

TEST_F(PipelineTest, DropsWhatWasSetOfNumbersThatTheMapHasForgotten) {
  write("settings.saved",
        "hvnet-settings 1\nifIndex 1 alias stays\nifIndex 299 alias forgotten\nend\n");
  const Settings settings = settingsOf(IndexOrder::kHypervisor);
  ASSERT_EQ(settings.size(), 1U);
  EXPECT_EQ(settings.begin()->second.alias, "stays");
}

TEST_F(PipelineTest, ReadsTheSettingsOfItsOwnIndexOrderOnly) {
  write("settings.saved", "hvnet-settings 1\nifIndex 1 alias ours\nend\n");
  write("settings.kernel.saved", "hvnet-settings 1\nifIndex 1 alias kernel\nend\n");
  EXPECT_EQ(settingsOf(IndexOrder::kHypervisor).at(IfIndex{1}).alias, "ours");
  EXPECT_EQ(settingsOf(IndexOrder::kKernel).at(IfIndex{1}).alias, "kernel");
}

TEST_F(PipelineTest, KeepsWhatWasSetByTheKernelsNumbersWhateverTheMapHas) {
  write("settings.kernel.saved", "hvnet-settings 1\nifIndex 299 alias kernel\nend\n");
  EXPECT_EQ(settingsOf(IndexOrder::kKernel).at(IfIndex{299}).alias, "kernel");
}

// Both count interfaces from 1.
TEST_F(PipelineTest, SavesCountersAsThoseOfThisNetworkNamespaceAndThisSource) {
  auto settings = openSettings(options_, {}, log_);
  ASSERT_TRUE(settings) << settings.error().text;
  auto sampler = makeSampler(options_, {}, **settings, log_);
  ASSERT_TRUE(sampler) << sampler.error().text;
  sampler->finish(Clock::now());
  const auto text = realFiles().read(options_.state_folder / kCounterFileName);
  ASSERT_TRUE(text && *text);
  const auto saved = parseCounters(**text);
  ASSERT_TRUE(saved) << saved.error().text;
  const std::string origin = fs::read_symlink("/proc/self/ns/net").string() +
                             " report:" + (options_.state_folder / "none.report").string();
  EXPECT_TRUE(saved->origin.ends_with("/" + origin)) << saved->origin;
}

TEST_F(PipelineTest, MovesAllThatBelongsToTheOldMapOutOfTheWay) {
  write("settings.saved", "of the old numbers");
  write("counters.saved", "of the old numbers");
  ASSERT_TRUE(startAnew(options_, log_));
  for (const char* name : {"ifindex.map", "settings.saved", "counters.saved"}) {
    EXPECT_FALSE(fs::exists(options_.state_folder / name)) << name;
    EXPECT_TRUE(fs::exists(options_.state_folder / (std::string(name) + ".old-1"))) << name;
  }
}

}  // namespace
}  // namespace hvnet
