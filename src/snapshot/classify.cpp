#include "snapshot/classify.h"

#include <fnmatch.h>
#include <net/if.h>

#include <algorithm>

namespace hvnet {

std::string kindOf(const Link& link) {
  if (!link.kind.empty()) return link.kind;
  return (link.flags & IFF_LOOPBACK) != 0 ? "loopback" : "device";
}

Candidate candidateOf(const Port& port) {
  Candidate out;
  out.kernel_index = port.link.index;
  out.adapter = port.profile != nullptr;
  if (port.device) {
    out.position = port.device->position;
    out.guid = port.device->instance;
  }
  out.mac = port.link.permanent_address.empty() ? port.link.address : port.link.permanent_address;
  out.kind = kindOf(port.link);
  out.name = port.link.name;
  return out;
}

bool isExcluded(const Link& link, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), link.name.c_str(), 0) == 0;
  });
}

}  // namespace hvnet
