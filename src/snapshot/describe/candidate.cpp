#include "snapshot/describe/candidate.h"

#include <fnmatch.h>

#include <algorithm>

namespace hvnet {

std::string kindOf(const Link& link) {
  if (!link.kind.empty()) return link.kind;
  return link.loopback ? "loopback" : "device";
}

Candidate candidateOf(const SourceInterface& interface) {
  Candidate out;
  out.kernel_index = interface.link.index;
  out.adapter = interface.profile != nullptr;
  if (interface.device) {
    out.position = interface.device->position;
    out.guid = interface.device->instance;
    out.host_order = interface.device->host_order.value_or(HostOrder{});
  }
  out.mac = interface.link.permanent_address.empty() ? interface.link.address
                                                     : interface.link.permanent_address;
  out.failover_role = interface.failover_role;
  out.kind = kindOf(interface.link);
  out.name = interface.link.name;
  return out;
}

bool isExcluded(const Link& link, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), link.name.c_str(), 0) == 0;
  });
}

}  // namespace hvnet
