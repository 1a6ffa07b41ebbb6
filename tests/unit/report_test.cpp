#include "sources/report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "counters/interface_totals.h"

namespace hvnet {
namespace {

const char* const kReport =
    "hvnet-report 1\n"
    "# a comment, and a blank line\n"
    "\n"
    "generated 1732233600123\n"
    "vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf "
    "instance 2dd1ce17-079e-403c-b352-a1921ee207ee driver hvts0\n"
    "vmbus relid 9 class {F912AD6D-2b17-48ea-bd65-f927a61c7684} not configured\n"
    "adapter lan0 unit hvnet0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c "
    "mac 00:15:5d:01:02:03 network assigned mtu 1500 admin up\n"
    "stats lan0 Ipkts 10 Ierrs 1 Opkts 7 Oerrs 2 Colls 0 InOctets 1200 OutOctets 800 InDrops 3 "
    "OutDiscards 4\n"
    "adapter lan1 network unassigned admin down speed 10000 alias to%20the%20core width 32\n"
    "stats lan1 Ipkts 4294967295 InMulticast 1 InBroadcast 2 OutMulticast 3 OutBroadcast 4\n"
    "end\n";

Report sample() {
  const auto report = parseReport(kReport, "r");
  EXPECT_TRUE(report) << report.error().text;
  return report.value_or(Report{});
}

// The error of a report whose lines between the first and `end` are these.
std::string errorOf(const std::string& lines) {
  const auto report = parseReport("hvnet-report 1\n" + lines + "end\n", "r");
  return report ? "no error" : report.error().text;
}

Report reportOf(const std::string& lines) {
  const auto report = parseReport("hvnet-report 1\n" + lines + "end\n", "r");
  EXPECT_TRUE(report) << report.error().text;
  return report.value_or(Report{});
}

TEST(Report, SaysWhatAnAdapterIs) {
  const Report report = sample();
  ASSERT_EQ(report.adapters.size(), 2U);
  const ReportAdapter& lan0 = report.adapters[0];
  EXPECT_EQ(lan0.name, "lan0");
  EXPECT_EQ(lan0.unit, "hvnet0");
  EXPECT_EQ(lan0.relid, 12U);
  EXPECT_EQ(lan0.instance, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0c"));
  EXPECT_EQ(lan0.mac, parseMac("00:15:5d:01:02:03"));
  EXPECT_EQ(lan0.network_assigned, true);
  EXPECT_EQ(lan0.mtu, 1500U);
  EXPECT_EQ(lan0.admin_up, true);
  const ReportAdapter& lan1 = report.adapters[1];
  EXPECT_EQ(lan1.network_assigned, false);
  EXPECT_EQ(lan1.admin_up, false);
  EXPECT_EQ(lan1.speed_mbps, 10000U);
  EXPECT_EQ(lan1.alias, "to the core");
  EXPECT_EQ(lan1.counters.width, Accumulator::Width::k32);
}

TEST(Report, SaysWhatAnAdapterCounted) {
  const Report report = sample();
  const Components& lan0 = report.adapters.at(0).counters;
  EXPECT_EQ(lan0.link.rx_packets, 10U);
  EXPECT_EQ(lan0.link.rx_errors, 1U);
  EXPECT_EQ(lan0.link.tx_packets, 7U);
  EXPECT_EQ(lan0.link.tx_errors, 2U);
  EXPECT_EQ(lan0.link.rx_bytes, 1200U);
  EXPECT_EQ(lan0.link.tx_bytes, 800U);
  EXPECT_EQ(lan0.link.rx_dropped, 3U);
  EXPECT_EQ(lan0.link.tx_dropped, 4U);
  EXPECT_EQ(lan0.width, Accumulator::Width::k64);
  const Components& lan1 = report.adapters.at(1).counters;
  EXPECT_EQ(lan1.link.rx_packets, 4294967295U);
  EXPECT_EQ(lan1.driver.in.multicast, 1U);
  EXPECT_EQ(lan1.driver.in.broadcast, 2U);
  EXPECT_EQ(lan1.driver.out.multicast, 3U);
  EXPECT_EQ(lan1.driver.out.broadcast, 4U);
}

TEST(Report, PublishesOutDiscardsWhole) {
  InterfaceTotals totals;
  const auto counters = totals.update(sample().adapters[0].counters, Clock::now()).counters;
  EXPECT_EQ(counters.out_discards, 4U);
  EXPECT_EQ(counters.out_errors, 2U);
  EXPECT_EQ(counters.in_drops, 3U);
}

TEST(Report, ListsTheBusWithAndWithoutDrivers) {
  const Report report = sample();
  ASSERT_EQ(report.vmbus_devices.size(), 2U);
  EXPECT_EQ(report.vmbus_devices[0].relid, 3U);
  EXPECT_EQ(report.vmbus_devices[0].driver, "hvts0");
  EXPECT_EQ(vmbusClassName(report.vmbus_devices[0].device_class), "time sync");
  EXPECT_EQ(vmbusClassName(report.vmbus_devices[1].device_class), "keyboard");
  EXPECT_FALSE(report.vmbus_devices[1].instance);
  EXPECT_EQ(report.vmbus_devices[1].driver, "");
}

TEST(Report, LeavesEmptyWhatIsLeftOut) {
  const Report report = reportOf("adapter lan0\nstats lan0 InDrops 1\n");
  const ReportAdapter& lan0 = report.adapters.at(0);
  EXPECT_FALSE(lan0.relid || lan0.instance || lan0.network_assigned || lan0.mtu || lan0.admin_up);
  EXPECT_TRUE(lan0.mac.empty());
  EXPECT_EQ(lan0.counters.link.rx_dropped, 1U);
  EXPECT_FALSE(lan0.counters.link.tx_dropped);
  EXPECT_FALSE(lan0.counters.link.rx_packets);
}

TEST(Report, PassesOverLinesAndKeysOfALaterVersion) {
  const Report report = reportOf(
      "queue lan0 0 whatever\n"
      "adapter lan0 colour blue colour red mtu 1400\n"
      "stats lan0 Ipkts 1 Teapots many\n");
  EXPECT_EQ(report.adapters.at(0).mtu, 1400U);
  EXPECT_EQ(report.adapters.at(0).counters.link.rx_packets, 1U);
}

TEST(Report, MayHaveBlankLinesAndCommentsBehindItsEnd) {
  EXPECT_TRUE(parseReport("hvnet-report 1\nend\n\n  # done\n \t\n", "r"));
  EXPECT_TRUE(parseReport("hvnet-report 1\nend", "r"));
  EXPECT_TRUE(parseReport("hvnet-report\t1 \n\tend \n", "r"));
}

struct Refusal {
  const char* lines;  // after the first, without the end
  const char* error;
};

class ReportRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ReportRefusal, NamesFileLineAndReason) {
  EXPECT_EQ(errorOf(GetParam().lines), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Adapters, ReportRefusal,
    testing::Values(
        Refusal{"adapter\n", "r:2: \"\" is not a name (1 to 255 characters from 0x21 to 0x7e)"},
        Refusal{"adapter l\xc3\xa9\n",
                "r:2: \"l%c3%a9\" is not a name (1 to 255 characters from 0x21 to 0x7e)"},
        Refusal{"adapter lan0 mtu\n", "r:2: \"mtu\" has no value"},
        Refusal{"adapter lan0 colour\n", "r:2: \"colour\" has no value"},
        Refusal{"adapter lan0 mtu 1500 mtu 1500\n", "r:2: \"mtu\" is given twice in this line"},
        Refusal{"adapter lan0 mtu 67\n", "r:2: \"67\" is not an MTU (68 to 65535)"},
        Refusal{"adapter lan0 mtu 65536\n", "r:2: \"65536\" is not an MTU (68 to 65535)"},
        Refusal{"adapter lan0 relid 4294967296\n",
                "r:2: \"4294967296\" is not a relid (0 to 4294967295)"},
        Refusal{"adapter lan0 relid -1\n", "r:2: \"-1\" is not a relid (0 to 4294967295)"},
        Refusal{"adapter lan0 instance 6f1d9b1c\n", "r:2: \"6f1d9b1c\" is not a GUID"},
        Refusal{"adapter lan0 mac 00:15:5d:01:02\n",
                "r:2: \"00:15:5d:01:02\" is not a MAC such as 00:15:5d:01:02:03"},
        Refusal{"adapter lan0 network up\n",
                "r:2: \"up\" is neither \"assigned\" nor \"unassigned\""},
        Refusal{"adapter lan0 admin yes\n", "r:2: \"yes\" is neither \"up\" nor \"down\""},
        Refusal{"adapter lan0 speed 0\n", "r:2: \"0\" is not a speed in Mbit/s (1 to 4294967295)"},
        Refusal{"adapter lan0 alias a%2\n",
                "r:2: \"a%252\" is not an alias (octets outside 0x21 to 0x7e, and '%', are %XX)"},
        Refusal{"adapter lan0 width 16\n", "r:2: \"16\" is neither \"32\" nor \"64\""}));

INSTANTIATE_TEST_SUITE_P(
    Twice, ReportRefusal,
    testing::Values(
        Refusal{"adapter lan0\n\nadapter lan0\n", "r:4: the name is already in line 2"},
        Refusal{"adapter a unit hvnet0\nadapter b unit hvnet0\n",
                "r:3: the unit is already in line 2"},
        Refusal{"adapter a relid 1\nadapter b relid 01\n", "r:3: the relid is already in line 2"},
        Refusal{"adapter a instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
                "adapter b instance {6F1D9B1C-0102-0304-0506-0708090A0B0C}\n",
                "r:3: the instance is already in line 2"},
        Refusal{"adapter a\nstats a\nstats a\n", "r:4: the adapter is already in line 3"},
        Refusal{"generated 1\ngenerated 1\n", "r:3: \"generated\" is given twice"},
        Refusal{"vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf driver a\n"
                "vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf driver b\n",
                "r:3: the relid is already in line 2"}));

INSTANTIATE_TEST_SUITE_P(
    Stats, ReportRefusal,
    testing::Values(Refusal{"stats lan0 Ipkts 1\nadapter lan0\n",
                            "r:2: there is no earlier \"adapter\" line for \"lan0\""},
                    Refusal{"stats\n", "r:2: there is no earlier \"adapter\" line for \"\""},
                    Refusal{"adapter a\nstats a Ipkts 1 Ipkts 1\n",
                            "r:3: \"Ipkts\" is given twice in this line"},
                    Refusal{"adapter a\nstats a Ipkts 18446744073709551616\n",
                            "r:3: \"18446744073709551616\" is not a number of 64 bits for Ipkts"},
                    Refusal{"adapter a\nstats a InDrops -1\n",
                            "r:3: \"-1\" is not a number of 64 bits for InDrops"},
                    Refusal{"adapter a\nstats a Colls none\n",
                            "r:3: \"none\" is not a number of 64 bits for Colls"},
                    Refusal{"adapter a width 32\nstats a Ipkts 4294967296\n",
                            "r:3: \"4294967296\" is not a number of 32 bits for Ipkts"}));

INSTANTIATE_TEST_SUITE_P(
    Others, ReportRefusal,
    testing::Values(Refusal{"generated\n", "r:2: \"\" is not a number of milliseconds"},
                    Refusal{"generated soon\n", "r:2: \"soon\" is not a number of milliseconds"},
                    Refusal{"generated 1 2\n", "r:2: \"2\" is unexpected here"},
                    Refusal{"vmbus class 9527e630-d0ae-497b-adce-e80ab0175caf driver a\n",
                            "r:2: \"relid\" is missing"},
                    Refusal{"vmbus relid 3 driver a\n", "r:2: \"class\" is missing"},
                    Refusal{"vmbus relid 3 class 9527e630\n", "r:2: \"9527e630\" is not a GUID"},
                    Refusal{"vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf\n",
                            "r:2: a device has either \"driver NAME\" or \"not configured\""},
                    Refusal{"vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf driver a not "
                            "configured\n",
                            "r:2: a device has either \"driver NAME\" or \"not configured\""},
                    Refusal{"vmbus relid 3 class 9527e630-d0ae-497b-adce-e80ab0175caf not bound\n",
                            "r:2: \"bound\" is not \"configured\", the one word after \"not\""},
                    Refusal{"end\nadapter a\n", "r:3: there is something after the \"end\" line"},
                    Refusal{"end\n", "r:3: there is something after the \"end\" line"},
                    Refusal{"end 2\n", "r:2: \"2\" is unexpected here"},
                    Refusal{"adapter a\r\n", "r:2: the line has a control character, \"%0d\""},
                    Refusal{"# \x01\n", "r:2: the line has a control character, \"%01\""},
                    Refusal{"\x7f\n", "r:2: the line has a control character, \"%7f\""}));

TEST(Report, RefusesNulOctets) {
  EXPECT_EQ(errorOf(std::string("queue \0\n", 8)),
            "r:2: the line has a control character, \"%00\"");
}

TEST(Report, RefusesAFileThatDoesNotBeginAsItShould) {
  const auto error = [](std::string_view text) { return parseReport(text, "r").error().text; };
  EXPECT_EQ(error(""), "r:1: the file does not start with \"hvnet-report 1\"");
  EXPECT_EQ(error("\nhvnet-report 1\nend\n"),
            "r:1: the file does not start with \"hvnet-report 1\"");
  EXPECT_EQ(error("hvnet-report 2\nend\n"), "r:1: version \"2\" of the report is not supported");
  EXPECT_EQ(error("hvnet-report 1 1\nend\n"), "r:1: version \"1\" of the report is not supported");
}

TEST(Report, RefusesEveryTruncationButThatOfTheLastNewline) {
  const std::string whole = kReport;
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    EXPECT_FALSE(parseReport(whole.substr(0, length), "r")) << length;
  }
  EXPECT_EQ(parseReport("hvnet-report 1\nadapter a\n", "r").error().text,
            "r:3: the report is incomplete: there is no \"end\" line");
}

TEST(Report, IsBounded) {
  const std::string long_name(255, 'n');
  EXPECT_EQ(reportOf("adapter " + long_name + "\n").adapters.at(0).name, long_name);
  EXPECT_TRUE(errorOf("adapter " + long_name + "n\n").starts_with("r:2: "));
  EXPECT_EQ(errorOf("#" + std::string(4095, 'x') + "\n"), "no error");
  EXPECT_EQ(errorOf("#" + std::string(4096, 'x') + "\n"),
            "r:2: the line is longer than 4096 octets");
  std::string adapters;
  for (int i = 0; i < 4096; ++i) adapters += "adapter a" + std::to_string(i) + "\n";
  EXPECT_EQ(errorOf(adapters), "no error");
  EXPECT_EQ(errorOf(adapters + "adapter b\n"), "r:4098: there are more than 4096 adapters");
  EXPECT_EQ(errorOf(std::string(kLargestReport - 19, '\n')), "no error");
  EXPECT_EQ(errorOf(std::string(kLargestReport - 18, '\n')), "r:1: the file is larger than 4 MiB");
}

void expectFileLineAndReason(const std::string& error) {
  EXPECT_TRUE(error.starts_with("r:")) << error;
  const std::size_t colon = error.find(": ");
  ASSERT_NE(colon, std::string::npos) << error;
  ASSERT_GT(colon, 2U) << error;
  EXPECT_TRUE(std::ranges::all_of(error.substr(2, colon - 2), [](char digit) {
    return digit >= '0' && digit <= '9';
  })) << error;
  EXPECT_GT(error.size(), colon + 2) << error;
  EXPECT_TRUE(std::ranges::all_of(error, [](char letter) {
    return letter >= ' ' && letter <= '~';
  })) << error;
}

std::string mutated(std::string text, std::mt19937& random) {
  for (auto changes = 1 + random() % 4; changes > 0; --changes) {
    if (text.empty()) return text;
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), random() % 80));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text[at] = " \n%09-"[random() % 6];
        break;
    }
  }
  return text;
}

TEST(Report, IsEitherReadOrRefusedHoweverItIsMutated) {
  std::mt19937 random(11);
  int refused = 0;
  for (int run = 0; run < 10000; ++run) {
    const auto report = parseReport(mutated(kReport, random), "r");
    if (report) {
      EXPECT_LE(report->adapters.size(), 4U);
    } else {
      ++refused;
      expectFileLineAndReason(report.error().text);
    }
  }
  EXPECT_GT(refused, 5000);
  EXPECT_LT(refused, 10000);
}

}  // namespace
}  // namespace hvnet
