#include "sources/linux/qdisc_message.h"

#include <linux/gen_stats.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <optional>

#include "sources/linux/netlink_message.h"

namespace hvnet {
namespace {

// Both structures keep drops where it is, whatever follows.
template <class Kernel>
std::optional<std::uint32_t> readDrops(Bytes payload) {
  constexpr std::size_t kAt = offsetof(Kernel, drops);
  if (payload.size() < kAt) return std::nullopt;
  return readValue<std::uint32_t>(payload.subspan(kAt));
}

// Gathers what the attributes say of one qdisc.
class QdiscReader {
 public:
  explicit QdiscReader(const tcmsg& family) {
    qdisc_.index = KernelIndex{family.tcm_ifindex};
    qdisc_.handle = family.tcm_handle;
    qdisc_.parent = family.tcm_parent;
  }

  bool read(std::uint16_t type, Bytes payload) {
    if (type == TCA_KIND) return readKind(payload);
    if (type == TCA_STATS2) return readStats(payload);
    if (type == TCA_STATS) old_drops_ = readDrops<tc_stats>(payload);
    return true;
  }

  std::optional<QdiscMessage> finish() && {
    // TCA_STATS is what there was before 2.6.10; later kernels give both.
    if (!drops_) drops_ = old_drops_;
    if (!drops_) return std::nullopt;
    qdisc_.drops = *drops_;
    return std::move(qdisc_);
  }

 private:
  bool readKind(Bytes payload) {
    const auto end = std::ranges::find(payload, std::byte{0});
    const auto length = static_cast<std::size_t>(end - payload.begin());
    if (length >= IFNAMSIZ) return false;  // struct Qdisc_ops has char id[IFNAMSIZ]
    qdisc_.kind.assign(reinterpret_cast<const char*>(payload.data()), length);
    return true;
  }

  bool readStats(Bytes attributes) {
    return eachAttribute(attributes, [this](std::uint16_t type, Bytes payload) {
      if (type == TCA_STATS_QUEUE) drops_ = readDrops<gnet_stats_queue>(payload);
      return true;
    });
  }

  QdiscMessage qdisc_;
  std::optional<std::uint32_t> drops_;
  std::optional<std::uint32_t> old_drops_;
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
    return reader.read(type, payload);
  });
  if (!whole) return failOf(index, "an attribute does not fit");
  auto qdisc = std::move(reader).finish();
  if (!qdisc) return failOf(index, "no queue statistics");
  return std::move(*qdisc);
}

}  // namespace hvnet
