#include "snapshot/interfaces.h"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hvnet {
namespace {

// IANAifType-MIB.
constexpr std::uint32_t kOther = 1;
constexpr std::uint32_t kEthernetCsmacd = 6;
constexpr std::uint32_t kPpp = 23;
constexpr std::uint32_t kSoftwareLoopback = 24;
constexpr std::uint32_t kIeee80211 = 71;
constexpr std::uint32_t kTunnel = 131;
constexpr std::uint32_t kL2vlan = 135;
constexpr std::uint32_t kIeee8023adLag = 161;
constexpr std::uint32_t kInfiniband = 199;
constexpr std::uint32_t kBridge = 209;

constexpr std::array kTypeOfKind = {
    std::pair<std::string_view, std::uint32_t>{"bond", kIeee8023adLag},
    std::pair<std::string_view, std::uint32_t>{"bridge", kBridge},
    std::pair<std::string_view, std::uint32_t>{"gretap", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"ip6gretap", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"team", kIeee8023adLag},
    std::pair<std::string_view, std::uint32_t>{"vlan", kL2vlan},
    std::pair<std::string_view, std::uint32_t>{"vxlan", kTunnel},
    std::pair<std::string_view, std::uint32_t>{"wireguard", kTunnel},
};

constexpr std::array kTypeOfHardware = {
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_ETHER, kEthernetCsmacd},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_IEEE80211, kIeee80211},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_INFINIBAND, kInfiniband},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_IP6GRE, kTunnel},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_IPGRE, kTunnel},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_LOOPBACK, kSoftwareLoopback},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_NONE, kTunnel},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_PPP, kPpp},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_SIT, kTunnel},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_TUNNEL, kTunnel},
    std::pair<std::uint16_t, std::uint32_t>{ARPHRD_TUNNEL6, kTunnel},
};

template <class Pairs, class Key>
std::optional<std::uint32_t> lookUp(const Pairs& pairs, const Key& key) {
  const auto found = std::ranges::find(pairs, key, [](const auto& pair) { return pair.first; });
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

constexpr std::uint64_t kNominalMbps = 1000;

std::uint64_t speedMbps(const NumberedPort& numbered, Media media) {
  if (numbered.port->profile == nullptr) return numbered.port->speed_mbps.value_or(0);
  if (numbered.port->profile->fixed_1000base_t && media == Media::kNominal) return kNominalMbps;
  return numbered.port->speed_mbps.value_or(kNominalMbps);
}

std::string publishedName(const NumberedPort& numbered, NameFormat format) {
  if (format == NameFormat::kLan && numbered.port->profile != nullptr) {
    return "lan" + std::to_string(static_cast<std::uint32_t>(numbered.number.index) - 1);
  }
  return numbered.port->link.name;
}

std::string driverOf(const NumberedPort& numbered) {
  const Port& port = *numbered.port;
  if (numbered.port->profile != nullptr && numbered.port->profile != &nominalProfile()) {
    return std::string(numbered.port->profile->name);
  }
  if (port.device && !port.device->driver.empty()) return port.device->driver;
  return kindOf(port.link);
}

// Fills in the histories of the rows; tells how many of them were there before.
std::size_t carryOn(const Interfaces& last, Interfaces& next, TimePoint now) {
  std::size_t kept = 0;
  auto old = last.rows.begin();
  for (Interface& row : next.rows) {
    while (old != last.rows.end() && old->index < row.index) ++old;
    const bool same =
        old != last.rows.end() && old->index == row.index && old->kernel_index == row.kernel_index;
    if (!same) {
      // A new row, or another device behind the number: its counters start again.
      row.last_change = now;
      row.counter_discontinuity = now;
      continue;
    }
    ++kept;
    row.last_change = old->oper_status == row.oper_status ? old->last_change : now;
    row.counter_discontinuity = old->counter_discontinuity;
  }
  return kept;
}

}  // namespace

OperStatus operStatus(const Link& link, bool adapter) {
  if ((link.flags & IFF_UP) == 0) return OperStatus::kDown;
  if (adapter && link.carrier) return *link.carrier ? OperStatus::kUp : OperStatus::kDown;
  switch (link.oper_state) {
    case OperState::kUp:
      return OperStatus::kUp;
    case OperState::kUnknown:
      // operstates.rst: a driver that never sets the state is to be taken as carrying user data.
      return link.carrier.value_or(true) ? OperStatus::kUp : OperStatus::kDown;
    case OperState::kTesting:
      return OperStatus::kTesting;
    case OperState::kDormant:
      return OperStatus::kDormant;
    case OperState::kNotPresent:
      return adapter ? OperStatus::kDown : OperStatus::kNotPresent;
    case OperState::kLowerLayerDown:
      return adapter ? OperStatus::kDown : OperStatus::kLowerLayerDown;
    case OperState::kDown:
      break;
  }
  return OperStatus::kDown;
}

std::uint32_t ifType(const Link& link) {
  if (const auto by_kind = lookUp(kTypeOfKind, std::string_view(link.kind))) return *by_kind;
  return lookUp(kTypeOfHardware, link.hardware_type).value_or(kOther);
}

Interface makeInterface(const NumberedPort& numbered, const PublishOptions& options) {
  const Link& link = numbered.port->link;
  const bool adapter = numbered.port->profile != nullptr;
  Interface out;
  out.index = numbered.number.index;
  out.kernel_index = link.index;
  out.origin = numbered.number.origin;
  out.adapter = adapter;
  out.driver = driverOf(numbered);
  if (numbered.port->device) out.position = numbered.port->device->position;
  out.name = publishedName(numbered, options.name_format);
  out.descr = adapter ? std::string(numbered.port->profile->hypervisor) + " " + out.driver +
                            " adapter " + out.name
                      : out.name;
  out.alias = link.alias;
  out.type = adapter ? kEthernetCsmacd : ifType(link);
  out.mtu = link.mtu;
  out.speed_mbps = speedMbps(numbered, options.media);
  out.duplex = adapter ? Duplex::kFull : numbered.port->duplex;
  // RFC 2863, ifPhysAddress: of zero length where there is no such address; the kernel's loopback
  // has six zeros.
  if (!std::ranges::all_of(link.address, [](auto octet) { return octet == 0; })) {
    out.phys_address = link.address;
  }
  out.admin_status = (link.flags & IFF_UP) != 0 ? AdminStatus::kUp : AdminStatus::kDown;
  out.oper_status = operStatus(link, adapter);
  // The vendor's rule: an hvnet adapter always receives every frame of its network.
  out.promiscuous = link.promiscuous || (adapter && numbered.port->profile->always_promiscuous);
  // What the hypervisor gives has no connector; hardware passed through has one.
  out.connector_present = !adapter && link.kind.empty() && numbered.port->device.has_value();
  out.trap_enable = adapter ? TrapEnable::kEnabled : TrapEnable::kDisabled;
  return out;
}

std::shared_ptr<const Interfaces> InterfaceHistory::update(Interfaces next, TimePoint now) {
  std::ranges::sort(next.rows, {}, &Interface::index);
  if (last_) {
    const std::size_t kept = carryOn(*last_, next, now);
    const bool same_rows = kept == next.rows.size() && kept == last_->rows.size();
    next.last_change = same_rows ? last_->last_change : now;
    next.stack_last_change = next.stack == last_->stack ? last_->stack_last_change : now;
  }
  last_ = std::make_shared<Interfaces>(std::move(next));
  return last_;
}

std::shared_ptr<const Interfaces> InterfaceHistory::discontinue(std::span<const std::size_t> rows,
                                                                TimePoint now) {
  auto next = std::make_shared<Interfaces>(*last_);
  for (const std::size_t row : rows) next->rows[row].counter_discontinuity = now;
  last_ = next;
  return next;
}

}  // namespace hvnet
