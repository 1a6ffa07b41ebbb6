#include "counters/counter_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>

namespace hvnet {
namespace {

const char* const kFile =
    "hvnet-counters 1\n"
    "boot 0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1\n"
    "2 name lan0 resets 1 discards 5 in_unicast 6 out_unicast 7 rx_packets 10 1010 tx_dropped 7 9 "
    "qdisc_drops 0 3\n"
    "3 resets 0 discards 0 in_unicast 0 out_unicast 0\n"
    "end 2\n";

SavedCounters sample() {
  const auto counters = parseCounters(kFile);
  EXPECT_TRUE(counters) << counters.error().text;
  return counters.value_or(SavedCounters{});
}

// The error of a file whose lines after the boot id are these.
std::string errorOf(const std::string& lines) {
  const auto counters = parseCounters("hvnet-counters 1\nboot b\n" + lines);
  return counters ? "no error" : counters.error().text;
}

TEST(CounterFile, ReadsPortsWithAndWithoutTheirOptionalParts) {
  const SavedCounters counters = sample();
  EXPECT_EQ(counters.boot_id, "0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1");
  ASSERT_EQ(counters.ports.size(), 2U);
  const SavedPort& port = counters.ports[0];
  EXPECT_EQ(port.index, KernelIndex{2});
  EXPECT_EQ(port.name, "lan0");
  EXPECT_EQ(port.resets, 1U);
  EXPECT_EQ(port.derived, (Derived{5, 6, 7}));
  EXPECT_EQ(port.components[0], (Accumulator::State{10, 1010}));
  EXPECT_EQ(port.components[7], (Accumulator::State{7, 9}));
  EXPECT_EQ(port.components[15], (Accumulator::State{0, 3}));
  EXPECT_FALSE(port.components[1]);
  EXPECT_EQ(counters.ports[1], (SavedPort{KernelIndex{3}, "", {}, {}, 0}));
}

TEST(CounterFile, WritesWhatItReads) {
  EXPECT_EQ(formatCounters(sample()), kFile);
}

TEST(CounterFile, GivesBackExactlyWhatItWasGivenWhateverTheNumbersAndNames) {
  std::mt19937_64 random(7);
  SavedCounters counters{"boot % id", {}};
  for (int index = 1; index <= 300; ++index) {
    SavedPort port;
    port.index = KernelIndex{index};
    for (std::uint64_t i = random() % 16; i > 0; --i) port.name += static_cast<char>(random());
    for (auto& component : port.components) {
      if (random() % 4 != 0) component = Accumulator::State{random(), random()};
    }
    port.derived = {random(), random(), random()};
    port.resets = std::numeric_limits<std::uint64_t>::max();
    counters.ports.push_back(port);
  }
  counters.ports.back().index = KernelIndex{std::numeric_limits<int>::max()};
  const auto again = parseCounters(formatCounters(counters));
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(*again, counters);
}

TEST(CounterFile, CarriesABookOverToTheNextProcess) {
  CounterBook book;
  Components raw;
  raw.link.rx_packets = 100;
  raw.hidden_in_drops = 3;
  book.update(KernelIndex{2}, raw);
  raw.link.rx_packets = 20;
  const auto last = book.update(KernelIndex{2}, raw).counters;
  const auto read = parseCounters(formatCounters({"b", book.save()}));
  ASSERT_TRUE(read) << read.error().text;
  CounterBook next;
  next.restore(read->ports);
  const CounterUpdate update = next.update(KernelIndex{2}, raw);
  EXPECT_EQ(update.counters, last);
  EXPECT_FALSE(update.discontinuity);
  EXPECT_EQ(update.resets, 1U);
}

TEST(CounterFile, WritesAnEmptyBookToo) {
  const SavedCounters none{"b", {}};
  EXPECT_EQ(formatCounters(none), "hvnet-counters 1\nboot b\nend 0\n");
  EXPECT_EQ(parseCounters(formatCounters(none)).value_or(sample()), none);
}

TEST(CounterFile, IsWorthNothingAfterAReboot) {
  EXPECT_TRUE(isOfBoot(sample(), "0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1"));
  EXPECT_FALSE(isOfBoot(sample(), "1f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1"));
  EXPECT_FALSE(isOfBoot(sample(), ""));
  EXPECT_FALSE(isOfBoot(SavedCounters{}, ""));
}

TEST(CounterFile, RefusesWhatIsWrongAndNamesFileLineAndReason) {
  EXPECT_EQ(errorOf("2 resets 0 discards 0 in_unicast 0 out_unicast 0 rx_packets 1\nend 1\n"),
            "counters.saved:3: \"\" is not a number of rx_packets; remove the file");
  EXPECT_EQ(errorOf("2 resets 0 discards 0 in_unicast 0 out_unicast 0 rx_packets 1 -1\nend 1\n"),
            "counters.saved:3: \"-1\" is not a number of rx_packets; remove the file");
  EXPECT_EQ(errorOf("2 resets 0 discards 18446744073709551616\nend 1\n"),
            "counters.saved:3: \"18446744073709551616\" is not a number of discards; "
            "remove the file");
  EXPECT_EQ(errorOf("2 resets 0 discards 0 in_unicast 0 out_unicast 0 tx_packets 1 1 rx_packets 1 "
                    "1\nend 1\n"),
            "counters.saved:3: \"rx_packets\" does not belong here; remove the file");
  EXPECT_EQ(errorOf("2 resets 0 discards 0 in_unicast 0 out_unicast 0\n2 resets 0 discards 0 "
                    "in_unicast 0 out_unicast 0\nend 2\n"),
            "counters.saved:4: ifindex 2 is given twice; remove the file");
  EXPECT_EQ(errorOf("0 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"0\" is not an ifindex; remove the file");
  EXPECT_EQ(errorOf("2147483648 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"2147483648\" is not an ifindex; remove the file");
  EXPECT_EQ(errorOf("2 name a%2 resets 0 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"a%252\" is not a name; remove the file");
  EXPECT_EQ(errorOf("2 discards 0 in_unicast 0 out_unicast 0\nend 1\n"),
            "counters.saved:3: \"resets\" is missing; remove the file");
  EXPECT_EQ(errorOf("\nend 0\n"), "counters.saved:3: \"\" is not an ifindex; remove the file");
}

TEST(CounterFile, RefusesAFileThatDoesNotBeginOrEndAsItShould) {
  EXPECT_EQ(errorOf("end 1\n"),
            "counters.saved:3: the file has 0 ports but ends with 1; remove the file");
  EXPECT_EQ(errorOf("end 0\nmore\n"),
            "counters.saved:4: there is something after the \"end\" line; remove the file");
  EXPECT_EQ(errorOf("end 0 0\n"), "counters.saved:3: \"0\" does not belong here; remove the file");
  EXPECT_EQ(errorOf("2 resets 0 discards 0 in_unicast 0 out_unicast 0\n"),
            "counters.saved:4: the file is torn: there is no \"end\" line; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 2\n", "x").error().text,
            "x:1: the file does not start with \"hvnet-counters 1\"; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 1\nend 0\n", "x").error().text,
            "x:2: \"boot\" is missing; remove the file");
  EXPECT_EQ(parseCounters("hvnet-counters 1\nboot a b\nend 0\n", "x").error().text,
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
