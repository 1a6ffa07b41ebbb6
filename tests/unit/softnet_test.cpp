#include "sources/linux/softnet.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

// Two CPUs, as Linux 6.18 prints them: 2 and 0x10 drops; the 13th column is the CPU.
constexpr char kTwoCpus[] =
    "003a5f67 00000002 00000003 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
    "00000000 00000000 00000000 00000000 00000000\n"
    "002fd514 00000010 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
    "00000000 00000000 00000001 00000000 00000000\n";

std::string line(const char* dropped, const char* cpu) {
  return std::string("00000001 ") + dropped + " 0 0 0 0 0 0 0 0 0 0 " + cpu + "\n";
}

TEST(SoftnetDrops, AreTheSecondColumnOfEveryCpuInHexadecimal) {
  SoftnetDrops drops;
  EXPECT_EQ(drops.update(kTwoCpus), 18U);
}

TEST(SoftnetDrops, DoNotFallWhenACpuGoesAndGoOnWhenItIsBack) {
  SoftnetDrops drops;
  EXPECT_EQ(drops.update(line("5", "0") + line("7", "1")), 12U);
  EXPECT_EQ(drops.update(line("7", "1")), 12U);
  EXPECT_EQ(drops.update(line("6", "0") + line("7", "1")), 13U);
}

TEST(SoftnetDrops, WrapAt32Bits) {
  SoftnetDrops drops;
  EXPECT_EQ(drops.update(line("fffffffe", "0")), 0xfffffffeU);
  EXPECT_EQ(drops.update(line("3", "0")), 0x100000003U);
}

TEST(SoftnetDrops, AreToldApartByTheirPlaceWhereTheKernelNamesNoCpu) {
  SoftnetDrops drops;
  EXPECT_EQ(drops.update("1 2 3\n4 5 6\n"), 7U);
  EXPECT_EQ(drops.update("1 2 3\n4 6 6\n"), 8U);
}

TEST(SoftnetDrops, AreNotKnownFromAnotherText) {
  SoftnetDrops drops;
  for (const char* text : {"", "hello\n", "1\n", "1 2 3\n\n", "1 zz\n", "1 100000000\n"}) {
    EXPECT_EQ(drops.update(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace hvnet
