#include "config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace hvnet {
namespace {

class ConfigTest : public testing::Test {
 protected:
  // Empty when the line was taken.
  std::string parse(std::string_view name, std::string_view arguments) {
    const auto directive = std::ranges::find(directives(), name, &Directive::name);
    if (directive == directives().end()) return "no such directive";
    const Result<void> parsed = directive->parse(arguments, "my.conf:4", config_);
    return parsed ? "" : parsed.error().text;
  }
  Config config_;
};

TEST_F(ConfigTest, HasTheDesignsDefaults) {
  EXPECT_EQ(config_.publish.index_order, IndexOrder::kHypervisor);
  EXPECT_EQ(config_.publish.media, Media::kNominal);
  EXPECT_EQ(config_.publish.name_format, NameFormat::kKernel);
  EXPECT_EQ(config_.sample_interval, std::chrono::milliseconds(1000));
}

TEST_F(ConfigTest, TakesChoices) {
  EXPECT_EQ(parse("indexOrder", "kernel"), "");
  EXPECT_EQ(parse("media", "driver"), "");
  EXPECT_EQ(parse("nameFormat", "lan"), "");
  EXPECT_EQ(config_.publish.index_order, IndexOrder::kKernel);
  EXPECT_EQ(config_.publish.media, Media::kDriver);
  EXPECT_EQ(config_.publish.name_format, NameFormat::kLan);
}

TEST_F(ConfigTest, RefusesOtherWordsAndSaysWhichThereAre) {
  EXPECT_EQ(parse("indexOrder", "random"), "'random' is neither 'hypervisor' nor 'kernel'");
  EXPECT_EQ(parse("media", "driver please"), "'driver please' is neither 'nominal' nor 'driver'");
  EXPECT_EQ(config_.publish.media, Media::kNominal);
}

TEST_F(ConfigTest, PinsByMacGuidAndName) {
  EXPECT_EQ(parse("ifIndex", "3 mac 00:15:5d:01:02:03"), "");
  EXPECT_EQ(parse("ifIndex", "4 guid 6f1d9b1c-0000-1111-2222-333344445555"), "");
  EXPECT_EQ(parse("ifIndex", "500 name wan0"), "");
  ASSERT_EQ(config_.pins.size(), 3U);
  EXPECT_EQ(config_.pins[0].index, IfIndex{3});
  EXPECT_EQ(config_.pins[0].where, "my.conf:4");
  EXPECT_EQ(config_.pins[0].target, PinTarget(MacIdentity{*parseMac("00:15:5d:01:02:03")}));
  EXPECT_EQ(config_.pins[2].target, PinTarget(PinnedName{"wan0"}));
}

TEST_F(ConfigTest, RefusesPinsThatMakeNoSense) {
  EXPECT_EQ(parse("ifIndex", "3 mac"), "expected: NUMBER mac|guid|name VALUE");
  EXPECT_NE(parse("ifIndex", "0 name a"), "");
  EXPECT_NE(parse("ifIndex", "2147483648 name a"), "");
  EXPECT_NE(parse("ifIndex", "3x name a"), "");
  EXPECT_EQ(parse("ifIndex", "3 mac 00:15"),
            "'00:15' is not a MAC address such as 00:15:5d:01:02:03");
  EXPECT_EQ(parse("ifIndex", "3 guid x"), "'x' is not a GUID");
  EXPECT_EQ(parse("ifIndex", "3 port x"), "'port' is not one of mac, guid, name");
  EXPECT_TRUE(config_.pins.empty());
}

TEST_F(ConfigTest, RefusesTwoPinsThatCollide) {
  ASSERT_EQ(parse("ifIndex", "3 name a"), "");
  EXPECT_EQ(parse("ifIndex", "3 name b"), "3 is already pinned, my.conf:4");
  EXPECT_EQ(parse("ifIndex", "4 name a"), "name a is already pinned, my.conf:4");
  EXPECT_EQ(config_.pins.size(), 1U);
}

TEST_F(ConfigTest, GivesADriverAProfile) {
  EXPECT_EQ(parse("adapterDriver", "veth"), "");
  EXPECT_EQ(parse("adapterDriver", "dummy hvnet"), "");
  ASSERT_EQ(config_.adapter_rules.size(), 2U);
  EXPECT_EQ(config_.adapter_rules[0].profile, &nominalProfile());
  EXPECT_EQ(config_.adapter_rules[1].profile->name, "hvnet");
  EXPECT_EQ(parse("adapterDriver", "dummy nosuch").find("no driver profile 'nosuch'; there are:"),
            0U);
  EXPECT_EQ(config_.adapter_rules.size(), 2U);
}

TEST_F(ConfigTest, ExcludesSeveralPatternsALine) {
  EXPECT_EQ(parse("exclude", "docker*  br-?"), "");
  EXPECT_EQ(parse("exclude", "tun0"), "");
  EXPECT_EQ(config_.publish.exclude, std::vector<std::string>({"docker*", "br-?", "tun0"}));
}

TEST_F(ConfigTest, TakesABootLogByItsPath) {
  EXPECT_FALSE(config_.boot_log);
  EXPECT_EQ(parse("bootLog", "/var/log/router boot.txt"), "");
  EXPECT_EQ(config_.boot_log, "/var/log/router boot.txt");
  EXPECT_EQ(parse("bootLog", ""), "expected: FILE");
  EXPECT_EQ(config_.boot_log, "/var/log/router boot.txt");
}

TEST_F(ConfigTest, BoundsTheSampleInterval) {
  EXPECT_EQ(parse("sampleInterval", "250"), "");
  EXPECT_EQ(config_.sample_interval, std::chrono::milliseconds(250));
  for (const auto* bad : {"99", "60001", "-5", "1s", "", "99999999999"}) {
    EXPECT_NE(parse("sampleInterval", bad), "") << bad;
  }
  EXPECT_EQ(config_.sample_interval, std::chrono::milliseconds(250));
}

// Both ends of the range that a directive takes a number from, and what is just beyond them.
struct Bounds {
  const char* directive;
  const char* before;  // the number
  const char* after;
  std::uint64_t least;
  std::uint64_t most;
};
constexpr Bounds kBounds[] = {
    {"ifIndex", "", " name lan0", 1, 2147483647},
    {"sampleInterval", "", "", 100, 60000},
    {"dropAlarm", "falling 0 rising ", "", 1, 4294967295},
    {"dropAlarm", "rising 4294967295 falling ", "", 0, 4294967295},
    {"dropAlarm", "ratio ", "", 0, 1000},
    {"dropAlarm", "window ", "", 2, 600},
};

TEST_F(ConfigTest, TakesEveryNumberFromItsFirstToItsLastAndNoOther) {
  for (const Bounds& bounds : kBounds) {
    const auto line = [&](std::uint64_t number) {
      return bounds.before + std::to_string(number) + bounds.after;
    };
    for (const std::uint64_t good : {bounds.least, bounds.most}) {
      config_ = {};
      EXPECT_EQ(parse(bounds.directive, line(good)), "") << bounds.directive << line(good);
    }
    config_ = {};
    EXPECT_NE(parse(bounds.directive, line(bounds.most + 1)), "") << line(bounds.most + 1);
    if (bounds.least == 0) continue;
    EXPECT_NE(parse(bounds.directive, line(bounds.least - 1)), "") << line(bounds.least - 1);
  }
}

TEST_F(ConfigTest, SaysOfEveryTokenWithoutAnEffectWhatToDoInstead) {
  for (const UselessToken& token : uselessTokens()) {
    EXPECT_FALSE(token.instead.empty()) << token.name;
    EXPECT_EQ(parse(token.name, "x"), "no such directive");
  }
}

TEST(ListensOnIpv6, GoesByTheTransportOfEachAddress) {
  for (const auto* one : {"udp6:[::]:161", "udp:127.0.0.1:1161,udp6:[::1]:161", "tcp6:1161",
                          "udpv6:1161", "[::1]:1161"}) {
    EXPECT_TRUE(listensOnIpv6(one)) << one;
  }
  for (const auto* one : {"", "udp:127.0.0.1:1161", "udp:1161,tcp:1161", "161", "unix:/run/x"}) {
    EXPECT_FALSE(listensOnIpv6(one)) << one;
  }
}

TEST_F(ConfigTest, SetsTheDropAlarmForAllAndForOneByName) {
  EXPECT_EQ(parse("dropAlarm", "rising 100 window 30"), "");
  EXPECT_EQ(parse("dropAlarm", "lan1 rising 500 ratio 0"), "");
  const AlarmOptions& alarms = config_.publish.alarms;
  EXPECT_EQ(alarms.of("lan0"), (AlarmSettings{100, 5, 4, std::chrono::seconds(30)}));
  EXPECT_EQ(alarms.of("lan1"), (AlarmSettings{500, 5, 0, std::chrono::seconds(30)}));
}

TEST_F(ConfigTest, RefusesADropAlarmThatCannotBe) {
  EXPECT_EQ(parse("dropAlarm", ""), "expected: [ADAPTER] rising|falling|ratio|window NUMBER...");
  EXPECT_EQ(parse("dropAlarm", "lan0"),
            "expected: [ADAPTER] rising|falling|ratio|window NUMBER...");
  EXPECT_EQ(parse("dropAlarm", "speed 5"), "'speed' is not one of rising, falling, ratio, window");
  EXPECT_EQ(parse("dropAlarm", "rising 0"), "'0' is not a number from 1 to 4294967295");
  EXPECT_EQ(parse("dropAlarm", "window 1"), "'1' is not a number from 2 to 600");
  EXPECT_EQ(parse("dropAlarm", "falling 60"), "falling 60 is above rising 50");
  EXPECT_EQ(parse("dropAlarm", "lan0 rising 4"), "falling 5 is above rising 4");
  EXPECT_EQ(config_.publish.alarms.of("lan0"), AlarmSettings{});
}

// Whether a restart is needed to go from one configuration to the other, and for which line.
std::string needingARestart(const Config& one, const Config& other) {
  std::string out;
  for (const Directive& directive : directives()) {
    if (directive.same != nullptr && !directive.same(one, other)) {
      out += std::string(directive.name) + " ";
    }
  }
  return out;
}

TEST_F(ConfigTest, SaysWhichLinesAreOnlyReadAtAStart) {
  const Config before;
  for (const auto& [name, arguments] :
       {std::pair("exclude", "docker*"), std::pair("media", "driver"),
        std::pair("nameFormat", "lan"), std::pair("sampleInterval", "500"),
        std::pair("dropAlarm", "rising 70")}) {
    ASSERT_EQ(parse(name, arguments), "");
  }
  EXPECT_EQ(needingARestart(before, config_), "");
  for (const auto& [name, arguments] :
       {std::pair("adapterDriver", "veth"), std::pair("bootLog", "/var/log/boot"),
        std::pair("ifIndex", "3 name lan0"), std::pair("indexOrder", "kernel")}) {
    config_ = {};
    ASSERT_EQ(parse(name, arguments), "");
    EXPECT_EQ(needingARestart(before, config_), std::string(name) + " ");
    EXPECT_EQ(needingARestart(config_, config_), "");
  }
}

TEST_F(ConfigTest, TakesAPinForTheSameWhereverItStands) {
  ASSERT_EQ(parse("ifIndex", "3 name lan0"), "");
  Config moved = config_;
  moved.pins.front().where = "my.conf:9";
  EXPECT_EQ(needingARestart(config_, moved), "");
}

}  // namespace
}  // namespace hvnet
