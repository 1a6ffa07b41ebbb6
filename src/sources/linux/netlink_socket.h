// Two kinds of netlink socket: one that asks and waits (dumps), one that listens (events, rtnetlink
// only).
//
// Threads: one owner each. Ownership: each owns its socket; messages are lent to the sink for one
// call. Errors: values with the kernel's own text; after one, a dump socket starts afresh by itself
// with the next dump.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

struct mnl_socket;  // libmnl's

namespace hvnet {

// Reads the messages of a dump or of the event queue, one whole message at a time.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  // A dump begins, or begins again because it was interrupted: forget what it has said so far.
  virtual void restart() {}
  virtual void read(std::span<const std::byte> message) = 0;
};

// What carries the request of a dump and its answer: a netlink socket, or in a test whatever plays
// the kernel's part.
class DumpTransport {
 public:
  virtual ~DumpTransport() = default;
  [[nodiscard]] virtual std::uint32_t port() const = 0;  // which answers are addressed to
  virtual Result<void> send(std::span<const std::byte> request) = 0;
  // The next batch of messages, lent until the next call. Waits for it, but not for ever.
  virtual Result<std::span<const std::byte>> receive() = 0;
};

struct NetlinkCloser {
  void operator()(mnl_socket* socket) const;
};
using NetlinkHandle = std::unique_ptr<mnl_socket, NetlinkCloser>;

class DumpSocket {
 public:
  enum class Protocol { kRoute, kGeneric };

  // `timeout`: how long the kernel may stay silent before a dump fails.
  static Result<DumpSocket> open(Protocol protocol = Protocol::kRoute,
                                 std::chrono::milliseconds timeout = std::chrono::seconds(5));
  using Connect = std::function<Result<std::unique_ptr<DumpTransport>>()>;
  static Result<DumpSocket> openWith(Connect connect);

  // `request` is a whole message; its length, flags and sequence number are filled in here.
  Result<void> dump(std::span<std::byte> request, MessageSink& sink);

 private:
  enum class Pass { kGoesOn, kWhole, kInterrupted };

  explicit DumpSocket(Connect connect) : connect_(std::move(connect)) {}
  Result<void> reconnect();
  Result<Pass> dumpOnce(std::span<std::byte> request, MessageSink& sink);
  Result<Pass> readBatch(std::span<const std::byte> batch, MessageSink& sink);

  Connect connect_;
  std::unique_ptr<DumpTransport> transport_;  // null after an error
  std::uint32_t sequence_ = 0;
  bool interrupted_ = false;
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
