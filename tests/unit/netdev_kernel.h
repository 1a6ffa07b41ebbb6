// Messages of the kernel's queue statistics, and a kernel that answers with them.
#pragma once

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "netlink_fixture.h"
#include "sources/linux/netlink_socket.h"

namespace hvnet::test::netdev {

using Octets = std::vector<std::byte>;

inline constexpr std::uint16_t kFamily = 20;  // the recording kernel's number
// include/uapi/linux/netdev.h
inline constexpr std::uint8_t kQstatsGet = 12;
inline constexpr std::uint16_t kIfindex = 1;
inline constexpr std::uint16_t kType = 2;
inline constexpr std::uint16_t kQueue = 3;
inline constexpr std::uint16_t kRxPackets = 8;
inline constexpr std::uint16_t kRxBytes = 9;
inline constexpr std::uint16_t kTxPackets = 10;
inline constexpr std::uint16_t kRxAllocFail = 12;
inline constexpr std::uint16_t kRxHwDrops = 13;
inline constexpr std::uint16_t kRxHwOverruns = 14;
inline constexpr std::uint16_t kTxHwDrops = 24;
inline constexpr std::uint16_t kTxHwErrors = 25;
inline constexpr std::uint32_t kRx = 0;
inline constexpr std::uint32_t kTx = 1;

template <class T>
Octets octetsOf(T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  return {first, first + sizeof(T)};
}

inline Octets generic(std::uint16_t family, std::uint8_t command) {
  Octets message(NLMSG_HDRLEN + GENL_HDRLEN);
  std::memcpy(message.data() + 4, &family, sizeof(family));
  message[NLMSG_HDRLEN] = std::byte{command};
  test::fixLength(message);
  return message;
}

// A message of one queue, as the kernel builds it; counters follow by with().
class Queue {
 public:
  Queue(std::uint32_t ifindex, std::uint32_t type, std::uint32_t queue)
      : message_(generic(kFamily, kQstatsGet)) {
    with(kIfindex, ifindex).with(kType, type).with(kQueue, queue);
  }
  template <class T>
  Queue& with(std::uint16_t attribute, T value) {
    test::appendAttribute(message_, attribute, octetsOf(value));
    return *this;
  }
  Queue& withOctets(std::uint16_t attribute, std::size_t octets) {
    test::appendAttribute(message_, attribute, Octets(octets));
    return *this;
  }
  operator const Octets&() const { return message_; }  // NOLINT(google-explicit-constructor)

 private:
  Octets message_;
};

// A CTRL_CMD_NEWFAMILY with these commands.
inline Octets familyMessage(const std::string& name, std::uint16_t number,
                            const std::vector<std::uint32_t>& commands) {
  auto message = generic(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
  const auto* text = reinterpret_cast<const std::byte*>(name.c_str());
  test::appendAttribute(message, CTRL_ATTR_FAMILY_NAME, Octets(text, text + name.size() + 1));
  test::appendAttribute(message, CTRL_ATTR_FAMILY_ID, octetsOf(number));
  Octets list;
  std::uint16_t position = 0;
  for (const std::uint32_t command : commands) {
    // {command's position {CTRL_ATTR_OP_ID, command}}
    for (const std::uint16_t half :
         {std::uint16_t{12}, ++position, std::uint16_t{8}, std::uint16_t{CTRL_ATTR_OP_ID}}) {
      const auto octets = octetsOf(half);
      list.insert(list.end(), octets.begin(), octets.end());
    }
    const auto octets = octetsOf(command);
    list.insert(list.end(), octets.begin(), octets.end());
  }
  test::appendAttribute(message, CTRL_ATTR_OPS, list);
  return message;
}

// Plays the kernel's part: for each type of request the dumps that answer it, one after the other.
struct FakeKernel {
  struct Dump {
    std::vector<Octets> messages{};
    int verdict = 0;
    std::uint16_t flags = NLM_F_MULTI;
  };
  std::map<std::uint16_t, std::deque<Dump>> dumps{};
  std::vector<Octets> requests{};

  DumpSocket::Connect connect() {
    return [this]() -> Result<std::unique_ptr<DumpTransport>> {
      return std::make_unique<Transport>(*this);
    };
  }

 private:
  class Transport final : public DumpTransport {
   public:
    explicit Transport(FakeKernel& kernel) : kernel_(&kernel) {}

    [[nodiscard]] std::uint32_t port() const override { return 42; }
    Result<void> send(std::span<const std::byte> request) override {
      kernel_->requests.emplace_back(request.begin(), request.end());
      nlmsghdr header{};
      std::memcpy(&header, request.data(), sizeof(header));
      auto& answers = kernel_->dumps[header.nlmsg_type];
      if (answers.empty()) return fail("a request more than the test has an answer for");
      for (const Octets& each : answers.front().messages)
        queue(each, header, answers.front().flags);
      Octets done(NLMSG_LENGTH(sizeof(int)));
      const std::uint16_t type = NLMSG_DONE;
      std::memcpy(done.data() + 4, &type, sizeof(type));
      std::memcpy(done.data() + NLMSG_HDRLEN, &answers.front().verdict, sizeof(int));
      queue(done, header, NLM_F_MULTI);
      answers.pop_front();
      return {};
    }
    Result<std::span<const std::byte>> receive() override {
      if (waiting_.empty()) return fail("nothing waits");
      last_ = std::move(waiting_.front());
      waiting_.pop_front();
      return last_;
    }

   private:
    void queue(Octets message, const nlmsghdr& request, std::uint16_t flags) {
      nlmsghdr header{};
      std::memcpy(&header, message.data(), sizeof(header));
      header.nlmsg_len = static_cast<std::uint32_t>(message.size());
      header.nlmsg_flags = flags;
      header.nlmsg_seq = request.nlmsg_seq;
      header.nlmsg_pid = port();
      std::memcpy(message.data(), &header, sizeof(header));
      waiting_.push_back(std::move(message));
    }

    FakeKernel* kernel_;
    std::deque<Octets> waiting_;
    Octets last_;
  };
};

// One that has the family, and answers with these dumps of queues.
inline FakeKernel kernelWith(std::deque<FakeKernel::Dump> dumps) {
  FakeKernel kernel;
  kernel.dumps[GENL_ID_CTRL] = {
      {{familyMessage("nlctrl", GENL_ID_CTRL, {3, 12}), recordedMessage("newfamily-netdev")}}};
  kernel.dumps[kFamily] = std::move(dumps);
  return kernel;
}

}  // namespace hvnet::test::netdev
