#include "sources/linux/qdisc_totals.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

class Totals : public testing::Test {
 protected:
  std::uint64_t at(std::uint32_t drops, std::uint32_t handle = 0x8001'0000) {
    return totals_.update({.index = KernelIndex{3}, .drops = drops, .handle = handle});
  }
  QdiscTotals totals_;
};

TEST_F(Totals, StartWithWhatTheQdiscShows) {
  EXPECT_EQ(at(100), 100U);
  EXPECT_EQ(at(130), 130U);
}

TEST_F(Totals, GoOnWithAnotherQdisc) {
  at(100);
  EXPECT_EQ(at(0, 0x8002'0000), 100U);
  EXPECT_EQ(at(7, 0x8002'0000), 107U);
  EXPECT_EQ(at(500, 0x8003'0000), 607U) << "more than the old one had, and all of it new";
}

TEST_F(Totals, CarryOnOverTheWrapOfA32BitCounter) {
  at(0xffff'fff0);
  EXPECT_EQ(at(0x10), 0x1'0000'0010U);
}

TEST_F(Totals, CountNothingTwiceWhenAChildOfMqWasReplaced) {
  at(400);
  EXPECT_EQ(at(206), 400U) << "the other child's drops were counted before";
  EXPECT_EQ(at(216), 410U);
}

TEST_F(Totals, AreEachInterfacesOwn) {
  at(100);
  EXPECT_EQ(totals_.update({.index = KernelIndex{4}, .drops = 5, .handle = 0}), 5U);
  EXPECT_EQ(at(101), 101U);
}

TEST_F(Totals, ForgetInterfacesThatAreGone) {
  at(100);
  totals_.keepOnly([](KernelIndex) { return false; });
  EXPECT_EQ(at(1), 1U);
}

}  // namespace
}  // namespace hvnet
