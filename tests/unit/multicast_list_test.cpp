#include "sources/linux/multicast_list.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hvnet {
namespace {

// In the form that the kernel prints (net/core/net-procfs.c).
constexpr std::string_view kRecorded =
    "1    lo              1     0     333300000001\n"
    "4    eth0            1     0     333300000001\n"
    "4    eth0            1     0     01005e000001\n"
    "12   lan0            2     1     0180c200000e\n";

// "4 01:00:5e:00:00:01, "
std::string seen(std::string_view text) {
  std::string out;
  for (const MulticastGroup& group : parseMulticastList(text)) {
    out += std::to_string(static_cast<int>(group.index)) + " " + toText(group.address) + ", ";
  }
  return out;
}

TEST(MulticastList, IsSortedByInterfaceAndAddress) {
  EXPECT_EQ(seen(kRecorded),
            "1 33:33:00:00:00:01, 4 01:00:5e:00:00:01, 4 33:33:00:00:00:01, "
            "12 01:80:c2:00:00:0e, ");
}

TEST(MulticastList, AnAddressAskedForTwiceIsThereOnce) {
  EXPECT_EQ(seen("3 a 1 0 01005e000001\n3 a 1 0 01005E000001\n"), "3 01:00:5e:00:00:01, ");
}

TEST(MulticastList, AddressesNeedNotBeOfEthernet) {
  EXPECT_EQ(seen("3 ib0 1 0 00ffffffff12401bffff0000000000000000\n"),
            "3 00:ff:ff:ff:ff:12:40:1b:ff:ff:00:00:00:00:00:00:00:00, ");
  EXPECT_EQ(seen("3 gre0 1 0 e0000001\n"), "3 e0:00:00:01, ");
}

TEST(MulticastList, AMalformedLineIsSkippedAndCostsNoOther) {
  for (const char* line :
       {"", "   ", "3", "3 a 1 0", "x a 1 0 01005e000001", "0 a 1 0 01005e000001",
        "-3 a 1 0 01005e000001", "3 a b 0 01005e000001", "3 a 1 b 01005e000001",
        "3 a 1 0 01005e00000", "3 a 1 0 01005e00000g", "3 a 1 0 01:00:5e:00:00:01",
        "3 a 1 0 01005e000001 more", "99999999999 a 1 0 01005e000001",
        "3 a 1 0 0000000000000000000000000000000000000000000000000000000000000000ff"}) {
    EXPECT_EQ(seen("1 lo 1 0 333300000001\n" + std::string(line) + "\n7 z 1 0 333300000001\n"),
              "1 33:33:00:00:00:01, 7 33:33:00:00:00:01, ")
        << line;
  }
}

TEST(MulticastList, NothingIsNoGroups) {
  EXPECT_EQ(seen(""), "");
  EXPECT_EQ(seen("\n"), "");
}

TEST(MulticastList, AMissingLastNewlineDoesNotMatter) {
  EXPECT_EQ(seen("3 a 1 0 01005e000001"), "3 01:00:5e:00:00:01, ");
}

TEST(MulticastList, AnyMutationIsTakenLineByLine) {
  std::mt19937 random(5);  // NOLINT(*-msc51-cpp): the same mutations each time
  constexpr std::string_view kTelling = " \n\t0af-\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(kRecorded);
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, random() % 20);
        if (text.empty()) break;
      } else {
        text[at] = kTelling[random() % kTelling.size()];
      }
    }
    for (const MulticastGroup& group : parseMulticastList(text)) {
      ASSERT_GT(group.index, KernelIndex{0});
      ASSERT_FALSE(group.address.empty());
    }
  }
}

}  // namespace
}  // namespace hvnet
