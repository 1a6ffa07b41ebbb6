#include "sources/linux/netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include "netlink_fixture.h"

namespace hvnet {
namespace {

struct CountingSink final : MessageSink {
  void restart() override { ++starts; }
  void read(std::span<const std::byte> message) override {
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

// One message of a dump's answer, as the kernel would send it.
struct Answer {
  std::uint16_t type = RTM_NEWLINK;
  std::uint16_t flags = NLM_F_MULTI;
  std::uint32_t sequence_off_by = 0;
  int verdict = 0;  // of NLMSG_DONE and NLMSG_ERROR
};

// Plays the kernel's part: answers each request with the next of the passes, one batch a message.
class ScriptedKernel final : public DumpTransport {
 public:
  explicit ScriptedKernel(std::vector<std::vector<Answer>>& passes) : passes_(&passes) {}

  [[nodiscard]] std::uint32_t port() const override { return 42; }
  Result<void> send(std::span<const std::byte> request) override {
    std::memcpy(&request_, request.data(), sizeof(request_));
    if (passes_->empty()) return fail("one dump more than the test has");
    pass_ = passes_->front();
    passes_->erase(passes_->begin());
    return {};
  }
  Result<std::span<const std::byte>> receive() override {
    if (pass_.empty()) return fail("one batch more than the test has");
    const Answer answer = pass_.front();
    pass_.erase(pass_.begin());
    const bool is_verdict = answer.type == NLMSG_DONE || answer.type == NLMSG_ERROR;
    batch_.assign(is_verdict ? NLMSG_LENGTH(sizeof(int)) : NLMSG_LENGTH(sizeof(ifinfomsg)), {});
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(batch_.size());
    header.nlmsg_type = answer.type;
    header.nlmsg_flags = answer.flags;
    header.nlmsg_seq = request_.nlmsg_seq + answer.sequence_off_by;
    header.nlmsg_pid = port();
    std::memcpy(batch_.data(), &header, sizeof(header));
    if (is_verdict) std::memcpy(batch_.data() + NLMSG_HDRLEN, &answer.verdict, sizeof(int));
    return batch_;
  }

 private:
  std::vector<std::vector<Answer>>* passes_;
  std::vector<Answer> pass_;
  nlmsghdr request_{};
  std::vector<std::byte> batch_;
};

constexpr Answer kLink{};
constexpr Answer kInterruptedLink{.flags = NLM_F_MULTI | NLM_F_DUMP_INTR};
constexpr Answer kDone{.type = NLMSG_DONE};
constexpr Answer kInterruptedDone{.type = NLMSG_DONE, .flags = NLM_F_MULTI | NLM_F_DUMP_INTR};

class ScriptedDump : public testing::Test {
 protected:
  Result<void> dump(std::vector<std::vector<Answer>> passes) {
    DumpSocket socket = open(std::move(passes));
    return dump(socket);
  }
  DumpSocket open(std::vector<std::vector<Answer>> passes) {
    passes_ = std::move(passes);
    return *DumpSocket::openWith([this]() -> Result<std::unique_ptr<DumpTransport>> {
      ++connected_;
      return std::make_unique<ScriptedKernel>(passes_);
    });
  }
  Result<void> dump(DumpSocket& socket) {
    sink_ = CountingLatest();
    auto links = request(RTM_GETLINK);
    return socket.dump(links, sink_);
  }
  // Counts what the last pass said, as whoever builds a table from it does.
  struct CountingLatest final : MessageSink {
    void restart() override {
      ++starts;
      messages = 0;
    }
    void read(std::span<const std::byte>) override { ++messages; }
    int starts = 0;
    int messages = 0;
  };
  std::vector<std::vector<Answer>> passes_;
  CountingLatest sink_;
  int connected_ = 0;
};

TEST_F(ScriptedDump, AWholeOneIsAskedForOnce) {
  ASSERT_TRUE(dump({{kLink, kLink, kDone}}));
  EXPECT_EQ(sink_.starts, 1);
  EXPECT_EQ(sink_.messages, 2);
}

TEST_F(ScriptedDump, AnInterruptedOneIsReadAgainFromTheStart) {
  ASSERT_TRUE(dump({{kLink, kInterruptedLink, kDone}, {kLink, kLink, kLink, kDone}}));
  EXPECT_EQ(sink_.starts, 2);
  EXPECT_EQ(sink_.messages, 3) << "what the interrupted one said is forgotten";
}

TEST_F(ScriptedDump, TheKernelMaySayOnlyAtTheEndThatItWasInterrupted) {
  ASSERT_TRUE(dump({{kLink, kInterruptedDone}, {kLink, kLink, kDone}}));
  EXPECT_EQ(sink_.messages, 2);
}

TEST_F(ScriptedDump, OneThatIsInterruptedEachTimeIsAnError) {
  const std::vector<Answer> interrupted = {kInterruptedLink, kDone};
  const auto dumped = dump({interrupted, interrupted, interrupted, interrupted, {kLink, kDone}});
  ASSERT_FALSE(dumped);
  EXPECT_EQ(dumped.error().text, "netlink dump: interrupted by changes 4 times");
  EXPECT_EQ(passes_.size(), 1U) << "and is not asked for without end";
}

TEST_F(ScriptedDump, TheAnswerToAnEarlierRequestIsPassedOver) {
  const Answer late{.sequence_off_by = static_cast<std::uint32_t>(-1)};
  const Answer late_done{.type = NLMSG_DONE, .sequence_off_by = static_cast<std::uint32_t>(-1)};
  DumpSocket socket = open({{kLink, kDone}, {late, late_done, kLink, kLink, kDone}});
  ASSERT_TRUE(dump(socket));
  ASSERT_TRUE(dump(socket));
  EXPECT_EQ(sink_.messages, 2);
}

TEST_F(ScriptedDump, AnErrorAtTheEndIsTheDumps) {
  const auto dumped = dump({{kLink, {.type = NLMSG_DONE, .verdict = -ENOMEM}}});
  ASSERT_FALSE(dumped);
  EXPECT_EQ(dumped.error().text, "netlink dump: Cannot allocate memory");
}

// What is still to come of it would be read as the next one's.
TEST_F(ScriptedDump, OneThatFailsLeavesItsSocketBehind) {
  DumpSocket socket = open({{kLink}, {kLink, kDone}, {kLink, kDone}});
  EXPECT_FALSE(dump(socket)) << "it breaks off after the first link";
  EXPECT_TRUE(dump(socket));
  EXPECT_EQ(connected_, 2);
  EXPECT_TRUE(dump(socket));
  EXPECT_EQ(connected_, 2) << "one that has answered is used again";
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
