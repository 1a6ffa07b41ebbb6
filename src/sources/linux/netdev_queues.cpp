#include "sources/linux/netdev_queues.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sources/linux/netlink_message.h"

namespace hvnet {
namespace {

// include/uapi/linux/netdev.h, which the headers of older systems do not have, or not in full. The
// kernel never changes such a number.
constexpr std::string_view kFamilyName = "netdev";
constexpr std::uint8_t kFamilyVersion = 1;              // NETDEV_FAMILY_VERSION
constexpr std::uint8_t kQstatsGet = 12;                 // NETDEV_CMD_QSTATS_GET
constexpr std::uint32_t kScopeQueue = 1;                // NETDEV_QSTATS_SCOPE_QUEUE
constexpr std::uint16_t kAttributeIfindex = 1;          // NETDEV_A_QSTATS_IFINDEX
constexpr std::uint16_t kAttributeQueueType = 2;        // NETDEV_A_QSTATS_QUEUE_TYPE
constexpr std::uint16_t kAttributeQueueId = 3;          // NETDEV_A_QSTATS_QUEUE_ID
constexpr std::uint16_t kAttributeScope = 4;            // NETDEV_A_QSTATS_SCOPE
constexpr std::uint64_t kTypeRx = 0;                    // NETDEV_QUEUE_TYPE_RX
constexpr std::uint64_t kTypeTx = 1;                    // NETDEV_QUEUE_TYPE_TX
constexpr std::uint16_t kAttributeRxPackets = 8;        // NETDEV_A_QSTATS_RX_PACKETS
constexpr std::uint16_t kAttributeRxBytes = 9;          // NETDEV_A_QSTATS_RX_BYTES
constexpr std::uint16_t kAttributeTxPackets = 10;       // NETDEV_A_QSTATS_TX_PACKETS
constexpr std::uint16_t kAttributeTxBytes = 11;         // NETDEV_A_QSTATS_TX_BYTES
constexpr std::uint16_t kAttributeRxHwDrops = 13;       // NETDEV_A_QSTATS_RX_HW_DROPS
constexpr std::uint16_t kAttributeRxHwOverruns = 14;    // NETDEV_A_QSTATS_RX_HW_DROP_OVERRUNS
constexpr std::uint16_t kAttributeTxHwDrops = 24;       // NETDEV_A_QSTATS_TX_HW_DROPS
constexpr std::uint16_t kAttributeTxHwDropErrors = 25;  // NETDEV_A_QSTATS_TX_HW_DROP_ERRORS

using Count = std::optional<std::uint64_t>;

// Where the value of an attribute goes, in a message of a queue of `type`.
struct CounterRow {
  std::uint16_t attribute;
  std::uint64_t type;
  Count& (*counter)(QueueMessage& message);
};

constexpr std::array kCounters = {
    CounterRow{kAttributeRxPackets, kTypeRx, [](auto& m) -> Count& { return m.stats.rx_packets; }},
    CounterRow{kAttributeRxBytes, kTypeRx, [](auto& m) -> Count& { return m.stats.rx_octets; }},
    CounterRow{kAttributeTxPackets, kTypeTx, [](auto& m) -> Count& { return m.stats.tx_packets; }},
    CounterRow{kAttributeTxBytes, kTypeTx, [](auto& m) -> Count& { return m.stats.tx_octets; }},
    CounterRow{kAttributeRxHwDrops, kTypeRx, [](auto& m) -> Count& { return m.drops.rx_drops; }},
    CounterRow{kAttributeRxHwOverruns, kTypeRx,
               [](auto& m) -> Count& { return m.drops.rx_drop_overruns; }},
    CounterRow{kAttributeTxHwDrops, kTypeTx, [](auto& m) -> Count& { return m.drops.tx_drops; }},
    CounterRow{kAttributeTxHwDropErrors, kTypeTx,
               [](auto& m) -> Count& { return m.drops.tx_drop_errors; }},
};

// Whole request messages, without a gap.
struct FamiliesRequest {
  nlmsghdr header{};
  genlmsghdr family{.cmd = CTRL_CMD_GETFAMILY, .version = 1, .reserved = 0};
};

// No ifindex: Linux 6.9 refuses it, and one that does not take part would fail the whole dump.
struct QueuesRequest {
  nlmsghdr header{};
  genlmsghdr family{.cmd = kQstatsGet, .version = kFamilyVersion, .reserved = 0};
  nlattr scope_header{sizeof(nlattr) + sizeof(std::uint32_t), kAttributeScope};
  std::uint32_t scope = kScopeQueue;
};

static_assert(std::has_unique_object_representations_v<FamiliesRequest>);
static_assert(std::has_unique_object_representations_v<QueuesRequest>);

// nla_put_uint(): 4 octets, or 8 for a value that needs them.
Count readUint(Bytes payload) {
  if (payload.size() == sizeof(std::uint32_t)) return readValue<std::uint32_t>(payload);
  if (payload.size() == sizeof(std::uint64_t)) return readValue<std::uint64_t>(payload);
  return std::nullopt;
}

bool isText(Bytes payload, std::string_view text) {
  if (payload.size() != text.size() + 1 || payload.back() != std::byte{0}) return false;
  return std::ranges::equal(payload.first(text.size()), std::as_bytes(std::span(text)));
}

// An array of nested attributes, one for each command.
bool hasQstats(Bytes commands) {
  bool found = false;
  eachAttribute(commands, [&found](std::uint16_t, Bytes command) {
    return eachAttribute(command, [&found](std::uint16_t type, Bytes payload) {
      found |= type == CTRL_ATTR_OP_ID && readUint(payload) == kQstatsGet;
      return true;
    });
  });
  return found;
}

// Gathers what the attributes say of one queue.
class QueueReader {
 public:
  bool read(std::uint16_t type, Bytes payload) {
    if (type == kAttributeIfindex) return readInto(ifindex_, payload);
    if (type == kAttributeQueueType) return readInto(queue_type_, payload);
    if (type == kAttributeQueueId) return readInto(queue_, payload);
    const auto* const row = std::ranges::find(kCounters, type, &CounterRow::attribute);
    return row == kCounters.end() ||
           readInto(values_[static_cast<std::size_t>(row - kCounters.begin())], payload);
  }

  [[nodiscard]] std::optional<QueueMessage> finish() const {
    constexpr std::uint64_t kMostIndex = std::numeric_limits<int>::max();
    constexpr std::uint64_t kMostQueue = std::numeric_limits<std::uint32_t>::max();
    if (!ifindex_ || *ifindex_ == 0 || *ifindex_ > kMostIndex) return std::nullopt;
    if (!queue_ || *queue_ > kMostQueue) return std::nullopt;
    if (queue_type_ != kTypeRx && queue_type_ != kTypeTx) return std::nullopt;
    QueueMessage message{.index = KernelIndex{static_cast<int>(*ifindex_)},
                         .stats = {static_cast<std::uint32_t>(*queue_)}};
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
      if (kCounters[i].type == *queue_type_) kCounters[i].counter(message) = values_[i];
    }
    return message;
  }

 private:
  static bool readInto(Count& value, Bytes payload) {
    value = readUint(payload);
    return value.has_value();
  }

  Count ifindex_;
  Count queue_type_;
  Count queue_;
  std::array<Count, kCounters.size()> values_;
};

class FamilySink final : public MessageSink {
 public:
  void restart() override { family_.reset(); }
  void read(std::span<const std::byte> message) override {
    if (!family_) family_ = netdevFamilyIn(message);
  }
  [[nodiscard]] const std::optional<std::uint16_t>& family() const { return family_; }

 private:
  std::optional<std::uint16_t> family_;
};

class QueueSink final : public MessageSink {
 public:
  QueueSink(std::uint16_t family, std::vector<QueueMessage>& out) : family_(family), out_(&out) {}

  void restart() override { out_->clear(); }
  void read(std::span<const std::byte> message) override {
    if (const auto queue = parseQueueMessage(message, family_)) out_->push_back(*queue);
  }

 private:
  std::uint16_t family_;
  std::vector<QueueMessage>* out_;
};

template <class Request>
std::span<std::byte> bytesOf(Request& request) {
  return std::as_writable_bytes(std::span(&request, 1));
}

}  // namespace

std::optional<std::uint16_t> netdevFamilyIn(std::span<const std::byte> message) {
  const auto parts = openMessage<genlmsghdr>(message);
  if (!parts || parts->type != GENL_ID_CTRL || parts->family.cmd != CTRL_CMD_NEWFAMILY) {
    return std::nullopt;
  }
  std::optional<std::uint16_t> number;
  bool named = false;
  bool has_command = false;
  const bool whole = eachAttribute(parts->attributes, [&](std::uint16_t type, Bytes payload) {
    if (type == CTRL_ATTR_FAMILY_ID) number = readValue<std::uint16_t>(payload);
    if (type == CTRL_ATTR_FAMILY_NAME) named = isText(payload, kFamilyName);
    if (type == CTRL_ATTR_OPS) has_command = hasQstats(payload);
    return true;
  });
  return whole && named && has_command ? number : std::nullopt;
}

Result<QueueMessage> parseQueueMessage(std::span<const std::byte> message, std::uint16_t family) {
  const auto parts = openMessage<genlmsghdr>(message);
  if (!parts || parts->type != family || parts->family.cmd != kQstatsGet) {
    return fail("not a whole message of a queue: " + std::to_string(message.size()) + " octets");
  }
  QueueReader reader;
  const bool whole = eachAttribute(parts->attributes, [&reader](std::uint16_t type, Bytes payload) {
    return reader.read(type, payload);
  });
  if (!whole) return fail("statistics of a queue: an attribute does not fit");
  auto queue = reader.finish();
  if (!queue) return fail("statistics of a queue: no interface, no queue or no direction");
  return *queue;
}

std::vector<QueueStats> queueStatsOf(std::span<const QueueMessage> messages) {
  std::vector<QueueStats> queues;
  for (const QueueMessage& message : messages) {
    const QueueStats& now = message.stats;
    if (queues.empty() || queues.back().queue != now.queue) queues.push_back({now.queue});
    QueueStats& queue = queues.back();
    if (now.rx_packets) queue.rx_packets = now.rx_packets;
    if (now.tx_packets) queue.tx_packets = now.tx_packets;
    if (now.rx_octets) queue.rx_octets = now.rx_octets;
    if (now.tx_octets) queue.tx_octets = now.tx_octets;
  }
  return queues;
}

NetdevQueues NetdevQueues::open() {
  return NetdevQueues(DumpSocket::open(DumpSocket::Protocol::kGeneric));
}

NetdevQueues NetdevQueues::openWith(const DumpSocket::Connect& connect) {
  return NetdevQueues(DumpSocket::openWith(connect));
}

// Whoever may not ask, or has a kernel without generic netlink, has no such statistics.
NetdevQueues::NetdevQueues(Result<DumpSocket> socket) {
  if (!socket) return;
  FamiliesRequest request;
  request.header.nlmsg_type = GENL_ID_CTRL;
  FamilySink sink;
  if (!socket->dump(bytesOf(request), sink) || !sink.family()) return;
  family_ = *sink.family();
  socket_ = std::move(*socket);
}

Result<void> NetdevQueues::read(std::vector<QueueMessage>& out) {
  out.clear();
  if (!socket_) return {};
  QueuesRequest request;
  request.header.nlmsg_type = family_;
  QueueSink sink(family_, out);
  if (auto dumped = socket_->dump(bytesOf(request), sink); !dumped) {
    out.clear();  // half a dump is no dump
    return fail("reading the queues: " + dumped.error().text);
  }
  std::ranges::sort(out, {}, [](const QueueMessage& message) {
    return std::tuple(message.index, message.stats.queue);
  });
  return {};
}

}  // namespace hvnet
