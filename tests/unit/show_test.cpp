#include "show.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "snapshots.h"

namespace hvnet {
namespace {

class Show : public testing::Test {
 protected:
  Show() {
    now_.sampled_at = before_.sampled_at + std::chrono::seconds(2);
    *now_.counters[0].in_octets += 2'500'000;
    AgentFacts agent;
    agent.source = "report:/run/hvnet";
    agent.hypervisor = "Hyper-V";
    now_.agent = std::make_shared<const AgentFacts>(std::move(agent));
    *now_.counters[0].in_drops += 14;
  }
  Snapshot before_ = test::snapshotOf({1, 256});
  Snapshot now_ = test::snapshotOf({1, 256});
};

TEST_F(Show, PrintsALineForEachInterfaceWithItsRate) {
  const std::string text = showTable(before_, now_);
  EXPECT_NE(text.find("\n1      lan1 "), std::string::npos) << text;
  EXPECT_NE(text.find("\n256    lan256 "), std::string::npos) << text;
  EXPECT_NE(text.find("10 Mb/s"), std::string::npos) << text;
}

TEST_F(Show, WritesTheSameAsJson) {
  const auto json = nlohmann::json::parse(showJson(before_, now_));
  ASSERT_EQ(json["interfaces"].size(), 2U);
  const auto& first = json["interfaces"][0];
  EXPECT_EQ(first["ifIndex"], 1);
  EXPECT_EQ(first["counters"]["InDrops"], 1021);
  EXPECT_EQ(first["perSecond"]["InDrops"], 7.0);
  EXPECT_EQ(first["perSecond"]["InOctets"], 1'250'000.0);
}

TEST_F(Show, SaysThatTheSourceIsNotWellOnlyWhenItIsNot) {
  EXPECT_EQ(showTable(before_, now_).find("source"), std::string::npos);
  now_.health.state = SourceState::kStale;
  EXPECT_NE(showTable(before_, now_).find("\nsource report:/run/hvnet: stale\n"),
            std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(showJson(before_, now_))["sourceState"], "stale");
}

TEST_F(Show, DescribesAdaptersInJson) {
  auto rows = std::make_shared<Interfaces>(*now_.interfaces);
  rows->rows[0].adapter = true;
  rows->rows[0].facts.network_assigned = true;
  rows->rows[0].facts.vf = IfIndex{257};
  rows->rows[0].facts.order_key = OrderKey::kLabel;
  now_.interfaces = rows;
  const auto json = nlohmann::json::parse(showJson(before_, now_));
  EXPECT_EQ(json["hypervisor"], "Hyper-V");
  EXPECT_EQ(json["interfaces"][0]["facts"]["networkAssigned"], true);
  EXPECT_EQ(json["interfaces"][0]["facts"]["vfIfIndex"], 257);
  EXPECT_EQ(json["interfaces"][0]["facts"]["orderKey"], "label");
  EXPECT_TRUE(json["interfaces"][0]["facts"]["maxMtu"].is_null());
  EXPECT_FALSE(json["interfaces"][1].contains("facts"));
}

TEST_F(Show, SaysWhatTheOrderOfAnAdapterGoesBy) {
  auto rows = std::make_shared<Interfaces>(*now_.interfaces);
  rows->rows[0].adapter = true;
  rows->rows[0].facts.order_key = OrderKey::kAcpiIndex;
  now_.interfaces = rows;
  const std::string text = showTable(before_, now_);
  EXPECT_NE(text.find("  ORDER "), std::string::npos) << text;
  EXPECT_NE(text.find("  acpiIndex "), std::string::npos) << text;
}

TEST_F(Show, SaysNothingWhereThereIsNoCounter) {
  now_.counters[0].in_drops.reset();
  const auto json = nlohmann::json::parse(showJson(before_, now_));
  EXPECT_TRUE(json["interfaces"][0]["counters"]["InDrops"].is_null());
  EXPECT_TRUE(json["interfaces"][0]["perSecond"]["InDrops"].is_null());
}

TEST_F(Show, HasNoRateForARowThatWasNotThere) {
  const Snapshot other = test::snapshotOf({7});
  const auto json = nlohmann::json::parse(showJson(other, now_));
  EXPECT_TRUE(json["interfaces"][0]["perSecond"]["InOctets"].is_null());
}

TEST_F(Show, SurvivesANameThatIsNotUtf8) {
  auto rows = std::make_shared<Interfaces>(*now_.interfaces);
  rows->rows[0].name = "lan\xff";
  now_.interfaces = rows;
  EXPECT_EQ(nlohmann::json::parse(showJson(before_, now_))["interfaces"].size(), 2U);
}

TEST_F(Show, HasAFewWordsForTheServiceManager) {
  EXPECT_EQ(showStatus(now_), "2 interfaces, source report:/run/hvnet ok");
}

}  // namespace
}  // namespace hvnet
