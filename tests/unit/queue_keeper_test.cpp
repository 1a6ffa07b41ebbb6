#include "snapshot/queue_keeper.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace hvnet {
namespace {

constexpr KernelIndex kLan0{2};

StatNameList namesOf(std::vector<std::string> names) {
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

class QueueKeeperTest : public testing::Test {
 protected:
  // rx packets, rx octets of queue 0, then tx packets of queue 1.
  void update(std::array<std::uint64_t, 3> values) { keeper_.update(kLan0, names_, values); }
  [[nodiscard]] std::vector<QueueCounters> published() const {
    std::vector<QueueCounters> out;
    keeper_.publish(kLan0, IfIndex{7}, out);
    return out;
  }

  StatNameList names_ = namesOf({"rx_queue_0_packets", "rx_queue_0_bytes", "tx_queue_1_packets"});
  QueueKeeper keeper_;
};

TEST_F(QueueKeeperTest, PublishesEachQueueWithWhatTheDriverCountsOfIt) {
  update({5, 500, 7});
  const auto queues = published();
  ASSERT_EQ(queues.size(), 2U);
  EXPECT_EQ(queues[0].index, IfIndex{7});
  EXPECT_EQ(queues[0].queue, 0U);
  EXPECT_EQ(queues[0].rx_packets, 5U);
  EXPECT_EQ(queues[0].rx_octets, 500U);
  EXPECT_EQ(queues[0].tx_packets, std::nullopt);
  EXPECT_EQ(queues[1].queue, 1U);
  EXPECT_EQ(queues[1].tx_packets, 7U);
}

TEST_F(QueueKeeperTest, NeverLetsACounterGoDown) {
  update({5, 500, 7});
  update({1, 100, 8});
  EXPECT_EQ(published()[0].rx_packets, 6U);
  EXPECT_EQ(published()[0].rx_octets, 600U);
  EXPECT_EQ(published()[1].tx_packets, 8U);
}

TEST_F(QueueKeeperTest, KeepsAQueueThatTheDriverNoLongerShows) {
  update({5, 500, 7});
  keeper_.update(kLan0, namesOf({"rx_queue_0_packets"}), std::array<std::uint64_t, 1>{6});
  ASSERT_EQ(published().size(), 2U);
  EXPECT_EQ(published()[0].rx_packets, 6U);
}

TEST_F(QueueKeeperTest, ForgetsAPortThatIsGone) {
  update({5, 500, 7});
  keeper_.forget(kLan0);
  EXPECT_TRUE(published().empty());
}

}  // namespace
}  // namespace hvnet
