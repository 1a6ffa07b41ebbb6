#include "counters/linux/netlink_socket.h"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <string>
#include <utility>

#include "counters/linux/netlink_message.h"

namespace hvnet {
namespace {

// The kernel fills dump buffers of up to 32 KiB, if the reader has shown that it takes them
// (netlink_dump() in net/netlink/af_netlink.c). Twice that also holds any single event.
constexpr std::size_t kBufferBytes = 0x10000;
constexpr int kDumpTries = 4;

Result<NetlinkHandle> openRouteSocket(int flags) {
  NetlinkHandle handle(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags));
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

}  // namespace

void NetlinkCloser::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

DumpSocket::DumpSocket(std::chrono::milliseconds timeout)
    : timeout_(timeout), buffer_(kBufferBytes) {}

Result<DumpSocket> DumpSocket::open(std::chrono::milliseconds timeout) {
  DumpSocket socket(timeout);
  if (auto connected = socket.connect(); !connected) return tl::unexpected(connected.error());
  return socket;
}

Result<void> DumpSocket::connect() {
  auto handle = openRouteSocket(0);
  if (!handle) return tl::unexpected(handle.error());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout_);
  const std::chrono::microseconds rest = timeout_ - seconds;
  const timeval limit{seconds.count(), rest.count()};
  if (::setsockopt(mnl_socket_get_fd(handle->get()), SOL_SOCKET, SO_RCVTIMEO, &limit,
                   sizeof(limit)) < 0) {
    return failErrno("setting a netlink timeout");
  }
  // Makes the kernel refuse a filter that it does not know, rather than ignore it. Best effort:
  // kernels before 4.20 do not have it.
  int on = 1;
  mnl_socket_setsockopt(handle->get(), NETLINK_GET_STRICT_CHK, &on, sizeof(on));
  handle_ = std::move(*handle);
  return {};
}

Result<void> DumpSocket::dump(std::span<std::byte> request, MessageSink& sink) {
  for (int tries = 0; tries < kDumpTries; ++tries) {
    sink.restart();
    const auto pass = dumpOnce(request, sink);
    if (!pass) {
      // The rest of a failed dump may still arrive, and the kernel refuses a second one on the
      // same socket until it has: leave it all behind.
      handle_.reset();
      return tl::unexpected(pass.error());
    }
    if (*pass == Pass::kWhole) return {};
  }
  return fail("netlink dump: interrupted by changes " + std::to_string(kDumpTries) + " times");
}

Result<DumpSocket::Pass> DumpSocket::dumpOnce(std::span<std::byte> request, MessageSink& sink) {
  if (!handle_) {
    if (auto connected = connect(); !connected) return tl::unexpected(connected.error());
  }
  nlmsghdr header{};
  std::memcpy(&header, request.data(), sizeof(header));
  header.nlmsg_len = static_cast<std::uint32_t>(request.size());
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = ++sequence_;
  std::memcpy(request.data(), &header, sizeof(header));
  if (mnl_socket_sendto(handle_.get(), request.data(), request.size()) < 0) {
    return failErrno("netlink dump: sending the request");
  }
  interrupted_ = false;
  while (true) {
    const auto got = mnl_socket_recvfrom(handle_.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return fail("netlink dump: the kernel does not answer");
    if (got < 0) return failErrno("netlink dump");
    auto pass = takeBatch(Bytes(buffer_).first(static_cast<std::size_t>(got)), sink);
    if (!pass || *pass != Pass::kGoesOn) return pass;
  }
}

Result<DumpSocket::Pass> DumpSocket::takeBatch(std::span<const std::byte> batch,
                                               MessageSink& sink) {
  Result<Pass> pass = Pass::kGoesOn;
  const std::uint32_t port = mnl_socket_get_portid(handle_.get());
  eachMessage(batch, [&](const nlmsghdr& header, Bytes message) {
    if (!mnl_nlmsg_seq_ok(&header, sequence_) || !mnl_nlmsg_portid_ok(&header, port)) return true;
    // "dump was inconsistent due to sequence change" (linux/netlink.h): a link came or went, so
    // that others may be missing or here twice.
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted_ = true;
    if (header.nlmsg_type != NLMSG_DONE && header.nlmsg_type != NLMSG_ERROR) {
      if (header.nlmsg_type >= NLMSG_MIN_TYPE) sink.take(message);
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
  auto handle = openRouteSocket(SOCK_NONBLOCK);
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
                    sink.take(message);
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
