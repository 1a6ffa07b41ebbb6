// What each queue of an adapter has carried, and what the hardware has dropped of it: the kernel's
// own interface for it, the family "netdev" of generic netlink, from Linux 6.9 on. Any user may
// ask. One dump is for all interfaces of this network namespace; it has those whose drivers take
// part (struct netdev_stat_ops), and only while they are administratively up.
//
// Threads: one owner (the poller); the parsers are pure functions. A dump waits for the kernel's
// RTNL lock, and some drivers then ask the host for each queue: once a sample is right. Ownership:
// has its socket; fills a vector of the caller's. Errors: values. A kernel without the family, or
// with one that has no queue statistics (Linux 6.3 to 6.8), is no error. Units: packets and octets,
// as they are: they start again from zero when the driver makes its queues anew, a queue that is
// taken away takes its counters with it, and what is absent was not counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "counters/link.h"
#include "counters/queue_stats.h"
#include "sources/linux/netlink_socket.h"

namespace hvnet {

// What the device itself has dropped. The kernel's documentation (netlink/specs/netdev.yaml) has
// each second one as a part of the first.
struct HardwareDrops {
  std::optional<std::uint64_t> rx_drops{};          // filters and policy included
  std::optional<std::uint64_t> rx_drop_overruns{};  // for want of buffers or descriptors
  std::optional<std::uint64_t> tx_drops{};
  std::optional<std::uint64_t> tx_drop_errors{};

  bool operator==(const HardwareDrops&) const = default;
};

// One message. A queue has one for what it receives and one for what it sends.
struct QueueMessage {
  KernelIndex index{};
  QueueStats stats{};  // of one direction
  HardwareDrops drops{};

  bool operator==(const QueueMessage&) const = default;
};

// The number of the family, out of a CTRL_CMD_NEWFAMILY, if it is of the family "netdev" and that
// has queue statistics.
std::optional<std::uint16_t> netdevFamilyIn(std::span<const std::byte> message);

// One message of NETDEV_CMD_QSTATS_GET. Attributes that are not known here are passed over.
Result<QueueMessage> parseQueueMessage(std::span<const std::byte> message, std::uint16_t family);

// The queues of one interface, out of its messages in the order of NetdevQueues::read(): one entry
// for what a queue receives and what it sends.
std::vector<QueueStats> queueStatsOf(std::span<const QueueMessage> messages);

class NetdevQueues {
 public:
  // Looks the family up, once: without it nothing is asked later.
  static NetdevQueues open();
  static NetdevQueues openWith(const DumpSocket::Connect& connect);

  // Whether the kernel has such statistics at all.
  [[nodiscard]] bool available() const { return socket_.has_value(); }
  // Fills `out`, sorted by interface and queue. It is empty after an error, and without the family.
  // A message that is not understood costs that one queue its counters, not all of them.
  Result<void> read(std::vector<QueueMessage>& out);

 private:
  NetdevQueues() = default;
  explicit NetdevQueues(Result<DumpSocket> socket);

  std::optional<DumpSocket> socket_;  // only where there is a family to ask
  std::uint16_t family_ = 0;
};

}  // namespace hvnet
