// Two kinds of rtnetlink socket: one that asks and waits (dumps), one that listens (events).
//
// Threads: one owner each. Errors: values with the kernel's own text; after one, a dump socket
// starts afresh by itself with the next dump.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

struct mnl_socket;  // libmnl's

namespace hvnet {

// Takes the messages of a dump or of the event queue, one whole message at a time.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  // A dump begins, or begins again because it was interrupted: forget what it has said so far.
  virtual void restart() {}
  virtual void take(std::span<const std::byte> message) = 0;
};

struct NetlinkCloser {
  void operator()(mnl_socket* socket) const;
};
using NetlinkHandle = std::unique_ptr<mnl_socket, NetlinkCloser>;

class DumpSocket {
 public:
  // `timeout`: how long the kernel may stay silent before a dump fails.
  static Result<DumpSocket> open(std::chrono::milliseconds timeout = std::chrono::seconds(5));

  // `request` is a whole message; its length, flags and sequence number are filled in here.
  Result<void> dump(std::span<std::byte> request, MessageSink& sink);

 private:
  enum class Pass { kGoesOn, kWhole, kInterrupted };

  explicit DumpSocket(std::chrono::milliseconds timeout);
  Result<void> connect();
  Result<Pass> dumpOnce(std::span<std::byte> request, MessageSink& sink);
  Result<Pass> takeBatch(std::span<const std::byte> batch, MessageSink& sink);

  std::chrono::milliseconds timeout_;
  NetlinkHandle handle_;
  std::uint32_t sequence_ = 0;
  bool interrupted_ = false;
  std::vector<std::byte> buffer_;
};

class EventSocket {
 public:
  enum class Drained { kAll, kWithLosses };

  // Joins one RTNLGRP_* group. `buffer_bytes` asks for a socket receive buffer of that size.
  static Result<EventSocket> open(unsigned group, int buffer_bytes);

  [[nodiscard]] int fd() const;
  // Hands over all that is queued, without blocking. kWithLosses: the queue had run over, and the
  // kernel threw messages away; only a dump tells what they said.
  Result<Drained> drain(MessageSink& sink);

 private:
  explicit EventSocket(NetlinkHandle handle);

  NetlinkHandle handle_;
  std::vector<std::byte> buffer_;
};

}  // namespace hvnet
