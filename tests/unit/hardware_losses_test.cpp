#include "sources/linux/hardware_losses.h"

#include <gtest/gtest.h>

#include <vector>

namespace hvnet {
namespace {

constexpr std::nullopt_t kNone = std::nullopt;
constexpr KernelIndex kLan0{2};
constexpr KernelIndex kLan1{3};

struct Rx {
  std::uint32_t queue;
  Count drops;
  Count overruns;
};
struct Tx {
  std::uint32_t queue;
  Count drops;
  Count errors;
};

std::vector<QueueMessage> messages(const std::vector<Rx>& rx, const std::vector<Tx>& tx = {}) {
  std::vector<QueueMessage> out;
  out.reserve(rx.size() + tx.size());
  for (const Rx& each : rx) {
    out.push_back(
        {kLan0, {each.queue}, {.rx_drops = each.drops, .rx_drop_overruns = each.overruns}});
  }
  for (const Tx& each : tx) {
    out.push_back({kLan0, {each.queue}, {.tx_drops = each.drops, .tx_drop_errors = each.errors}});
  }
  return out;
}

TEST(HardwareLosses, AreAbsentWhereTheDriverDoesNotCountThem) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, kNone}}, {{0, kNone, kNone}})),
            HardwareLosses{});
  EXPECT_EQ(totals.update(kLan0, {}), HardwareLosses{});
}

TEST(HardwareLosses, AreTheOverrunsOfAllQueuesAndNotTheDropsOfAPolicy) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({{0, 100, 7}, {1, 50, 5}})),
            (HardwareLosses{12, kNone, kNone}));
}

TEST(HardwareLosses, AreAllReceiveDropsWhereOverrunsAreNotCountedApart) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({{0, 100, kNone}, {1, 50, kNone}})),
            (HardwareLosses{150, kNone, kNone}));
}

TEST(HardwareLosses, OnSendAreErrorsAndTheRestOfTheDropsIsDiscards) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({}, {{0, 10, 3}, {1, 20, 4}})),
            (HardwareLosses{kNone, 7, 23}));
  EXPECT_EQ(totals.update(kLan1, messages({}, {{0, 10, kNone}})),
            (HardwareLosses{kNone, kNone, 10}));
}

TEST(HardwareLosses, GiveNoDiscardsWhereOnlyErrorsAreCounted) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({}, {{0, kNone, 3}})), (HardwareLosses{kNone, 3, kNone}));
}

TEST(HardwareLosses, NeverTakeADiscardBackWhenTheErrorsAreCountedLater) {
  HardwareLossTotals totals;
  EXPECT_EQ(totals.update(kLan0, messages({}, {{0, 10, 3}})).out_discards, 7U);
  EXPECT_EQ(totals.update(kLan0, messages({}, {{0, 10, 5}})).out_discards, 7U);
  EXPECT_EQ(totals.update(kLan0, messages({}, {{0, 4, 50}})).out_discards, 7U);
  EXPECT_EQ(totals.update(kLan1, messages({}, {{0, 4, 50}})).out_discards, 0U);
}

TEST(HardwareLosses, KeepWhatAQueueHadLostThatIsTakenAway) {
  HardwareLossTotals totals;
  totals.update(kLan0, messages({{0, kNone, 600}, {1, kNone, 400}}));
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, 601}})).in_drops, 1001U);
  EXPECT_EQ(totals.update(kLan0, {}).in_drops, 1001U) << "down: the kernel says nothing";
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, 601}, {1, kNone, 402}})).in_drops, 1003U)
      << "it comes back with its old value";
}

TEST(HardwareLosses, InventNothingWhenACounterGoesBackwards) {
  HardwareLossTotals totals;
  totals.update(kLan0, messages({{0, kNone, 1000}}));
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, 990}})).in_drops, 1000U);
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, 0}})).in_drops, 1000U);
  EXPECT_EQ(totals.update(kLan0, messages({{0, kNone, 8}})).in_drops, 1008U);
}

TEST(HardwareLosses, OfAnInterfaceThatIsGoneAreForgotten) {
  HardwareLossTotals totals;
  totals.update(kLan0, messages({{0, kNone, 5}}));
  totals.update(kLan1, messages({{0, kNone, 6}}));
  totals.keepOnly([](KernelIndex index) { return index == kLan1; });
  EXPECT_EQ(totals.update(kLan0, {}), HardwareLosses{});
  EXPECT_EQ(totals.update(kLan1, {}).in_drops, 6U);
}

}  // namespace
}  // namespace hvnet
