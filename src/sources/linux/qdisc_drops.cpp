#include "sources/linux/qdisc_drops.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>

#include "sources/linux/qdisc_message.h"

namespace hvnet {
namespace {

// All zero is AF_UNSPEC and every interface. The kernel has no filter for roots alone; the qdiscs
// below them are read and passed over.
struct QdiscRequest {
  nlmsghdr header{};
  tcmsg family{};
};

static_assert(std::has_unique_object_representations_v<QdiscRequest>);

}  // namespace

void QdiscSink::read(std::span<const std::byte> message) {
  const auto qdisc = parseQdiscMessage(message);
  if (!qdisc || !isRoot(*qdisc)) return;
  out_->push_back({qdisc->index, qdisc->drops, qdisc->handle});
}

void QdiscSink::finish() {
  constexpr std::ranges::greater_equal kOutOfOrder;
  if (std::ranges::adjacent_find(*out_, kOutOfOrder, &QdiscDrops::index) == out_->end()) return;
  std::ranges::sort(*out_, {}, &QdiscDrops::index);
  // Two of the same interface are moments apart: either will do.
  const auto same = [](const QdiscDrops& a, const QdiscDrops& b) { return a.index == b.index; };
  out_->erase(std::unique(out_->begin(), out_->end(), same), out_->end());
}

Result<void> readQdiscDrops(DumpSocket& socket, std::vector<QdiscDrops>& out) {
  QdiscRequest request;
  request.header.nlmsg_type = RTM_GETQDISC;
  QdiscSink sink(out);
  auto dumped = socket.dump(std::as_writable_bytes(std::span(&request, 1)), sink);
  if (!dumped) {
    out.clear();  // half a dump is no dump
    return fail("reading the qdiscs: " + dumped.error().text);
  }
  sink.finish();
  return {};
}

}  // namespace hvnet
