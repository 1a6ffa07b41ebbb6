#include "counters/linux/netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include "netlink_fixture.h"

namespace hvnet {
namespace {

struct CountingSink final : MessageSink {
  void restart() override { ++starts; }
  void take(std::span<const std::byte> message) override {
    ++messages;
    EXPECT_GE(message.size(), sizeof(nlmsghdr));
  }
  int starts = 0;
  int messages = 0;
};

std::vector<std::byte> request(std::uint16_t type) {
  std::vector<std::byte> bytes(NLMSG_LENGTH(sizeof(ifinfomsg)));
  nlmsghdr header{};
  header.nlmsg_type = type;
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

TEST(DumpSocket, HandsOverEveryMessageOnce) {
  auto socket = DumpSocket::open();
  ASSERT_TRUE(socket) << socket.error().text;
  CountingSink sink;
  auto links = request(RTM_GETLINK);
  const auto dumped = socket->dump(links, sink);
  ASSERT_TRUE(dumped) << dumped.error().text;
  EXPECT_GE(sink.messages, 1) << "the loopback at least";
  EXPECT_GE(sink.starts, 1);
}

TEST(DumpSocket, GivesTheKernelsReasonAndGoesOn) {
  auto socket = DumpSocket::open();
  ASSERT_TRUE(socket) << socket.error().text;
  CountingSink sink;
  auto nonsense = request(0xfffe);
  const auto refused = socket->dump(nonsense, sink);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "netlink dump: Operation not supported");
  auto links = request(RTM_GETLINK);
  EXPECT_TRUE(socket->dump(links, sink)) << "a refused dump does not spoil the next";
}

TEST(EventSocket, WithNothingQueuedReturnsAtOnce) {
  auto socket = EventSocket::open(RTNLGRP_NOTIFY, 4096);
  ASSERT_TRUE(socket) << socket.error().text;
  CountingSink sink;
  const auto drained = socket->drain(sink);
  ASSERT_TRUE(drained) << drained.error().text;
  EXPECT_EQ(*drained, EventSocket::Drained::kAll);
  EXPECT_EQ(sink.messages, 0);
}

TEST(EventSocket, RefusesAGroupThatDoesNotExist) {
  const auto socket = EventSocket::open(100'000, 4096);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().text, "subscribing to netlink events: Invalid argument");
}

}  // namespace
}  // namespace hvnet
