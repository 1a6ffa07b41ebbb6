#include "counters/counter_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>

namespace hvnet {
namespace {

const char* const kFile =
    "hvnet-counters 2\n"
    "boot 0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1\n"
    "1 index 2 name lan0 resets 1 discards 5 in_unicast 6 out_unicast 7 rx_packets 10 1010 "
    "tx_dropped 7 9 qdisc_drops 0 3\n"
    "mac%2000:15:5d:01:02:03 index 3 gone resets 0 discards 0 in_unicast 0 out_unicast 0\n"
    "end 2\n";

SavedCounters sample() {
  const auto counters = parseCounters(kFile);
  EXPECT_TRUE(counters) << counters.error().text;
  return counters.value_or(SavedCounters{});
}

// The error of a file whose lines after the boot id are these.
std::string errorOf(const std::string& lines) {
  const auto counters = parseCounters("hvnet-counters 2\nboot b\n" + lines);
  return counters ? "no error" : counters.error().text;
}

TEST(CounterFile, ReadsInterfacesWithAndWithoutTheirOptionalParts) {
  const SavedCounters counters = sample();
  EXPECT_EQ(counters.origin, "0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1");
  ASSERT_EQ(counters.interfaces.size(), 2U);
  const SavedInterface& interface = counters.interfaces[0];
  EXPECT_EQ(interface.key, "1");
  EXPECT_EQ(interface.index, KernelIndex{2});
  EXPECT_EQ(interface.name, "lan0");
  EXPECT_FALSE(interface.gone);
  EXPECT_EQ(interface.totals.resets, 1U);
  EXPECT_EQ(interface.totals.derived, (Derived{5, 6, 7}));
  const auto& components = interface.totals.components;
  EXPECT_EQ(components[component("rx_packets")], (Accumulator::State{10, 1010}));
  EXPECT_EQ(components[component("tx_dropped")], (Accumulator::State{7, 9}));
  EXPECT_EQ(components[component("qdisc_drops")], (Accumulator::State{0, 3}));
  EXPECT_FALSE(components[component("tx_packets")]);
  EXPECT_EQ(counters.interfaces[1],
            (SavedInterface{"mac 00:15:5d:01:02:03", KernelIndex{3}, true, "", {}}));
}

// As hvnet-subagent 0.1.0 wrote it, with every component that it knew.
TEST(CounterFile, ReadsAFileOfVersion1) {
  const auto counters = parseCounters(
      "hvnet-counters 1\n"
      "boot 0f5f7c0e/net:[4026531840]\n"
      "2 name lan0 resets 1 discards 5 in_unicast 6 out_unicast 7 rx_packets 1 2 tx_packets 3 4 "
      "rx_bytes 5 6 tx_bytes 7 8 rx_errors 9 10 tx_errors 11 12 rx_dropped 13 14 tx_dropped 15 16 "
      "multicast 17 18 rx_missed_errors 19 20 rx_crc_errors 21 22 rx_frame_errors 23 24 "
      "tx_carrier_errors 25 26 hidden_in_drops 27 28 tx_losses 29 30 qdisc_drops 31 32 "
      "in_multicast 33 34 in_broadcast 35 36 out_multicast 37 38 out_broadcast 39 40\n"
      "3 resets 0 discards 0 in_unicast 0 out_unicast 0\n"
      "end 2\n");
  ASSERT_TRUE(counters) << counters.error().text;
  ASSERT_EQ(counters->interfaces.size(), 2U);
  const SavedInterface& interface = counters->interfaces[0];
  EXPECT_EQ(interface.key, "");
  EXPECT_EQ(interface.index, KernelIndex{2});
  EXPECT_EQ(interface.name, "lan0");
  EXPECT_FALSE(interface.gone);
  EXPECT_EQ(interface.totals.resets, 1U);
  EXPECT_EQ(interface.totals.derived, (Derived{5, 6, 7}));
  std::uint64_t next = 1;
  for (const auto& state : interface.totals.components) {
    if (!state) continue;  // a later version's
    EXPECT_EQ(state, (Accumulator::State{next, next + 1}));
    next += 2;
  }
  EXPECT_EQ(next, 41U) << "20 components";
  EXPECT_EQ(counters->interfaces[1].index, KernelIndex{3});
}

TEST(CounterFile, WritesWhatItReads) {
  EXPECT_EQ(formatCounters(sample()), kFile);
}

TEST(CounterFile, GivesBackExactlyWhatItWasGivenWhateverTheNumbersAndNames) {
  std::mt19937_64 random(7);
  SavedCounters counters{"boot % id", {}};
  for (int index = 1; index <= 300; ++index) {
    SavedInterface interface;
    interface.index = KernelIndex{index};
    interface.key = std::to_string(index);
    for (std::uint64_t i = random() % 16; i > 0; --i) interface.key += static_cast<char>(random());
    for (std::uint64_t i = random() % 16; i > 0; --i) interface.name += static_cast<char>(random());
    interface.gone = random() % 2 == 0;
    for (auto& state : interface.totals.components) {
      if (random() % 4 != 0) state = Accumulator::State{random(), random()};
    }
    interface.totals.derived = {random(), random(), random()};
    interface.totals.resets = std::numeric_limits<std::uint64_t>::max();
    counters.interfaces.push_back(interface);
  }
  counters.interfaces.back().index = KernelIndex{std::numeric_limits<int>::max()};
  const auto again = parseCounters(formatCounters(counters));
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(*again, counters);
}

TEST(CounterFile, WritesNoInterfacesToo) {
  const SavedCounters none{"b", {}};
  EXPECT_EQ(formatCounters(none), "hvnet-counters 2\nboot b\nend 0\n");
  EXPECT_EQ(parseCounters(formatCounters(none)).value_or(sample()), none);
}

TEST(CounterFile, TellsTheBootOfAnOrigin) {
  EXPECT_EQ(bootOf("0f5f7c0e-52f0/net:[4026531840] report"), "0f5f7c0e-52f0");
  EXPECT_EQ(bootOf("0f5f7c0e-52f0"), "0f5f7c0e-52f0");
}

TEST(CounterFile, RefusesWhatIsWrongAndNamesFileLineAndReason) {
  const std::string head = "1 index 2 resets 0 discards 0 in_unicast 0 out_unicast 0";
  EXPECT_EQ(errorOf(head + " rx_packets 1\nend 1\n"),
            "counters.saved:3: \"\" is not a number of rx_packets; remove the file");
  EXPECT_EQ(errorOf(head + " rx_packets 1 -1\nend 1\n"),
            "counters.saved:3: \"-1\" is not a number of rx_packets; remove the file");
  EXPECT_EQ(errorOf("1 index 2 resets 0 discards 18446744073709551616\nend 1\n"),
            "counters.saved:3: \"18446744073709551616\" is not a number of discards; "
            "remove the file");
  EXPECT_EQ(errorOf(head + " tx_packets 1 1 rx_packets 1 1\nend 1\n"),
            "counters.saved:3: \"rx_packets\" is unexpected here; remove the file");
  EXPECT_EQ(errorOf(head + "\n" + head + "\nend 2\n"),
            "counters.saved:4: \"1\" is given twice; remove the file");
  EXPECT_EQ(errorOf("1 index 0 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"0\" is not an ifindex; remove the file");
  EXPECT_EQ(errorOf("1 index 2147483648 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"2147483648\" is not an ifindex; remove the file");
  EXPECT_EQ(errorOf("1 index 2 name a%2 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"a%252\" is not a name; remove the file");
  EXPECT_EQ(errorOf("a%2 index 2 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"a%252\" is not a key; remove the file");
  EXPECT_EQ(errorOf("1 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"index\" is missing; remove the file");
  EXPECT_EQ(errorOf("1 index 2 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"resets\" is missing; remove the file");
}

TEST(CounterFile, RefusesAFileThatDoesNotBeginOrEndAsItShould) {
  EXPECT_EQ(errorOf("end 1\n"),
            "counters.saved:3: the file has 0 entries but ends with 1; restore the lost lines or "
            "correct the number");
  EXPECT_EQ(errorOf("end 0\nmore\n"),
            "counters.saved:4: there is something after the \"end\" line; remove the file");
  EXPECT_EQ(errorOf("end 0 0\n"),
            "counters.saved:3: \"end\" is not followed by one number; remove the file");
  EXPECT_EQ(errorOf("1 index 2 resets 0 discards 0 in_unicast 0 out_unicast 0\n"),
            "counters.saved:4: the file is incomplete: there is no \"end\" line; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 3\n", "x").error().text,
            "x:1: version \"3\" of the file is not known here; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 2\nend 0\n", "x").error().text,
            "x:2: \"boot\" is missing; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 2\nboot a b\nend 0\n", "x").error().text,
            "x:2: \"boot\" is not followed by one boot id; remove the file");
}

void expectFileAndLine(const Error& error) {
  EXPECT_TRUE(error.text.starts_with("counters.saved:")) << error.text;
  const std::size_t colon = error.text.find(':', 15);
  ASSERT_NE(colon, std::string::npos) << error.text;
  EXPECT_TRUE(colon > 15 &&
              std::ranges::all_of(error.text.substr(15, colon - 15),
                                  [](char digit) { return digit >= '0' && digit <= '9'; }))
      << error.text;
  EXPECT_TRUE(std::ranges::all_of(error.text, [](char letter) {
    return letter >= ' ' && letter <= '~';
  })) << error.text;
}

TEST(CounterFile, RefusesEveryTruncation) {
  const std::string whole = kFile;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto counters = parseCounters(whole.substr(0, length));
    ASSERT_FALSE(counters) << length;
    expectFileAndLine(counters.error());
  }
}

TEST(CounterFile, EitherReadsOrRefusesAMutatedFile) {
  std::mt19937 random(8);
  const std::string whole = kFile;
  int refused = 0;
  for (int run = 0; run < 20000; ++run) {
    std::string text = whole;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 40));
          break;
        default:
          text[at] = " \n%09-"[random() % 6];
          break;
      }
      if (text.empty()) text = " ";
    }
    const auto counters = parseCounters(text);
    if (!counters) {
      ++refused;
      expectFileAndLine(counters.error());
    } else {
      EXPECT_EQ(parseCounters(formatCounters(*counters)).value_or(SavedCounters{}), *counters);
    }
  }
  EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace hvnet
