#include "sources/linux/netlink_socket.h"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <string>
#include <utility>

#include "sources/linux/netlink_message.h"

namespace hvnet {
namespace {

// The kernel fills dump buffers of up to 32 KiB, if the reader has shown that it takes them
// (netlink_dump() in net/netlink/af_netlink.c). Twice that also holds any single event.
constexpr std::size_t kBufferBytes = 0x10000;
constexpr int kDumpTries = 4;

// `protocol`: NETLINK_ROUTE, NETLINK_GENERIC.
Result<NetlinkHandle> openSocket(int protocol, int flags) {
  NetlinkHandle handle(mnl_socket_open2(protocol, SOCK_CLOEXEC | flags));
  if (!handle) return failErrno("opening a netlink socket");
  if (mnl_socket_bind(handle.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return failErrno("binding a netlink socket");
  }
  return handle;
}

// Calls visit(header, message) for each whole message of a batch, for as long as it says true.
template <class Visit>
void eachMessage(Bytes batch, Visit visit) {
  const auto* header = reinterpret_cast<const nlmsghdr*>(batch.data());
  int left = static_cast<int>(batch.size());
  while (mnl_nlmsg_ok(header, left)) {
    const Bytes message(reinterpret_cast<const std::byte*>(header), header->nlmsg_len);
    if (!visit(*header, message)) return;
    header = mnl_nlmsg_next(header, &left);
  }
}

// What the kernel says at the end of a dump (NLMSG_DONE) or instead of one (NLMSG_ERROR): an int
// that is zero or a negated errno.
Result<void> readVerdict(Bytes message) {
  const auto code = readValue<int>(message.subspan(MNL_NLMSG_HDRLEN));
  if (!code) return fail("netlink dump: verdict cut short");
  if (*code == 0) return {};
  errno = -*code;
  return failErrno("netlink dump");
}

Result<NetlinkHandle> openDumpHandle(DumpSocket::Protocol protocol,
                                     std::chrono::milliseconds timeout) {
  const bool generic = protocol == DumpSocket::Protocol::kGeneric;
  auto handle = openSocket(generic ? NETLINK_GENERIC : NETLINK_ROUTE, 0);
  if (!handle) return handle;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const std::chrono::microseconds rest = timeout - seconds;
  const timeval limit{seconds.count(), rest.count()};
  if (::setsockopt(mnl_socket_get_fd(handle->get()), SOL_SOCKET, SO_RCVTIMEO, &limit,
                   sizeof(limit)) < 0) {
    return failErrno("setting a netlink timeout");
  }
  // Makes the kernel refuse a filter that it does not know, rather than ignore it. Best effort:
  // kernels before 4.20 do not have it.
  int on = 1;
  mnl_socket_setsockopt(handle->get(), NETLINK_GET_STRICT_CHK, &on, sizeof(on));
  return handle;
}

class KernelTransport final : public DumpTransport {
 public:
  explicit KernelTransport(NetlinkHandle handle)
      : handle_(std::move(handle)), buffer_(kBufferBytes) {}

  [[nodiscard]] std::uint32_t port() const override { return mnl_socket_get_portid(handle_.get()); }

  Result<void> send(Bytes request) override {
    if (mnl_socket_sendto(handle_.get(), request.data(), request.size()) >= 0) return {};
    return failErrno("netlink dump: sending the request");
  }

  Result<Bytes> receive() override {
    while (true) {
      const auto got = mnl_socket_recvfrom(handle_.get(), buffer_.data(), buffer_.size());
      if (got >= 0) return Bytes(buffer_).first(static_cast<std::size_t>(got));
      if (errno == EAGAIN) return fail("netlink dump: the kernel does not answer");
      if (errno != EINTR) return failErrno("netlink dump");
    }
  }

 private:
  NetlinkHandle handle_;
  std::vector<std::byte> buffer_;
};

}  // namespace

void NetlinkCloser::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

Result<DumpSocket> DumpSocket::open(Protocol protocol, std::chrono::milliseconds timeout) {
  return openWith([protocol, timeout]() -> Result<std::unique_ptr<DumpTransport>> {
    auto handle = openDumpHandle(protocol, timeout);
    if (!handle) return tl::unexpected(handle.error());
    return std::make_unique<KernelTransport>(std::move(*handle));
  });
}

Result<DumpSocket> DumpSocket::openWith(Connect connect) {
  DumpSocket socket(std::move(connect));
  if (auto connected = socket.reconnect(); !connected) return tl::unexpected(connected.error());
  return socket;
}

Result<void> DumpSocket::reconnect() {
  auto transport = connect_();
  if (!transport) return tl::unexpected(transport.error());
  transport_ = std::move(*transport);
  return {};
}

Result<void> DumpSocket::dump(std::span<std::byte> request, MessageSink& sink) {
  for (int tries = 0; tries < kDumpTries; ++tries) {
    sink.restart();
    const auto pass = dumpOnce(request, sink);
    if (!pass) {
      // The rest of a failed dump may still arrive, and the kernel refuses a second one on the
      // same socket until it has: leave it all behind.
      transport_.reset();
      return tl::unexpected(pass.error());
    }
    if (*pass == Pass::kWhole) return {};
  }
  return fail("netlink dump: interrupted by changes " + std::to_string(kDumpTries) + " times");
}

Result<DumpSocket::Pass> DumpSocket::dumpOnce(std::span<std::byte> request, MessageSink& sink) {
  if (!transport_) {
    if (auto connected = reconnect(); !connected) return tl::unexpected(connected.error());
  }
  nlmsghdr header{};
  std::memcpy(&header, request.data(), sizeof(header));
  header.nlmsg_len = static_cast<std::uint32_t>(request.size());
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = ++sequence_;
  std::memcpy(request.data(), &header, sizeof(header));
  if (auto sent = transport_->send(request); !sent) return tl::unexpected(sent.error());
  interrupted_ = false;
  while (true) {
    const auto batch = transport_->receive();
    if (!batch) return tl::unexpected(batch.error());
    auto pass = readBatch(*batch, sink);
    if (!pass || *pass != Pass::kGoesOn) return pass;
  }
}

Result<DumpSocket::Pass> DumpSocket::readBatch(std::span<const std::byte> batch,
                                               MessageSink& sink) {
  Result<Pass> pass = Pass::kGoesOn;
  const std::uint32_t port = transport_->port();
  eachMessage(batch, [&](const nlmsghdr& header, Bytes message) {
    if (!mnl_nlmsg_seq_ok(&header, sequence_) || !mnl_nlmsg_portid_ok(&header, port)) return true;
    // "dump was inconsistent due to sequence change" (linux/netlink.h): a link came or went, so
    // that others may be missing or here twice.
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted_ = true;
    if (header.nlmsg_type != NLMSG_DONE && header.nlmsg_type != NLMSG_ERROR) {
      if (header.nlmsg_type >= NLMSG_MIN_TYPE) sink.read(message);
      return true;
    }
    if (auto verdict = readVerdict(message); !verdict) {
      pass = tl::unexpected(verdict.error());
    } else {
      pass = interrupted_ ? Pass::kInterrupted : Pass::kWhole;
    }
    return false;
  });
  return pass;
}

EventSocket::EventSocket(NetlinkHandle handle)
    : handle_(std::move(handle)), buffer_(kBufferBytes) {}

Result<EventSocket> EventSocket::open(unsigned group, int buffer_bytes) {
  auto handle = openSocket(NETLINK_ROUTE, SOCK_NONBLOCK);
  if (!handle) return tl::unexpected(handle.error());
  const int fd = mnl_socket_get_fd(handle->get());
  // Beyond net.core.rmem_max only with CAP_NET_ADMIN; without it, as much as that allows.
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof(buffer_bytes)) < 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
  }
  if (mnl_socket_setsockopt(handle->get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0) {
    return failErrno("subscribing to netlink events");
  }
  return EventSocket(std::move(*handle));
}

int EventSocket::fd() const {
  return mnl_socket_get_fd(handle_.get());
}

Result<EventSocket::Drained> EventSocket::drain(MessageSink& sink) {
  Drained drained = Drained::kAll;
  while (true) {
    const auto got = mnl_socket_recvfrom(handle_.get(), buffer_.data(), buffer_.size());
    if (got >= 0) {
      eachMessage(Bytes(buffer_).first(static_cast<std::size_t>(got)),
                  [&sink](const nlmsghdr&, Bytes message) {
                    sink.read(message);
                    return true;
                  });
      continue;
    }
    if (errno == EAGAIN) return drained;
    if (errno == EINTR) continue;
    // ENOBUFS: the queue ran over. ENOSPC is libmnl's word for a message longer than the buffer.
    if (errno != ENOBUFS && errno != ENOSPC) return failErrno("reading netlink events");
    drained = Drained::kWithLosses;
  }
}

}  // namespace hvnet
