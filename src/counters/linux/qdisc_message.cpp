#include "counters/linux/qdisc_message.h"

#include <linux/gen_stats.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <optional>

#include "counters/linux/netlink_message.h"

namespace hvnet {
namespace {

struct QueueCounters {
  std::uint32_t drops = 0;
  std::uint32_t qlen = 0;
};

// Both structures keep drops and qlen where they are, whatever follows.
template <class Kernel>
std::optional<QueueCounters> readCounters(Bytes payload) {
  constexpr std::size_t kLeast = std::max(offsetof(Kernel, drops), offsetof(Kernel, qlen)) + 4;
  if (payload.size() < kLeast) return std::nullopt;
  Kernel kernel{};
  std::memcpy(&kernel, payload.data(), std::min(payload.size(), sizeof(kernel)));
  return QueueCounters{kernel.drops, kernel.qlen};
}

// Gathers what the attributes say of one qdisc.
class QdiscReader {
 public:
  explicit QdiscReader(const tcmsg& family) {
    qdisc_.index = KernelIndex{family.tcm_ifindex};
    qdisc_.handle = family.tcm_handle;
    qdisc_.parent = family.tcm_parent;
  }

  bool take(std::uint16_t type, Bytes payload) {
    if (type == TCA_KIND) return takeKind(payload);
    if (type == TCA_STATS2) return takeStats(payload);
    if (type == TCA_STATS) old_counters_ = readCounters<tc_stats>(payload);
    return true;
  }

  std::optional<QdiscMessage> finish() && {
    // TCA_STATS is what there was before 2.6.10; later kernels give both.
    if (!counters_) counters_ = old_counters_;
    if (!counters_) return std::nullopt;
    qdisc_.drops = counters_->drops;
    qdisc_.qlen = counters_->qlen;
    return std::move(qdisc_);
  }

 private:
  bool takeKind(Bytes payload) {
    const auto end = std::ranges::find(payload, std::byte{0});
    const auto length = static_cast<std::size_t>(end - payload.begin());
    if (length >= IFNAMSIZ) return false;  // struct Qdisc_ops has char id[IFNAMSIZ]
    qdisc_.kind.assign(reinterpret_cast<const char*>(payload.data()), length);
    return true;
  }

  bool takeStats(Bytes attributes) {
    return eachAttribute(attributes, [this](std::uint16_t type, Bytes payload) {
      if (type == TCA_STATS_QUEUE) counters_ = readCounters<gnet_stats_queue>(payload);
      return true;
    });
  }

  QdiscMessage qdisc_;
  std::optional<QueueCounters> counters_;
  std::optional<QueueCounters> old_counters_;
};

tl::unexpected<Error> failOf(int index, const char* what) {
  return fail("qdisc message of ifindex " + std::to_string(index) + ": " + what);
}

}  // namespace

Result<QdiscMessage> parseQdiscMessage(std::span<const std::byte> message) {
  const auto parts = openMessage<tcmsg>(message);
  if (!parts || parts->type != RTM_NEWQDISC) {
    return fail("not a whole qdisc message: " + std::to_string(message.size()) + " octets");
  }
  const int index = parts->family.tcm_ifindex;
  if (index <= 0) return failOf(index, "not an index");
  QdiscReader reader(parts->family);
  const bool whole = eachAttribute(parts->attributes, [&reader](std::uint16_t type, Bytes payload) {
    return reader.take(type, payload);
  });
  if (!whole) return failOf(index, "an attribute does not fit");
  auto qdisc = std::move(reader).finish();
  if (!qdisc) return failOf(index, "no queue statistics");
  return std::move(*qdisc);
}

}  // namespace hvnet
