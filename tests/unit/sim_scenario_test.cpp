#include "hvnet-sim/scenario.h"

#include <gtest/gtest.h>

#include <string>

namespace hvnet::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Scenario parsed(const std::string& text) {
  auto scenario = parseScenario(text, "s", 3);
  EXPECT_TRUE(scenario) << scenario.error().text;
  return scenario.value_or(Scenario{});
}

TEST(SimScenario, ReadsEveryKindOfLine) {
  const Scenario scenario = parsed(
      "# all of them\n"
      "\n"
      "adapter lan3 width 32 Ipkts 4294960000 InDrops 7\n"
      "at 10 spike lan1 InDrops 500 for 20   # a comment\n"
      "at 40 unassign lan0\r\n"
      "\tat 60.5 assign lan0\n"
      "at 70 add lan9\n"
      "at 80 remove lan2\n"
      "at 90 reset lan1\n"
      "at 100 rate lan3 InOctets 12500000\n"
      "at 110 torn\n"
      "at 120.25 pause 0.125\n"
      "repeat 300");
  ASSERT_EQ(scenario.events.size(), 9U);
  const auto& spike = std::get<Spike>(scenario.events[0].action);
  EXPECT_EQ(scenario.events[0].at, seconds(10));
  EXPECT_EQ(scenario.events[0].adapter, 1U);
  EXPECT_EQ(scenario.events[0].text, "spike lan1 InDrops 500 for 20");
  EXPECT_EQ(scenario.events[0].line, 4U);
  EXPECT_EQ(spike.counter, CounterKind::kInDrops);
  EXPECT_EQ(spike.per_second, 500U);
  EXPECT_EQ(spike.length, seconds(20));
  EXPECT_TRUE(std::holds_alternative<Unassign>(scenario.events[1].action));
  EXPECT_TRUE(std::holds_alternative<Assign>(scenario.events[2].action));
  EXPECT_EQ(scenario.events[2].at, milliseconds(60'500));
  EXPECT_TRUE(std::holds_alternative<Add>(scenario.events[3].action));
  EXPECT_TRUE(std::holds_alternative<Remove>(scenario.events[4].action));
  EXPECT_TRUE(std::holds_alternative<Reset>(scenario.events[5].action));
  EXPECT_EQ(std::get<SetRate>(scenario.events[6].action).per_second, 12'500'000U);
  EXPECT_TRUE(std::holds_alternative<Torn>(scenario.events[7].action));
  EXPECT_FALSE(scenario.events[7].adapter);
  EXPECT_EQ(std::get<Pause>(scenario.events[8].action).length, milliseconds(125));
  EXPECT_EQ(scenario.repeat, seconds(300));
  ASSERT_EQ(scenario.declarations.size(), 1U);
  const Declaration& declared = scenario.declarations.at(3);
  EXPECT_TRUE(declared.width32);
  EXPECT_EQ(declared.counters.at(CounterKind::kIpkts), 4'294'960'000U);
  EXPECT_EQ(declared.counters.at(CounterKind::kInDrops), 7U);
}

TEST(SimScenario, SortsByTimeAndLeavesEqualTimesInTheirOrder) {
  const Scenario scenario = parsed("at 9 torn\nat 1 remove lan0\nat 1 add lan0\n");
  ASSERT_EQ(scenario.events.size(), 3U);
  EXPECT_EQ(scenario.events[0].line, 2U);
  EXPECT_EQ(scenario.events[1].line, 3U);
  EXPECT_EQ(scenario.events[2].line, 1U);
}

TEST(SimScenario, TakesEveryCounter) {
  for (const std::string_view name : kCounterNames) {
    const Scenario scenario = parsed("at 0 rate lan0 " + std::string(name) + " 10000000000");
    ASSERT_EQ(scenario.events.size(), 1U);
    const auto kind = std::get<SetRate>(scenario.events[0].action).counter;
    EXPECT_EQ(kCounterNames[static_cast<std::size_t>(kind)], name);
  }
}

struct Refusal {
  const char* text;
  const char* reason;  // what the error must have
};

TEST(SimScenario, NamesFileLineAndReasonOfWhatItRefuses) {
  constexpr Refusal kRefusals[] = {
      {"when 5 torn", "s:1: \"when\" is not one of at, adapter and repeat"},
      {"at 1 torn\nat torn", "s:2: \"torn\" is not a time"},
      {"at -1 torn", "s:1: \"-1\" is not a time"},
      {"at 1. torn", "\"1.\" is not a time"},
      {"at .5 torn", "\".5\" is not a time"},
      {"at 1.2345 torn", "\"1.2345\" is not a time"},
      {"at 1.-5 torn", "\"1.-5\" is not a time"},
      {"at 1000001 torn", "\"1000001\" is not a time"},
      {"at 1",
       "s:1: an event, one of spike, rate, assign, unassign, add, remove, reset, torn, pause is "
       "missing"},
      {"at 1 explode lan0", "\"explode\" is not an event, one of spike, rate"},
      {"at 1 torn lan0", "\"lan0\" is unexpected here"},
      {"at 1 pause",
       "a time in seconds, from 0 to 1000000, with at most 3 digits after the point is missing"},
      {"at 1 pause 0", "\"0\" seconds are no time"},
      {"at 1 reset", "an adapter from lan0 to lan999 is missing"},
      {"at 1 reset eth0", "\"eth0\" is not an adapter"},
      {"at 1 reset lan", "\"lan\" is not an adapter"},
      {"at 1 reset lan01", "\"lan01\" is not an adapter"},
      {"at 1 reset lan1000", "\"lan1000\" is not an adapter"},
      {"at 1 reset lan0 now", "\"now\" is unexpected here"},
      {"at 1 spike lan0 Drops 5 for 1", "\"Drops\" is not a counter, one of Ipkts Ierrs"},
      {"at 1 spike lan0 InDrops many for 1", "\"many\" is not a number a second"},
      {"at 1 spike lan0 InDrops -5 for 1", "\"-5\" is not a number a second"},
      {"at 1 spike lan0 InDrops 10000000001 for 1", "\"10000000001\" is not a number a second"},
      {"at 1 spike lan0 InDrops 5", "\"for SECONDS\" is missing"},
      {"at 1 spike lan0 InDrops 5 for",
       "a time in seconds, from 0 to 1000000, with at most 3 digits after the point is missing"},
      {"at 1 spike lan0 InDrops 5 for 0", "\"0\" seconds are no time"},
      {"at 1 spike lan0 InDrops 5 for 1 s", "\"s\" is unexpected here"},
      {"at 1 rate lan0 InDrops", "a number a second from 0 to 10000000000 is missing"},
      {"at 1 rate lan0 InDrops 5 for 1", "\"for\" is unexpected here"},
      {"adapter", "an adapter from lan0 to lan999 is missing"},
      {"adapter lan0 width", "a width, 32 or 64 is missing"},
      {"adapter lan0 width 16", "\"16\" is not a width"},
      {"adapter lan0 width 32 width 32", "\"width\" is given twice"},
      {"adapter lan0 Ipkts", "a count from 0 to 18446744073709551615 is missing"},
      {"adapter lan0 Ipkts 18446744073709551616", "is not a count"},
      {"adapter lan0 Ipkts 1 Ipkts 2", "Ipkts is given twice"},
      {"adapter lan0 Ipkts 4294967296 width 32", "4294967296 does not fit into 32 bits"},
      {"adapter lan0 colour 1", "\"colour\" is not a counter"},
      {"adapter lan4\n\nadapter lan4", "s:3: lan4 is declared twice"},
      {"repeat",
       "a time in seconds, from 0 to 1000000, with at most 3 digits after the point is missing"},
      {"repeat 0", "\"0\" seconds are no time"},
      {"repeat 5 times", "\"times\" is unexpected here"},
      {"repeat 5\nrepeat 6", "s:2: \"repeat\" is given twice"},
      {"at 5 torn\nrepeat 5", "s:1: this never happens: the scenario starts again before (line 2)"},
      {"at 1 reset lan3", "s:1: lan3 is not there at that time"},
      {"at 1 add lan0", "s:1: lan0 is there already"},
      {"adapter lan4\nat 1 add lan4", "s:2: lan4 is there already"},
      {"at 9 reset lan0\nat 2 remove lan0", "s:1: lan0 is not there at that time"},
      {"at 1 remove lan0\nat 2 remove lan0", "s:2: lan0 is not there at that time"},
  };
  for (const Refusal& refusal : kRefusals) {
    const auto scenario = parseScenario(refusal.text, "s", 3);
    ASSERT_FALSE(scenario) << refusal.text;
    EXPECT_TRUE(scenario.error().text.starts_with("s:")) << scenario.error().text;
    EXPECT_NE(scenario.error().text.find(refusal.reason), std::string::npos)
        << refusal.text << " → " << scenario.error().text;
  }
}

TEST(SimScenario, KnowsWhichAdaptersAreThereByDefault) {
  EXPECT_TRUE(parseScenario("at 1 reset lan7", "s", 8));
  EXPECT_FALSE(parseScenario("at 1 reset lan7", "s", 7));
}

}  // namespace
}  // namespace hvnet::sim
