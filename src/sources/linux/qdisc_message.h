// One RTM_NEWQDISC as a value: a queueing discipline of an interface, and what it dropped.
//
// Threads: any; a pure function. Ownership: the value borrows nothing. Errors: values, with the
// ifindex.
#pragma once

#include <linux/pkt_sched.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "counters/link.h"

namespace hvnet {

struct QdiscMessage {
  KernelIndex index{};
  std::uint32_t handle = 0;  // 0 for one that the kernel attached by itself
  std::uint32_t parent = 0;  // TC_H_ROOT, TC_H_INGRESS, or the class above it
  std::string kind;          // shorter than IFNAMSIZ, so that it never allocates
  std::uint32_t drops = 0;   // so wide in the kernel (struct gnet_stats_queue): wraps at 2^32

  bool operator==(const QdiscMessage&) const = default;
};

// An error for another type of message, one that is cut short, and one without statistics: the
// kernel puts them into every one (tc_fill_qdisc() in net/sched/sch_api.c).
Result<QdiscMessage> parseQdiscMessage(std::span<const std::byte> message);

// Whether these are the drops of an interface on its way out, all of them. Only the root's are.
// What is below the root is in the root's number already:
//  - mq and mqprio have no queue of their own; each dump sets their statistics to the sum over all
//    transmit queues. So since they exist (2.6.32, 2.6.39): mq_dump() in net/sched/sch_mq.c,
//    mqprio_dump() in net/sched/sch_mqprio.c. 4.16 taught them per-CPU children, 5.16 simplified
//    that, and neither changed the sum of the drops.
//  - a classful one (htb, tbf, prio, ...) counts what a child refuses when it passes a packet on
//    (qdisc_qstats_drop() in htb_enqueue()), and what a child loses later by
//    qdisc_tree_reduce_backlog().
// ingress and clsact (TC_H_INGRESS, which is TC_H_CLSACT) see frames on their way in.
constexpr bool isRoot(const QdiscMessage& qdisc) {
  return qdisc.parent == TC_H_ROOT;
}

}  // namespace hvnet
