// What the root qdisc of every interface has dropped: one RTM_GETQDISC dump.
//
// Threads: one owner. Ownership: fills a vector of the caller's. Errors: values with the kernel's
// reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "counters/link.h"
#include "sources/linux/netlink_socket.h"

namespace hvnet {

struct QdiscDrops {
  KernelIndex index{};
  std::uint32_t drops = 0;  // wraps at 2^32; starts again from 0 with another qdisc
  // 0 for the kernel's default. A replaced qdisc has another one (8001:, 8002:, ...) unless the
  // administrator names it: tells a fresh start from a wrap.
  std::uint32_t handle = 0;

  bool operator==(const QdiscDrops&) const = default;
};

// Collects a dump. `out` keeps its capacity, and nothing else here allocates.
class QdiscSink final : public MessageSink {
 public:
  explicit QdiscSink(std::vector<QdiscDrops>& out) : out_(&out) {}

  void restart() override { out_->clear(); }
  // A message that is not understood costs that one interface its number, not all of them.
  void read(std::span<const std::byte> message) override;
  // Sorts by index, each once. The kernel lists interfaces in the order in which they came into
  // this network namespace, and one that comes or goes meanwhile makes it repeat or skip one.
  void finish();

 private:
  std::vector<QdiscDrops>* out_;
};

// All interfaces of this network namespace that have a root qdisc, sorted by index; any user may.
// One that has never been up has only the built-in noop, which the kernel does not list. `noqueue`
// (loopback, veth, bridge, ...) is listed, and its 0 is true: where nothing waits, nothing is
// dropped for want of room.
//
// `out` is empty after
// an error, one of which is a kernel without CONFIG_NET_SCHED. Waits for the kernel's RTNL lock.
//
// The kernel does not say when a dump of qdiscs was interrupted (no NLM_F_DUMP_INTR:
// tc_dump_qdisc() in net/sched/sch_api.c). When an interface goes away meanwhile, another may be
// missing this once, so a missing number is not a reason to start counting afresh.
Result<void> readQdiscDrops(DumpSocket& socket, std::vector<QdiscDrops>& out);

}  // namespace hvnet
